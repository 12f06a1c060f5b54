import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { refuseIf } from "../../commit";
import { users } from "../../db/schema/users";
import { columns, type Query, statement } from "../../db/statement";
import { act } from "../activity/statements";
import { indexAgain } from "./name-index";
import type { UserChange } from "./schemas";

/** What a person says of themselves, by its name in a change. */
const COLUMNS: Record<Exclude<keyof UserChange, "image" | "profileimg"> | "username_key", AnySQLiteColumn> = {
  username: users.username,
  username_key: users.usernameKey,
  first_name: users.firstName,
  last_name: users.lastName,
  bio: users.bio,
  birth_date: users.birthDate,
  age: users.statedAge,
  phone_number: users.phoneNumber,
  profession: users.profession,
  status_line: users.statusLine,
  avatar: users.avatar,
  visibility: users.visibility,
  status: users.status,
};
type Name = keyof typeof COLUMNS;

/** `change` is a JSON object of new values by name; what it does not name stays. */
type Values = { id: number; change: string };
type Slots = { readonly [Key in keyof Values]: SQLWrapper };

const said = ({ change }: Slots, name: Name): SQL =>
  sql`iif(json_type(${change}, ${path(name)}) is null, ${COLUMNS[name]}, ${change} ->> ${path(name)})`;
const path = (name: Name) => sql.raw(`'$.${name}'`);

/** What is then in the column: an age only where no birth date says it. */
const then = (p: Slots, name: Name): SQL =>
  name === "age" ? sql`iif(${said(p, "birth_date")} is null, ${said(p, name)}, null)` : said(p, name);

const NAMES = Object.keys(COLUMNS) as Name[];
/** How one is at the moment is no setting, and some clients say it all day. */
const SETTINGS = NAMES.filter((name) => !["status", "visibility", "avatar"].includes(name));

const unchanged = (p: Slots, names: Name[]): SQL =>
  sql.join(
    names.map((name) => sql`${COLUMNS[name]} is ${then(p, name)}`),
    sql` and `,
  );

/** Refuses a change that changes nothing, so that nobody is told of it. */
export const refuseUnchanged = statement<Values>((p) =>
  refuseIf({ unchanged: sql`exists (select 1 from ${users} where ${users.id} = ${p.id} and ${unchanged(p, NAMES)})` }),
);

// Before the change: a row in the history of what it is going to change.

export const noteUpdate = act<Values>("update", (p) => ({
  who: p.id,
  from: sql`from ${users} where ${users.id} = ${p.id} and not (${unchanged(p, SETTINGS)})`,
}));

/** Where it is the picture alone: else it is one of the settings that change. */
export const noteAvatarChange = act<Values>("avatar_change", (p) => ({
  who: p.id,
  details: sql`iif(${then(p, "avatar")} is null, 'Removed the profile picture', 'Changed the profile picture')`,
  from: sql`from ${users} where ${users.id} = ${p.id} and ${unchanged(p, SETTINGS)} and not (${unchanged(p, ["avatar"])})`,
}));

export const notePrivacyChange = act<Values>("privacy_change", (p) => ({
  who: p.id,
  from: sql`from ${users} where ${users.id} = ${p.id} and not (${unchanged(p, ["visibility"])})`,
}));

export const setProfile = statement<Values>((p) => {
  const values = NAMES.map((name) => sql`${columns(COLUMNS[name])} = ${then(p, name)}`);
  return sql`update ${users} set ${sql.join(values, sql`, `)} where ${users.id} = ${p.id}`;
});

/** Somebody's e-mail address is not free as a name: a log-in with it would find whoever has the name. */
export const refuseNameOfAnother = statement<{ id: number; key: string }>((p) =>
  refuseIf({
    username_taken: sql`exists (select 1 from ${users} where ${users.email} = ${p.key} and ${users.id} <> ${p.id})`,
  }),
);

type Renaming = { id: number; username: string; key: string };
const named = ({ id, username, key }: Renaming): Values => ({ id, change: JSON.stringify({ username, username_key: key }) });

/** Steps that give somebody another name, and that alone, which is found from then on. Refused if it is the one that they have. */
export const renaming = (one: Renaming): Query[] => [
  refuseUnchanged(named(one)),
  refuseNameOfAnother(one),
  setProfile(named(one)),
  ...indexAgain(one.id),
];
