import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { sessions } from "../../db/schema/auth";
import { preferences } from "../../db/schema/preferences";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, type Query, statement, type Value } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { meJson } from "../users/json";
import type { Me } from "../users/schemas";
import { fromPreferences, preferencesJson } from "./json";
import type { Preferences } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Mine = { me: number; now: string };

const mineJson = (p: Slots<Mine>) => sql`select ${preferencesJson(p.now)} as body ${fromPreferences} where ${users.id} = ${p.me}`;

export const myPreferences = jsonStatement<Mine, Preferences>(mineJson);

/** The same as JSON text: its hash is the version of all sections. */
export const mine = statement<Mine, string>(mineJson, (row) => row.body as string);

/** For the batch that makes a person. */
export const insertPreferences = statement<{ key: string; dueAt: string | null }>(
  (p) => sql`insert into ${preferences} (${columns(preferences.userId, preferences.digestDueAt)})
    select ${users.id}, ${p.dueAt} from ${users} where ${users.usernameKey} = ${p.key}`,
);

/** For who came in while an older Worker was still running. */
export const insertMissing = statement<Mine>(
  (p) => sql`insert into ${preferences} (${columns(preferences.userId, preferences.digestDueAt)})
    values (${p.me}, '!' || ${p.now}) on conflict do nothing`,
);

/** Nothing has changed since `seen` was read. */
export const refuseUnlessStill = statement<Mine & { seen: string }>((p) =>
  refuseIf({ precondition_failed: sql`(${mineJson(p)}) is not ${p.seen}` }),
);

export const preferencesUpdate = event<Mine>("preferences_update", (p) => ({
  to: p.me,
  now: p.now,
  body: jsonObject<{ preferences: Preferences }>({ preferences: preferencesJson(p.now) }),
  from: sql`${fromPreferences} where ${users.id} = ${p.me}`,
}));

type Assignments = [AnySQLiteColumn, SQL][];

/** A change of the person's row: refused if it changes nothing, so that nobody is told. `beside`: what follows from it. */
const change = <Values extends Record<string, Value>>(
  person: AnySQLiteColumn,
  build: (p: Slots<Values & Mine>) => Assignments,
  beside: (p: Slots<Values & Mine>) => Assignments = () => [],
) => {
  const { table } = person;
  const refuse = statement<Values & Mine>((p) => {
    const same = build(p).map(([column, value]) => sql`${column} is ${value}`);
    return refuseIf({ unchanged: sql`exists (select 1 from ${table} where ${person} = ${p.me} and ${sql.join(same, sql` and `)})` });
  });
  const set = statement<Values & Mine>((p) => {
    const all = [...build(p), ...beside(p)].map(([column, value]) => sql`${columns(column)} = ${value}`);
    return sql`update ${table} set ${sql.join(all, sql`, `)} where ${person} = ${p.me}`;
  });
  return (values: Values & Mine): Query[] => [refuse(values), set(values)];
};

/** What was not given stays. */
const or = (column: AnySQLiteColumn, given: SQLWrapper): SQL => sql`coalesce(${given}, ${column})`;

export type NotificationChange = {
  frequency: string | null;
  email: boolean | null;
  push: boolean | null;
  zone: string | null;
  offset: number | null;
  setFrom: boolean;
  from: number | null;
  setTo: boolean;
  to: number | null;
};

export const changeNotifications = change<NotificationChange>(
  preferences.userId,
  (p) => [
    [preferences.frequency, or(preferences.frequency, p.frequency)],
    [preferences.emailNotifications, or(preferences.emailNotifications, p.email)],
    [preferences.pushNotifications, or(preferences.pushNotifications, p.push)],
    [preferences.timeZone, or(preferences.timeZone, p.zone)],
    [preferences.quietFrom, sql`iif(${p.setFrom}, ${p.from}, ${preferences.quietFrom})`],
    [preferences.quietTo, sql`iif(${p.setTo}, ${p.to}, ${preferences.quietTo})`],
  ],
  (p) => [
    [preferences.utcOffset, or(preferences.utcOffset, p.offset)],
    [preferences.digestDueAt, dueAfter(p)],
  ],
);

/** When a zone's clocks show nine is worked out by who mails digests: until then the column says from when on. */
const dueAfter = (p: Slots<NotificationChange & Mine>): SQL => {
  const { frequency, emailNotifications, timeZone, digestDueAt } = preferences;
  return sql`case when ${or(frequency, p.frequency)} = 'on-demand' or ${or(emailNotifications, p.email)} = 0 then null
    when ${or(frequency, p.frequency)} = ${frequency} and ${or(emailNotifications, p.email)} = ${emailNotifications}
      and ${or(timeZone, p.zone)} = ${timeZone} then ${digestDueAt}
    else '!' || ${p.now} end`;
};

export const changeTheme = change<{ theme: string | null; chosen: boolean | null; fontSize: string | null }>(preferences.userId, (p) => [
  [preferences.theme, or(preferences.theme, p.theme)],
  [preferences.themeChosen, or(preferences.themeChosen, p.chosen)],
  [preferences.fontSize, or(preferences.fontSize, p.fontSize)],
]);

export const changePrivacy = change<{ visibility: string | null; dataSharing: boolean | null }>(users.id, (p) => [
  [users.visibility, or(users.visibility, p.visibility)],
  [users.dataSharing, or(users.dataSharing, p.dataSharing)],
]);

/** Ahead of the change, if it is one. */
export const visibilityUpdate = event<At & { me: number; visibility: string }>("profile_update", (p) => ({
  to: p.me,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: sql`json_set(${meJson(users, p)}, '$.visibility', ${p.visibility})` }),
  from: sql`from ${users} where ${users.id} = ${p.me} and ${users.visibility} <> ${p.visibility}`,
}));

export interface AccountLook {
  /** As `mine`. */
  body: string;
  hash: string;
  /** When the caller's session began. */
  since: string;
  /** Somebody else goes by that name, or has it for an address. */
  taken: number;
}

const other = alias(users, "other");

/** What a change of name or address is decided by. */
export const accountLook = statement<Mine & { sessionId: number; key: string | null }, AccountLook>(
  (p) => sql`select (${mineJson(p)}) as body, ${users.passwordHash} as hash,
      (select ${sessions.createdAt} from ${sessions} where ${sessions.id} = ${p.sessionId}) as since,
      exists (select 1 from ${users} as ${other}
        where (${other.usernameKey} = ${p.key} or ${other.email} = ${p.key}) and ${other.id} <> ${p.me}) as taken
    from ${users} where ${users.id} = ${p.me}`,
);
