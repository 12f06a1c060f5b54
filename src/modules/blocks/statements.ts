import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { blocks } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { areFriends, hasBlocked, sees } from "../../visibility/sql";
import { hasAsked } from "../friends/statements";
import type { Blocked } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Pair = { me: number; other: number };
type Part = { me: number; after: number; offset: number; limit: number };

const blocked = sql`select ${jsonObject<Blocked>({
  id: sql`${users.id}`,
  username: sql`${users.username}`,
  since: sql`${blocks.createdAt}`,
})} as body from ${blocks} join ${users} on ${users.id} = ${blocks.blockedId}`;

export const mine = jsonStatement<Part, Blocked>(
  (p) => sql`${blocked} where ${blocks.userId} = ${p.me} and ${blocks.blockedId} > ${p.after}
    order by ${blocks.blockedId} limit ${p.limit} offset ${p.offset}`,
);
export const countMine = statement<{ me: number }, { total: number }>(
  (p) => sql`select count(*) as total from ${blocks} where ${blocks.userId} = ${p.me}`,
);

const isIt = ({ me, other }: Slots<Pair>) => sql`${blocks.userId} = ${me} and ${blocks.blockedId} = ${other}`;

export const one = jsonStatement<Pair, Blocked>((p) => sql`${blocked} where ${isIt(p)}`);

const isSeen = ({ me, other }: Slots<Pair>) => sql`exists (select 1 from ${users} where ${users.id} = ${other} and ${sees(users, me)})`;

/** Whoever is a friend, or has asked to be one, is known to be there even if they hide. */
export const refuseToBlock = statement<Pair>((p) =>
  refuseIf({
    unchanged: hasBlocked(p.me, p.other),
    not_found: sql`not (${isSeen(p)} or ${areFriends(p.me, p.other)} or ${hasAsked(p)})`,
  }),
);
export const insert = statement<Pair & { now: string }>(
  (p) => sql`insert into ${blocks} (${columns(blocks.userId, blocks.blockedId, blocks.createdAt)}) values (${p.me}, ${p.other}, ${p.now})`,
);

export const refuseToUnblock = statement<Pair>((p) =>
  refuseIf({
    not_found: sql`not (${hasBlocked(p.me, p.other)} or ${isSeen(p)})`,
    unchanged: sql`not ${hasBlocked(p.me, p.other)}`,
  }),
);
export const remove = statement<Pair>((p) => sql`delete from ${blocks} where ${isIt(p)}`);
