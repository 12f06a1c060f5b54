import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { MAX_EMAIL } from "../lib/fields";
import { AccountSettingsChange, type Preferences } from "../modules/preferences/schemas";
import * as preferences from "../modules/preferences/service";
import { MAX_USERNAME } from "../modules/users/schemas";
import type { MemberScope } from "../scope";
import { Errors, Field } from "./fields";
import type { Given } from "./flash";
import { submit } from "./forms";
import { Form } from "./parts";
import type { WebEnv } from "./web";

/** One's name and address, which stand on two pages. */

type Account = Preferences["account_settings"];

interface Filled {
  now: Account;
  version: string;
  errors?: FieldErrors;
  given?: Given;
}

export const AccountForm: FC<Filled & { action: string; hasPassword?: boolean }> = ({
  action,
  now,
  version,
  hasPassword = true,
  errors = {},
  given = {},
}) => (
  <Form action={action} inPlace>
    <Version is={version} />
    <Errors of={errors.non_field_errors} />
    <Field
      name="username"
      label="Username"
      autocomplete="username"
      maxlength={MAX_USERNAME}
      value={given.username ?? now.username}
      errors={errors.username}
    />
    <Field
      name="email"
      label="E-mail address"
      type="email"
      autocomplete="email"
      maxlength={MAX_EMAIL}
      value={given.email ?? now.email}
      errors={errors.email}
      hint={now.pending_email ? `A mail is on its way to ${now.pending_email}: the address changes when its link is used.` : undefined}
    />
    {hasPassword && (
      <Field
        name="password"
        label="Your password"
        type="password"
        autocomplete="current-password"
        required={false}
        errors={errors.password}
        hint="For another e-mail address, unless you have just logged in."
      />
    )}
    <button type="submit">Save</button>
  </Form>
);

/** What the form was filled in on: if it is another by the time that it is sent, nothing is changed. */
export const Version: FC<{ is: string }> = ({ is }) => <input type="hidden" name="version" value={is} />;

export const CHANGED_MEANWHILE =
  "This has changed meanwhile, maybe on another device. Here is how it stands now; what you sent was not saved.";

/** @param again the page with the form, and what is wrong or that it was not of this version */
export function saveAccount(
  c: Context<WebEnv>,
  me: MemberScope,
  done: string,
  again: (wrong: { errors?: FieldErrors; given?: Given; stale?: true }) => Promise<Response>,
): Promise<Response> {
  return submit(c, {
    schema: AccountSettingsChange,
    act: async (change, { version }) => (await preferences.change(me, "account_settings", change, version)).preferences.account_settings,
    again: (errors, given) => again({ errors, given }),
    refuse: {
      precondition_failed: () => again({ stale: true }),
      session_not_fresh: ({ body }, given) => again({ errors: { email: [String(body.detail)] }, given }),
    },
    done,
    said: ({ email }, { pending_email }) =>
      pending_email !== null && pending_email === email
        ? `A mail is on its way to ${pending_email}. The address changes when you use its link.`
        : "Saved.",
  });
}
