import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { friendships } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { audiencePeople } from "../../db/schema/visibility";
import { jsonStatement, statement, type Value } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { sees } from "../../visibility/sql";
import { meJson, personJson, userJson } from "./json";
import type { Me, Person, User } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
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

/** Of a search: where it goes on, and at how many it looks. */
type Matching = { after: number; window: number };
type ByPart = Matching & { match: string };
type ByStart = Matching & { start: string; end: string };

/** `match` is a trigram query, see `select` in the service. D1 binds every number as a real one, behind which FTS5 does not skip. */
const withPart = (p: Slots<ByPart>) =>
  sql`(select rowid as id, rowid as place from user_search where user_search match ${p.match} and rowid > cast(${p.after} as integer) order by rowid limit ${p.window})`;

/** Names that begin so, by name: for one or two letters, which are too short for trigrams. No name goes on with a blank. */
const withStart = (p: Slots<ByStart>) =>
  sql`(select ${users.id} as id, ${users.usernameKey} as place from ${users} where ${users.usernameKey} < ${p.end}
    and ${users.usernameKey} >= coalesce((select ${users.usernameKey} || ' ' from ${users} where ${users.id} = ${p.after}), ${p.start}) order by ${users.usernameKey} limit ${p.window})`;

function searchOf<Search extends Matching & Record<string, Value>>(candidates: (p: Slots<Search>) => SQL) {
  const listed = (p: Slots<Search & Viewer>) =>
    sql`from ${candidates(p)} as found join ${users} on ${users.id} = found.id where ${isListed(p)}`;
  return {
    found: jsonStatement<Search & Part, User>(
      (p) => sql`select ${userJson(users, p.me, p)} as body ${listed(p)} order by found.place limit ${p.limit} offset ${p.offset}`,
    ),
    count: statement<Search & Viewer, { total: number }>((p) => sql`select count(*) as total ${listed(p)}`),
    /** The last whom `found` may have looked at, if there were as many as it looks at. */
    end: statement<Search, { last: number }>(
      (p) => sql`select id as last from ${candidates(p)} order by place limit 1 offset ${p.window} - 1`,
    ),
  };
}
export const byPart = searchOf(withPart);
export const byStart = searchOf(withStart);

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
