import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonBoolean, jsonObject } from "../../db/json";
import { friendGroups, friendRequests, groupMembers } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { jsonStatement } from "../../db/statement";
import type { At } from "../../scope";
import { areFriends, sees } from "../../visibility/sql";
import { requestJson } from "../friends/json";
import { friendsFrom, pendingFrom } from "../friends/statements";
import { acquaintanceJson } from "./json";
import type { Acquaintance, Friend, Membership, PendingRequest } from "./schemas";

type Part = At & { me: number; of: number; after: number; offset: number; limit: number };

const g = friendGroups;
const m = groupMembers;

export const acquaintance = jsonStatement<At & { me: number; id: number }, Acquaintance>(
  (p) => sql`select ${acquaintanceJson(users, p.me, p)} as body from ${users} where ${users.id} = ${p.id} and ${sees(users, p.me)}`,
);

/** Somebody's friends, as `friends` lists them. */
export const friendsOf = jsonStatement<Part, Acquaintance>(
  (p) => sql`select ${acquaintanceJson(users, p.me, p)} as body ${friendsFrom(p)}`,
);

const namesOfGroups = (me: SQLWrapper): SQL => sql`(select json_group_array(name) from (select ${g.name} as name
  from ${m} join ${g} on ${g.id} = ${m.groupId} where ${m.ownerId} = ${me} and ${m.memberId} = ${users.id} order by ${g.nameKey}))`;

/** One's own, with the groups that they are in: `of` is `me`. */
export const myFriends = jsonStatement<Part, Friend>(
  (p) => sql`select json_set(${acquaintanceJson(users, p.me, p)}, '$.groups', json(${namesOfGroups(p.me)})) as body
    ${friendsFrom(p)}`,
);

/** One's groups, and whether a friend is in each. */
export const groupsFor = jsonStatement<{ me: number; other: number }, Membership>(
  (p) =>
    sql`select ${jsonObject<Membership>({
      id: sql`${g.id}`,
      name: sql`${g.name}`,
      is_in: jsonBoolean(sql`exists (select 1 from ${m} where ${m.groupId} = ${g.id} and ${m.memberId} = ${p.other})`),
    })} as body from ${g} where ${g.ownerId} = ${p.me} and ${areFriends(p.me, p.other)} order by ${g.nameKey}`,
);

const pending = (direction: "incoming" | "outgoing") =>
  jsonStatement<Omit<Part, "of">, PendingRequest>((p) => {
    const other = sql`${friendRequests.senderId} + ${friendRequests.receiverId} - ${p.me}`;
    const person = sql`(select ${acquaintanceJson(users, p.me, p)} from ${users} where ${users.id} = ${other} and ${sees(users, p.me)})`;
    return sql`select json_set(${requestJson(p.me, p)}, '$.person', json(${person})) as body ${pendingFrom(direction, p)}`;
  });
export const incoming = pending("incoming");
export const outgoing = pending("outgoing");
