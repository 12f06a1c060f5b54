import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { CHANGES, type Changes, MAX_ZONE, type Preferences, type Section } from "../modules/preferences/schemas";
import * as preferences from "../modules/preferences/service";
import { AccountForm, CHANGED_MEANWHILE, saveAccount, Version } from "./account-form";
import { Check, Errors, Field, Select } from "./fields";
import type { Given } from "./flash";
import { submit, takeCredentialForm, takeForm } from "./forms";
import { page } from "./layout";
import { LEVEL_NAMES } from "./levels";
import { MailDigest } from "./notifications";
import { Form } from "./parts";
import { NotSaved, Settings } from "./settings-frame";
import { framed, members } from "./visitor";
import { type WebEnv, web } from "./web";

/** The four sections of one's preferences, each a form of its own. */

const HERE = "/settings/preferences";

/** What a form was sent with that was not taken; `stale`: it was filled in on an older version. */
interface Wrong {
  section: Section;
  errors?: FieldErrors;
  given?: Given;
  stale?: true;
}

async function show(c: Context<WebEnv>, wrong?: Wrong): Promise<Response> {
  const { preferences: all, tag } = await preferences.all(framed(c));
  const of = (section: Section) => (wrong?.section === section ? { errors: wrong.errors ?? {}, given: wrong.given ?? {} } : FRESH);
  return page(
    c,
    "Preferences",
    <Settings>
      <h1>Preferences</h1>
      <NotSaved errors={wrong?.errors} />
      {wrong?.stale && (
        <p class="notice bad" role="alert">
          {CHANGED_MEANWHILE}
        </p>
      )}
      <section class="card" id="account">
        <h2>Account</h2>
        <AccountForm action={`${HERE}/account`} now={all.account_settings} version={tag} {...of("account_settings")} />
      </section>
      <section class="card" id="notifications">
        <h2>Notifications</h2>
        <NotificationsForm now={all.notification_settings} version={tag} {...of("notification_settings")} />
        <p class="quiet below">Do you not want to wait for the next digest? It holds what is unread and was in none yet.</p>
        <MailDigest />
      </section>
      <section class="card" id="theme">
        <h2>Theme</h2>
        <ThemeForm now={all.theme_settings} version={tag} {...of("theme_settings")} />
      </section>
      <section class="card" id="privacy">
        <h2>Privacy</h2>
        <PrivacyForm now={all.privacy_settings} version={tag} {...of("privacy_settings")} />
      </section>
    </Settings>,
    { status: wrong?.stale ? 412 : wrong ? 400 : 200 },
  );
}

const FRESH = { errors: {}, given: {} };

interface Filled<S extends Section> {
  now: Preferences[S];
  version: string;
  errors: FieldErrors;
  given: Given;
}

const isOn = (given: string | undefined, now: boolean) => (given === undefined ? now : given === "true");

const NotificationsForm: FC<Filled<"notification_settings">> = ({ now, version, errors, given }) => (
  <Form action={`${HERE}/notifications`} inPlace>
    <Version is={version} />
    <Check
      name="push_notifications"
      label="Tell me at once"
      hint="On pages and in apps that are open. In the list of notifications they are in any case."
      checked={isOn(given.push_notifications, now.push_notifications)}
      errors={errors.push_notifications}
    />
    <Check
      name="email_notifications"
      label="Mail me digests"
      hint="Of what is unread, at nine in the morning, to a confirmed address."
      checked={isOn(given.email_notifications, now.email_notifications)}
      errors={errors.email_notifications}
    />
    <Select
      name="frequency"
      label="How often"
      value={given.frequency ?? now.frequency}
      options={[
        ["daily", "Every day"],
        ["weekly", "On Mondays"],
        ["monthly", "On the first of the month"],
        ["on-demand", "Only when I ask for one"],
      ]}
      errors={errors.frequency}
    />
    <Field
      name="time_zone"
      label="Time zone"
      list="zones"
      maxlength={MAX_ZONE}
      value={given.time_zone ?? now.time_zone}
      hint="Such as Europe/Berlin. Times are shown by its clock, and quiet hours go by it."
      errors={errors.time_zone}
    />
    <datalist id="zones">
      {preferences.zoneNames().map((name) => (
        <option value={name} />
      ))}
    </datalist>
    <div class="pair">
      <Field
        name="quiet_hours_start"
        label="Quiet from"
        type="time"
        required={false}
        value={given.quiet_hours_start ?? now.quiet_hours_start}
        errors={errors.quiet_hours_start}
      />
      <Field
        name="quiet_hours_end"
        label="Until"
        type="time"
        required={false}
        value={given.quiet_hours_end ?? now.quiet_hours_end}
        errors={errors.quiet_hours_end}
      />
    </div>
    <p class="hint">In these hours you are told of nothing, and nothing is mailed. Leave both empty for none.</p>
    <button type="submit">Save</button>
  </Form>
);

const ThemeForm: FC<Filled<"theme_settings">> = ({ now, version, errors, given }) => (
  <Form action={`${HERE}/theme`} inPlace>
    <Version is={version} />
    <Select
      name="theme"
      label="Colours"
      value={given.theme ?? (now.theme_chosen ? now.theme : "system")}
      options={[
        ["system", "As my system"],
        ["light", "Light"],
        ["dark", "Dark"],
      ]}
      errors={errors.theme}
    />
    <Select
      name="font_size"
      label="Size of the type"
      value={given.font_size ?? now.font_size}
      options={[
        ["small", "Small"],
        ["medium", "Medium"],
        ["large", "Large"],
      ]}
      errors={errors.font_size}
    />
    <button type="submit">Save</button>
  </Form>
);

const PrivacyForm: FC<Filled<"privacy_settings">> = ({ now, version, errors, given }) => (
  <Form action={`${HERE}/privacy`} inPlace>
    <Version is={version} />
    <Errors of={errors.non_field_errors} />
    <Select
      name="profile_visibility"
      label="Who sees my profile"
      value={given.profile_visibility ?? now.profile_visibility}
      options={LEVEL_NAMES}
      errors={errors.profile_visibility}
    />
    <Check
      name="data_sharing"
      label="Let people come across me"
      hint="In lists, search and suggestions. Without it only friends find you there."
      checked={isOn(given.data_sharing, now.data_sharing)}
      errors={errors.data_sharing}
    />
    <p>
      Who sees what of you, one by one, is under <a href="/settings/privacy">Privacy</a>.
    </p>
    <button type="submit">Save</button>
  </Form>
);

const save = <S extends Exclude<Section, "account_settings">>(section: S) =>
  members((c, me) =>
    submit(c, {
      schema: CHANGES[section] as unknown as z.ZodType<Changes[S]>,
      act: (change, { version }) => preferences.change(me, section, change, version),
      again: (errors, given) => show(c, { section, errors, given }),
      refuse: { precondition_failed: () => show(c, { section, stale: true }) },
      done: HERE,
      said: "Saved.",
    }),
  );

const saveMine = members((c, me) => saveAccount(c, me, HERE, (wrong) => show(c, { section: "account_settings", ...wrong })));

export const preferencePages = web()
  .get(
    "/settings/preferences/",
    members((c) => show(c)),
  )
  .post("/settings/preferences/account/", takeCredentialForm, saveMine)
  .post("/settings/preferences/notifications/", takeForm, save("notification_settings"))
  .post("/settings/preferences/theme/", takeForm, save("theme_settings"))
  .post("/settings/preferences/privacy/", takeForm, save("privacy_settings"));
