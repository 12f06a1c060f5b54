import type { Query } from "../../db/statement";
import { AppError } from "../../lib/errors";
import { asksForVersion } from "../../lib/etags";
import { read } from "../../read";
import { seenByFriends, watching } from "../../realtime/sightings";
import { at, type MemberScope } from "../../scope";
import { did } from "../activity/statements";
import { renewAddressOfPublic } from "../avatars/statements";
import { indexAgain } from "../users/name-index";
import { changeAccount } from "./account";
import {
  type Changes,
  NO_THEME,
  type NotificationSettingsChange,
  type PrivacySettingsChange,
  SECTION_NAMES,
  type Section,
  type ThemeSettingsChange,
} from "./schemas";
import * as rows from "./statements";
import { mine, refuseOther, save, type Versioned } from "./versions";
import { offsetOf } from "./zone";

export { all, type Versioned } from "./versions";
export { zoneNames } from "./zone";

/** @throws AppError `invalid_section` */
export function sectionNamed(name: string): Section {
  if (!Object.hasOwn(SECTION_NAMES, name)) throw new AppError("invalid_section");
  return SECTION_NAMES[name]!;
}

type Act<S extends Section> = (scope: MemberScope, given: Changes[S], ifMatch?: string) => Promise<Versioned>;

const ACTS: { [S in Section]: Act<S> } = {
  account_settings: changeAccount,
  notification_settings: changing(ofNotifications),
  theme_settings: changing(ofTheme),
  privacy_settings: changing(ofPrivacy),
};

/**
 * Changes what is given of one section, all of it or nothing. If that changes anything, the person's devices get `preferences_update`, and
 * `profile_update` where it shows in what they are to others. With `ifMatch` only if nothing has changed since that version.
 *
 * @throws ValidationError; AppError `precondition_failed`; of the account also what `changeAccount` does
 */
export function change<S extends Section>(scope: MemberScope, section: S, given: Changes[S], ifMatch?: string): Promise<Versioned> {
  const act: Act<S> = ACTS[section];
  return act(scope, given, ifMatch);
}

/** A change that needs a look only where a version is asked for. */
function changing<Change>(steps: (scope: MemberScope, given: Change) => Query[]) {
  return async (scope: MemberScope, given: Change, ifMatch?: string) => {
    const seen = asksForVersion(ifMatch) ? await lookAt(scope, ifMatch) : null;
    return save(scope, seen, [rows.insertMissing(mine(scope)), ...steps(scope, given)]);
  };
}

async function lookAt(scope: MemberScope, ifMatch: string): Promise<string> {
  const [[body]] = await read(scope, rows.mine(mine(scope)));
  await refuseOther(body!, ifMatch);
  return body!;
}

function ofNotifications(scope: MemberScope, given: NotificationSettingsChange): Query[] {
  const { frequency, email_notifications, push_notifications, time_zone, quiet_hours_start, quiet_hours_end } = given;
  const values = {
    ...mine(scope),
    frequency: frequency ?? null,
    email: email_notifications ?? null,
    push: push_notifications ?? null,
    zone: time_zone ?? null,
    offset: time_zone === undefined ? null : offsetOf(time_zone, scope.now),
    setFrom: quiet_hours_start !== undefined,
    from: quiet_hours_start ?? null,
    setTo: quiet_hours_end !== undefined,
    to: quiet_hours_end ?? null,
  };
  return [...rows.changeNotifications(values), did(scope, "preferences_change", { details: "Changed notification settings" })];
}

function ofTheme(scope: MemberScope, { theme, theme_chosen, font_size }: ThemeSettingsChange): Query[] {
  const none = theme === "system" || (theme_chosen === false && theme !== "dark");
  const values = {
    ...mine(scope),
    theme: none ? NO_THEME : (theme ?? null),
    chosen: none ? false : (theme_chosen ?? (theme === undefined ? null : true)),
    fontSize: font_size ?? null,
  };
  return [...rows.changeTheme(values), did(scope, "preferences_change", { details: "Changed theme settings" })];
}

/** Who sees the person sees them come or go with it. */
function ofPrivacy(scope: MemberScope, { profile_visibility, data_sharing }: PrivacySettingsChange): Query[] {
  const values = { ...mine(scope), visibility: profile_visibility ?? null, dataSharing: data_sharing ?? null };
  const steps = [...rows.changePrivacy(values), ...indexAgain(scope.caller.userId), did(scope, "privacy_change")];
  if (profile_visibility === undefined) return steps;
  const told = [
    renewAddressOfPublic({ id: scope.caller.userId, level: profile_visibility }),
    rows.visibilityUpdate({ ...mine(scope), ...at(scope), visibility: profile_visibility }),
  ];
  return watching(seenByFriends({ userId: scope.caller.userId, now: values.now }), [...told, ...steps]);
}
