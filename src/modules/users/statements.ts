import { sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { event } from "../../realtime/statements";
import { meJson, userJson } from "./json";
import type { Me, User } from "./schemas";

export const userById = jsonStatement<{ id: number; viewer: number; now: string }, User>(
  (p) => sql`select ${userJson(users, p.viewer, p.now)} as body from ${users} where ${users.id} = ${p.id}`,
);

export const myself = jsonStatement<{ id: number; now: string }, Me>(
  (p) => sql`select ${meJson(users, p.now)} as body from ${users} where ${users.id} = ${p.id}`,
);

export const allUsers = jsonStatement<{ viewer: number; now: string; after: number; offset: number; limit: number }, User>(
  (p) => sql`select ${userJson(users, p.viewer, p.now)} as body from ${users} where ${users.id} > ${p.after}
    order by ${users.id} limit ${p.limit} offset ${p.offset}`,
);

export const countUsers = statement<Record<never, never>, { total: number }>(() => sql`select count(*) as total from ${users}`);

/** `match` is a trigram query, see `searchFor`. */
const found = (match: unknown) => sql`select rowid from user_search where user_search match ${match}`;

export const usersWithPart = jsonStatement<
  { match: string; viewer: number; now: string; after: number; offset: number; limit: number },
  User
>(
  (
    p,
  ) => sql`select ${userJson(users, p.viewer, p.now)} as body from (${found(p.match)} and rowid > ${p.after} order by rowid limit ${p.limit} offset ${p.offset})
    join ${users} on ${users.id} = rowid order by rowid`,
);
export const countUsersWithPart = statement<{ match: string }, { total: number }>(
  (p) => sql`select count(*) as total from (${found(p.match)})`,
);

/** Names that begin so: for one or two letters, which are too short for trigrams. */
export const usersWithStart = jsonStatement<
  { start: string; end: string; viewer: number; now: string; after: number; offset: number; limit: number },
  User
>(
  (p) => sql`select ${userJson(users, p.viewer, p.now)} as body from ${users}
    where ${users.usernameKey} >= ${p.start} and ${users.usernameKey} < ${p.end} and ${users.id} > ${p.after}
    order by ${users.id} limit ${p.limit} offset ${p.offset}`,
);
export const countUsersWithStart = statement<{ start: string; end: string }, { total: number }>(
  (p) => sql`select count(*) as total from ${users} where ${users.usernameKey} >= ${p.start} and ${users.usernameKey} < ${p.end}`,
);

/** Somebody's e-mail address is not free as a name: a log-in with it would find whoever has the name. */
export const refuseNameOfAnother = statement<{ id: number; key: string }>((p) =>
  refuseIf({
    username_taken: sql`exists (select 1 from ${users} where ${users.email} = ${p.key} and ${users.id} <> ${p.id})`,
  }),
);

type Change = {
  id: number;
  username: string | null;
  key: string | null;
  firstName: string | null;
  lastName: string | null;
  bio: string | null;
  setBio: boolean;
  status: string | null;
};

/** Refuses a change that changes nothing, so that nobody is told of it. */
export const refuseUnchanged = statement<Omit<Change, "key">>((p) =>
  refuseIf({
    unchanged: sql`exists (select 1 from ${users} where ${users.id} = ${p.id} and ${users.username} = coalesce(${p.username}, ${users.username})
      and ${users.firstName} = coalesce(${p.firstName}, ${users.firstName}) and ${users.lastName} = coalesce(${p.lastName}, ${users.lastName})
      and ${users.status} = coalesce(${p.status}, ${users.status}) and (not ${p.setBio} or ${users.bio} is ${p.bio}))`,
  }),
);

export const setProfile = statement<Change>(
  (p) => sql`update ${users} set
    ${columns(users.username)} = coalesce(${p.username}, ${users.username}),
    ${columns(users.usernameKey)} = coalesce(${p.key}, ${users.usernameKey}),
    ${columns(users.firstName)} = coalesce(${p.firstName}, ${users.firstName}),
    ${columns(users.lastName)} = coalesce(${p.lastName}, ${users.lastName}),
    ${columns(users.bio)} = iif(${p.setBio}, ${p.bio}, ${users.bio}),
    ${columns(users.status)} = coalesce(${p.status}, ${users.status})
    where ${users.id} = ${p.id}`,
);

/** Makes the name that a person has now the one that a search finds. */
export const forgetSearch = statement<{ id: number }>((p) => sql`delete from user_search where rowid = ${p.id}`);
export const indexForSearch = statement<{ key: string }>(
  (p) =>
    sql`insert into user_search (rowid, username_key) select ${users.id}, ${users.usernameKey} from ${users} where ${users.usernameKey} = ${p.key}`,
);

/** With all that is theirs: foreign keys cascade. What the search has is no table that could. */
export const removeUser = statement<{ id: number }>((p) => sql`delete from ${users} where ${users.id} = ${p.id}`);

export const profileUpdate = event<{ id: number; now: string }>("profile_update", (p) => ({
  to: p.id,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: meJson(users, p.now) }),
  from: sql`from ${users} where ${users.id} = ${p.id}`,
}));
