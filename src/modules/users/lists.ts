import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { friendships } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { audiencePeople } from "../../db/schema/visibility";
import { jsonStatement, statement, type Value } from "../../db/statement";
import type { At } from "../../scope";
import { isComeAcross, sees } from "../../visibility/sql";
import { acquaintanceJson } from "../people/json";
import type { Acquaintance } from "../people/schemas";
import { userJson } from "./json";
import { isOpen } from "./name-index";
import type { User } from "./schemas";

/** Lists of people: whom one sees and may come across. Oneself is among them. */

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Viewer = { me: number; after: number };
type Part = Viewer & At & { offset: number; limit: number };

const isListed = (p: Slots<{ me: number }>) => sql`${isComeAcross(users, p.me)} and ${sees(users, p.me)}`;

/** What a list is of: */
interface Subject<Slots> {
  /** By which it is in order, and where a page goes on; no two have the same. `id` is that of a branch's own index. */
  place: (id: SQLWrapper) => SQLWrapper;
  /** "… where …": of whom everybody may come across, in that order, behind `after`; and the id that its index has. */
  open: (p: Slots) => SQL;
  openId?: SQL;
  /** The same of others, a condition; `id` is theirs. */
  others: (p: Slots, id: SQLWrapper) => SQL;
}

/**
 * Each branch runs through its own index, and they are merged as they run: a page reads what is on it, and nothing of it depends on who
 * hides. Whom everybody may come across, my friends, those who chose me by name (who is chosen with a group is a friend), and I.
 */
function listOf<Search extends Record<string, Value>>({ place, open, openId = sql`${users.id}`, others }: Subject<Slots<Search & Viewer>>) {
  const places = (p: Slots<Search & Viewer>) => sql`
    select ${place(openId)} as place from ${open(p)} and ${isListed(p)}
    union select ${place(friendships.friendId)} from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
      where ${friendships.userId} = ${p.me} and ${others(p, friendships.friendId)} and ${isListed(p)}
    union select ${place(audiencePeople.ownerId)} from ${audiencePeople} join ${users} on ${users.id} = ${audiencePeople.ownerId}
      where ${audiencePeople.personId} = ${p.me} and ${audiencePeople.subject} = 'profile' and ${others(p, audiencePeople.ownerId)} and ${isListed(p)}
    union select ${place(users.id)} from ${users} where ${users.id} = ${p.me} and ${others(p, users.id)}`;
  const found = <Card>(card: typeof userJson | typeof acquaintanceJson) =>
    jsonStatement<Search & Part, Card>(
      (p) => sql`select ${card(users, p.me, p)} as body from (${places(p)} order by 1 limit ${p.limit} offset ${p.offset}) as listed
        join ${users} on ${place(users.id)} = listed.place order by listed.place`,
    );
  return {
    found: found<User>(userJson),
    acquainted: found<Acquaintance>(acquaintanceJson),
    count: statement<Search & Viewer, { total: number }>((p) => sql`select count(*) as total from (${places(p)})`),
  };
}

/** By id. */
export const everybody = listOf({
  place: (id) => id,
  open: (p) => sql`${users} where ${isOpen} and ${users.id} > ${p.after}`,
  others: (p, id) => sql`${id} > ${p.after}`,
});

/**
 * Names with this part, by id. `match` is it as a trigram query, see `list` in the service. D1 binds every number as a real one, behind which
 * FTS5 does not skip.
 */
export const byPart = listOf<{ part: string; match: string }>({
  place: (id) => id,
  open: (p) => sql`user_search join ${users} on ${users.id} = user_search.rowid
    where user_search match ${p.match} and user_search.rowid > cast(${p.after} as integer)`,
  openId: sql`user_search.rowid`,
  others: (p, id) => sql`${id} > ${p.after} and instr(${users.usernameKey}, ${p.part})`,
});

const last = alias(users, "last");
/** Behind the name of the last one; for who may have been none of the last page, there is no such person. No name goes on with a blank. */
const startsSo = (p: Slots<{ start: string; end: string } & Viewer>) => sql`${users.usernameKey} < ${p.end} and ${users.usernameKey} >=
  max(${p.start}, coalesce((select ${last.usernameKey} || ' ' from ${users} as ${last} where ${last.id} = ${p.after} and ${sees(last, p.me)}), ''))`;

/** Names that begin so, by name: for one or two letters, which are too short for trigrams. */
export const byStart = listOf<{ start: string; end: string }>({
  place: () => users.usernameKey,
  open: (p) => sql`${users} where ${isOpen} and ${startsSo(p)}`,
  others: startsSo,
});
