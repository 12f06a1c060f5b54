import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonIf, jsonObject } from "../../db/json";
import { users } from "../../db/schema/users";
import { isOnline, shownStatus } from "../../realtime/presence";
import type { At } from "../../scope";
import type { Field } from "../../visibility/rule";
import { type PersonColumns, sees, showsField } from "../../visibility/sql";
import type { Me, Person, User, Who } from "./schemas";

type Column =
  | "username"
  | "email"
  | "avatar"
  | "bio"
  | "status"
  | "onlineUntil"
  | "lastOnline"
  | "firstName"
  | "lastName"
  | "birthDate"
  | "statedAge"
  | "phoneNumber"
  | "profession"
  | "statusLine"
  | "emailVerifiedAt"
  | "role";
/** The table, or an alias of it. */
type Columns = PersonColumns & Record<Column, AnySQLiteColumn>;

export type AtSlots = { readonly [Name in keyof At]: SQLWrapper };

/** What `viewer` sees of a person whom they do see; see `visibility/`. */
export const userJson = (user: Columns, viewer: SQLWrapper, at: AtSlots): SQL<User> => jsonObject<User>(shown(user, viewer, at));

/** The same with all that a profile has. */
export const personJson = (user: Columns, viewer: SQLWrapper, at: AtSlots): SQL<Person> =>
  jsonObject<Person>({ ...shown(user, viewer, at), ...profile(user, viewer, at) });

/** Somebody who did something that concerns `viewer`: if they hide from them, no more than who it was. */
export const actorJson = (user: Columns, viewer: SQLWrapper, at: AtSlots): SQL<User> =>
  jsonIf(sees(user, viewer), userJson(user, viewer, at), jsonObject<User>(hidden(user)));

/** What a person sees of themselves. */
export const meJson = (user: Columns, at: AtSlots): SQL<Me> =>
  jsonObject<Me>({
    ...shown(user, user.id, at),
    ...profile(user, user.id, at),
    email_verified: jsonBoolean(sql`${user.emailVerifiedAt} is not null`),
    role: sql`${user.role}`,
    visibility: sql`${user.visibility}`,
  });

/** Who has this id, or had it. */
export const who = (id: SQLWrapper): SQL<Who> =>
  jsonObject<Who>({ id: sql`${id}`, username: sql`(select ${users.username} from ${users} where ${users.id} = ${id})` });

/** The address of somebody's avatar; null without one. */
export const avatarAddress = (user: Pick<Columns, "avatar">, { origin }: Pick<AtSlots, "origin">): SQL<string | null> =>
  sql`${origin} || '/avatars/' || ${user.avatar}`;

/** In years: by the birth date if there is one. */
export const ageOf = (user: Pick<Columns, "birthDate" | "statedAge">, { now }: Pick<AtSlots, "now">): SQL<number | null> =>
  sql`coalesce(cast(substr(${now}, 1, 4) as integer) - cast(substr(${user.birthDate}, 1, 4) as integer)
    - (substr(${now}, 6, 5) < substr(${user.birthDate}, 6, 5)), ${user.statedAge})`;

function shown(user: Columns, viewer: SQLWrapper, at: AtSlots) {
  const only = showing(user, viewer);
  const presence = showsField(user, "presence", viewer);
  return {
    id: sql`${user.id}`,
    username: sql`${user.username}`,
    email: only("email", user.email, sql`''`),
    avatar: avatarAddress(user, at),
    bio: only("bio", user.bio),
    status: only("presence", shownStatus(user, at.now), sql`'offline'`),
    is_online: jsonBoolean(sql`${isOnline(user, at.now)} and ${presence}`),
    last_online: only("presence", user.lastOnline),
  };
}

function profile(user: Columns, viewer: SQLWrapper, at: AtSlots) {
  const only = showing(user, viewer);
  return {
    first_name: only("name", user.firstName, sql`''`),
    last_name: only("name", user.lastName, sql`''`),
    birth_date: only("birth_date", user.birthDate),
    age: only("birth_date", ageOf(user, at)),
    phone_number: only("phone_number", user.phoneNumber),
    profession: only("profession", user.profession),
    status_line: only("presence", user.statusLine),
  };
}

const showing =
  (user: Columns, viewer: SQLWrapper) =>
  (field: Field, value: SQLWrapper, otherwise: SQLWrapper = sql`null`): SQL =>
    sql`iif(${showsField(user, field, viewer)}, ${value}, ${otherwise})`;

const hidden = (user: Columns) => ({
  id: sql`${user.id}`,
  username: sql`${user.username}`,
  email: sql`''`,
  avatar: sql`null`,
  bio: sql`null`,
  status: sql`'offline'`,
  is_online: sql`json('false')`,
  last_online: sql`null`,
});
