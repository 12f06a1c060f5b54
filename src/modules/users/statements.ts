import { type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { friendships } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { audiencePeople } from "../../db/schema/visibility";
import { jsonStatement, statement } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { sees } from "../../visibility/sql";
import { meJson, personJson, userJson } from "./json";
import type { Me, Person, User } from "./schemas";

type Viewer = { me: number };
type Part = Viewer & At & { after: number; offset: number; limit: number };

export const personById = jsonStatement<Viewer & At & { id: number }, Person>(
  (p) => sql`select ${personJson(users, p.me, p)} as body from ${users} where ${users.id} = ${p.id} and ${sees(users, p.me)}`,
);

export const myself = jsonStatement<At & { id: number }, Me>(
  (p) => sql`select ${meJson(users, p)} as body from ${users} where ${users.id} = ${p.id}`,
);

// Lists of people: whom one sees, less those who do not want to be come across. Oneself is among them.

const isListed = (p: { readonly me: SQLWrapper }) => sql`(${users.dataSharing} = 1 or ${users.id} = ${p.me}) and ${sees(users, p.me)}`;

/**
 * Each branch runs through its own index, and they are merged as they run: a page reads what is on it, however many hide from me. Who is
 * public, my friends, those who chose me by name (who is chosen with a group is a friend), and I.
 */
export const allUsers = jsonStatement<Part, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body from (
      select ${users.id} as id from ${users} where ${users.visibility} = 'public' and ${users.dataSharing} = 1 and ${users.id} > ${p.after} and ${isListed(p)}
      union select ${friendships.friendId} from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
        where ${friendships.userId} = ${p.me} and ${friendships.friendId} > ${p.after} and ${isListed(p)}
      union select ${audiencePeople.ownerId} from ${audiencePeople} join ${users} on ${users.id} = ${audiencePeople.ownerId}
        where ${audiencePeople.personId} = ${p.me} and ${audiencePeople.subject} = 'profile' and ${audiencePeople.ownerId} > ${p.after} and ${isListed(p)}
      union select ${users.id} from ${users} where ${users.id} = ${p.me} and ${users.id} > ${p.after}
      order by 1 limit ${p.limit} offset ${p.offset}
    ) as listed join ${users} on ${users.id} = listed.id order by listed.id`,
);

export const countUsers = statement<Viewer, { total: number }>((p) => sql`select count(*) as total from ${users} where ${isListed(p)}`);

/** `match` is a trigram query, see `select` in the service. */
const withPart = (p: { readonly me: SQLWrapper; readonly match: SQLWrapper }) =>
  sql`from user_search join ${users} on ${users.id} = user_search.rowid where user_search match ${p.match} and ${isListed(p)}`;

export const usersWithPart = jsonStatement<Part & { match: string }, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body ${withPart(p)} and user_search.rowid > ${p.after}
    order by user_search.rowid limit ${p.limit} offset ${p.offset}`,
);
export const countUsersWithPart = statement<Viewer & { match: string }, { total: number }>(
  (p) => sql`select count(*) as total ${withPart(p)}`,
);

/** Names that begin so: for one or two letters, which are too short for trigrams. */
const withStart = (p: { readonly me: SQLWrapper; readonly start: SQLWrapper; readonly end: SQLWrapper }) =>
  sql`from ${users} where ${users.usernameKey} >= ${p.start} and ${users.usernameKey} < ${p.end} and ${isListed(p)}`;

export const usersWithStart = jsonStatement<Part & { start: string; end: string }, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body ${withStart(p)} and ${users.id} > ${p.after}
    order by ${users.id} limit ${p.limit} offset ${p.offset}`,
);
export const countUsersWithStart = statement<Viewer & { start: string; end: string }, { total: number }>(
  (p) => sql`select count(*) as total ${withStart(p)}`,
);

/** Makes the name that a person has now the one that a search finds. */
export const forgetSearch = statement<{ id: number }>((p) => sql`delete from user_search where rowid = ${p.id}`);
export const indexForSearch = statement<{ key: string }>(
  (p) =>
    sql`insert into user_search (rowid, username_key) select ${users.id}, ${users.usernameKey} from ${users} where ${users.usernameKey} = ${p.key}`,
);

/** With all that is theirs: foreign keys cascade. What the search has is no table that could. */
export const removeUser = statement<{ id: number }>((p) => sql`delete from ${users} where ${users.id} = ${p.id}`);

export const profileUpdate = event<At & { id: number }>("profile_update", (p) => ({
  to: p.id,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: meJson(users, p) }),
  from: sql`from ${users} where ${users.id} = ${p.id}`,
}));
