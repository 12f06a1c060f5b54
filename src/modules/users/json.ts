import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonObject } from "../../db/json";
import { users } from "../../db/schema/users";
import { isOnline, shownStatus } from "../../realtime/presence";
import type { At } from "../../scope";
import { hasBlocked, OWN_VIEW, type PersonColumns, sees, type View, viewIfSeen, viewOf } from "../../visibility/sql";
import type { Me, Named, Person, User, Who } from "./schemas";

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
export type PersonTable = PersonColumns & Record<Column, AnySQLiteColumn>;

export type AtSlots = { readonly [Name in keyof At]: SQLWrapper };

/** What `viewer` sees of a person whom they do see; see `visibility/`. */
export const userJson = (user: PersonTable, viewer: SQLWrapper, at: AtSlots): SQL<User> => cardJson(user, viewOf(user, viewer), at);

/** Somebody who did something that concerns `viewer`: if they hide from them, no more than who it was. */
export const actorJson = (user: PersonTable, viewer: SQLWrapper, at: AtSlots): SQL<User> => cardJson(user, viewIfSeen(user, viewer), at);

/** What `viewer` sees of a person whom they do see, with all that a profile has. */
export const personJson = (user: PersonTable, viewer: SQLWrapper, at: AtSlots): SQL<Person> => {
  const { from, ...view } = viewOf(user, viewer);
  return sql`(select ${jsonObject<Person>({ ...card(user, view, at), ...profile(user, view, at) })} from ${from})`;
};

/** A person as others have them in lists, as that person sees it. */
export const selfJson = (user: PersonTable, at: AtSlots): SQL<User> => jsonObject<User>(card(user, OWN_VIEW, at));

/** What a person sees of themselves. */
export const meJson = (user: PersonTable, at: AtSlots): SQL<Me> =>
  jsonObject<Me>({
    ...card(user, OWN_VIEW, at),
    ...profile(user, OWN_VIEW, at),
    email_verified: jsonBoolean(sql`${user.emailVerifiedAt} is not null`),
    role: sql`${user.role}`,
    visibility: sql`${user.visibility}`,
  });

/** Who has this id, or had it. */
export const who = (id: SQLWrapper): SQL<Who> =>
  jsonObject<Who>({ id: sql`${id}`, username: sql`(select ${users.username} from ${users} where ${users.id} = ${id})` });

/** `viewer` may know who it is: they see them, or have blocked them and so have them on the list of those. */
export const isKnownTo = (user: PersonColumns, viewer: SQLWrapper): SQL => sql`(${sees(user, viewer)} or ${hasBlocked(viewer, user.id)})`;

/** The same for `viewer`: whom they may not know has no name, like those who are gone. */
export const whoTo = (viewer: SQLWrapper, id: SQLWrapper): SQL<Who> =>
  jsonObject<Who>({
    id: sql`${id}`,
    username: sql`(select ${users.username} from ${users} where ${users.id} = ${id} and ${isKnownTo(users, viewer)})`,
  });

/** The address of somebody's avatar; null without one. */
export const avatarAddress = (user: Pick<PersonTable, "avatar">, { origin }: Pick<AtSlots, "origin">): SQL<string | null> =>
  sql`${origin} || '/avatars/' || ${user.avatar}`;

/** Of somebody who is seen, as much as one needs to choose them. */
export const namedJson = (user: Pick<PersonTable, "username" | "avatar"> & { id: SQLWrapper }, at: Pick<AtSlots, "origin">): SQL<Named> =>
  jsonObject<Named>({ id: sql`${user.id}`, username: sql`${user.username}`, avatar: avatarAddress(user, at) });

/** In years: by the birth date if there is one. */
export const ageOf = (user: Pick<PersonTable, "birthDate" | "statedAge">, { now }: Pick<AtSlots, "now">): SQL<number | null> =>
  sql`coalesce(cast(substr(${now}, 1, 4) as integer) - cast(substr(${user.birthDate}, 1, 4) as integer)
    - (substr(${now}, 6, 5) < substr(${user.birthDate}, 6, 5)), ${user.statedAge})`;

const cardJson = (user: PersonTable, { from, ...view }: View, at: AtSlots): SQL<User> =>
  sql`(select ${jsonObject<User>(card(user, view, at))} from ${from})`;

function card(user: PersonTable, { shows, isSeen }: Omit<View, "from">, at: AtSlots) {
  return {
    id: sql`${user.id}`,
    username: sql`${user.username}`,
    email: sql`iif(${shows("email")}, ${user.email}, '')`,
    avatar: sql`iif(${isSeen}, ${avatarAddress(user, at)}, null)`,
    bio: sql`iif(${shows("bio")}, ${user.bio}, null)`,
    status: sql`iif(${shows("presence")}, ${shownStatus(user, at.now)}, 'offline')`,
    is_online: jsonBoolean(sql`${isOnline(user, at.now)} and ${shows("presence")}`),
    last_online: sql`iif(${shows("presence")}, ${user.lastOnline}, null)`,
  };
}

function profile(user: PersonTable, { shows }: Omit<View, "from">, at: AtSlots) {
  return {
    first_name: sql`iif(${shows("name")}, ${user.firstName}, '')`,
    last_name: sql`iif(${shows("name")}, ${user.lastName}, '')`,
    birth_date: sql`iif(${shows("birth_date")}, ${user.birthDate}, null)`,
    age: sql`iif(${shows("birth_date")}, ${ageOf(user, at)}, null)`,
    phone_number: sql`iif(${shows("phone_number")}, ${user.phoneNumber}, null)`,
    profession: sql`iif(${shows("profession")}, ${user.profession}, null)`,
    status_line: sql`iif(${shows("presence")}, ${user.statusLine}, null)`,
  };
}
