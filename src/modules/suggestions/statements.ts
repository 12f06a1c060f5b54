import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { friendships } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { jsonStatement, statement } from "../../db/statement";
import type { At } from "../../scope";
import { areFriends, sees, seesField } from "../../visibility/sql";
import { arePending } from "../friends/statements";
import { personJson, userJson, who } from "../users/json";
import type { SuggestedPerson, Suggestion } from "./schemas";

/** `mutual` and `after` are the place behind which the list goes on. */
type From = { me: number; mutual: number; after: number };
type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

// However many friends somebody has, no more rows than these are looked at. A list ends where so many of the best in a row are hidden.
const FRIENDS = sql.raw("100");
const THEIRS = sql.raw("50");
const BEST = sql.raw("300");
const SHOWN = sql.raw("3");

const friend = alias(users, "mutual_friend");
const friendsOf = (person: SQLWrapper, most: SQL): SQL => sql`select ${friendships.friendId} as id from ${friendships}
  where ${friendships.userId} = ${person} order by ${friendships.friendId} desc limit ${most}`;

/**
 * A friend counts only if I see them, and whom they know. A subquery in FROM does not see its neighbours: the few friends of each come
 * out of an array.
 */
const best = (p: Slots<From>): SQL => sql`with
  mine as (select ${friend.id} as id from (${friendsOf(p.me, FRIENDS)}) as near join ${users} as ${friend} on ${friend.id} = near.id
    where ${seesField(friend, "friend_list", p.me)}),
  theirs as (select far.value as id, mine.id as through from mine, json_each((select json_group_array(id) from (${friendsOf(sql.raw("mine.id"), THEIRS)}))) as far),
  counted as (select id, count(*) as mutual, json_group_array(through) as through from theirs where id <> ${p.me} group by id),
  best as (select * from counted where (mutual < ${p.mutual} or (mutual = ${p.mutual} and id > ${p.after})) and not ${areFriends(p.me, sql.raw("counted.id"))}
    order by mutual desc, id limit ${BEST})`;

const found = (p: Slots<From>): SQL => sql`from best join ${users} on ${users.id} = best.id
  where ${users.dataSharing} = 1 and ${sees(users, p.me)} and not ${arePending({ me: p.me, other: users.id })}`;

const some = sql`(select json_group_array(json(body)) from (select ${who(sql.raw("value"))} as body from json_each(best.through) order by value limit ${SHOWN}))`;

const suggesting = <Card>(card: typeof userJson | typeof personJson) =>
  jsonStatement<From & At & { offset: number; limit: number }, Card>(
    (p) => sql`${best(p)} select json_set(${card(users, p.me, p)}, '$.mutual_friends', best.mutual, '$.through', ${some}) as body
      ${found(p)} order by best.mutual desc, best.id limit ${p.limit} offset ${p.offset}`,
  );
export const suggestions = suggesting<Suggestion>(userJson);
/** With their profiles. */
export const suggestedPeople = suggesting<SuggestedPerson>(personJson);
export const countSuggestions = statement<From, { total: number }>((p) => sql`${best(p)} select count(*) as total ${found(p)}`);
