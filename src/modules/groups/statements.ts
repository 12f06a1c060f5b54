import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { friendGroups, groupMembers } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { seenByOneAnother } from "../../realtime/sightings";
import type { At } from "../../scope";
import { areFriends, sees } from "../../visibility/sql";
import { act } from "../activity/statements";
import { userJson } from "../users/json";
import type { User } from "../users/schemas";
import type { Group } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Mine = { me: number; id: number };
type Pair = { me: number; other: number };
type Member = Mine & Pair;
type Placing = Pair & { into: string; outOf: string };
type Naming = { me: number; name: string; key: string };
type Part = { me: number; after: number; offset: number; limit: number };

const MAX_GROUPS = 50;
export const MAX_MEMBERS = 500;

const g = friendGroups;
const m = groupMembers;

/** Of friends who hide from the owner, not even the owner learns that they are in it. */
const membersSeen = (group: SQLWrapper, me: SQLWrapper): SQL =>
  sql`from ${m} join ${users} on ${users.id} = ${m.memberId} where ${m.groupId} = ${group} and ${sees(users, me)}`;

const groupJson = (me: SQLWrapper): SQL<Group> =>
  sql`(select ${jsonObject<Group>({
    id: sql`${g.id}`,
    name: sql`${g.name}`,
    count: sql`json_array_length(members)`,
    members: sql`json(members)`,
    created_at: sql`${g.createdAt}`,
  })} from (select (select json_group_array(id) from (select ${m.memberId} as id ${membersSeen(g.id, me)} order by 1)) as members))`;

const isMine = ({ id, me }: Slots<Mine>) => sql`${g.id} = ${id} and ${g.ownerId} = ${me}`;

export const mine = jsonStatement<Part, Group>(
  (p) => sql`select ${groupJson(p.me)} as body from ${g} where ${g.ownerId} = ${p.me} and ${g.id} > ${p.after}
    order by ${g.id} limit ${p.limit} offset ${p.offset}`,
);
/** All of them, for there are never more. */
export const allMine = ({ me }: { me: number }) => mine({ me, after: 0, offset: 0, limit: MAX_GROUPS });
export const countMine = statement<{ me: number }, { total: number }>(
  (p) => sql`select count(*) as total from ${g} where ${g.ownerId} = ${p.me}`,
);
export const one = jsonStatement<Mine, Group>((p) => sql`select ${groupJson(p.me)} as body from ${g} where ${isMine(p)}`);
export const byKey = jsonStatement<{ me: number; key: string }, Group>(
  (p) => sql`select ${groupJson(p.me)} as body from ${g} where ${g.ownerId} = ${p.me} and ${g.nameKey} = ${p.key}`,
);

const mineIs = (p: Slots<Mine>) => sql`exists (select 1 from ${g} where ${isMine(p)})`;

export const membersOf = jsonStatement<Part & At & Mine, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body ${membersSeen(p.id, p.me)} and ${m.memberId} > ${p.after} and ${mineIs(p)}
    order by ${m.memberId} limit ${p.limit} offset ${p.offset}`,
);
export const countMembers = statement<Mine, { total: number }>(
  (p) => sql`select count(*) as total ${membersSeen(p.id, p.me)} and ${mineIs(p)}`,
);

export const refuseUnlessMine = statement<Mine>((p) => refuseIf({ not_found: sql`not ${mineIs(p)}` }));

export const refuseOneMore = statement<{ me: number }>((p) =>
  refuseIf({ too_many_groups: sql`(select count(*) from ${g} where ${g.ownerId} = ${p.me}) >= ${sql.raw(String(MAX_GROUPS))}` }),
);
export const insert = statement<Naming & { now: string }>(
  (p) => sql`insert into ${g} (${columns(g.ownerId, g.name, g.nameKey, g.createdAt)}) values (${p.me}, ${p.name}, ${p.key}, ${p.now})`,
);

export const refuseSameName = statement<Mine & { name: string }>((p) =>
  refuseIf({ unchanged: sql`exists (select 1 from ${g} where ${isMine(p)} and ${g.name} = ${p.name})` }),
);
export const setName = statement<Mine & Naming>(
  (p) => sql`update ${g} set ${columns(g.name)} = ${p.name}, ${columns(g.nameKey)} = ${p.key} where ${isMine(p)}`,
);
export const remove = statement<Mine>((p) => sql`delete from ${g} where ${isMine(p)}`);

const isMember = ({ id, other }: Slots<Member>) => sql`exists (select 1 from ${m} where ${m.groupId} = ${id} and ${m.memberId} = ${other})`;

const isNoFriend = ({ me, other }: Slots<Pair>) =>
  sql`not ${areFriends(me, other)} or not exists (select 1 from ${users} where ${users.id} = ${other} and ${sees(users, me)})`;
const isFull = (group: SQLWrapper) => sql`(select count(*) from ${m} where ${m.groupId} = ${group}) >= ${sql.raw(String(MAX_MEMBERS))}`;

export const refuseToAdd = statement<Member>((p) =>
  refuseIf({ not_friends: isNoFriend(p), unchanged: isMember(p), group_full: isFull(p.id) }),
);
export const insertMember = statement<Member & { now: string }>(
  (p) => sql`insert into ${m} (${columns(m.groupId, m.ownerId, m.memberId, m.addedAt)}) values (${p.id}, ${p.me}, ${p.other}, ${p.now})`,
);

export const refuseToDrop = statement<Member>((p) => refuseIf({ unchanged: sql`not ${isMember(p)}` }));
export const removeMember = statement<Member>((p) => sql`delete from ${m} where ${m.groupId} = ${p.id} and ${m.memberId} = ${p.other}`);

// Several groups at once: `into` and `outOf` are lists of ids.

const given = (list: SQLWrapper): SQL => sql`json_each(${list}) as given`;
const group = sql.raw("given.value");
const isInIt = ({ other }: Slots<Pair>) => sql`exists (select 1 from ${m} where ${m.groupId} = ${group} and ${m.memberId} = ${other})`;
const isNotMine = ({ me }: Slots<Pair>) => sql`not exists (select 1 from ${g} where ${g.id} = ${group} and ${g.ownerId} = ${me})`;
const toJoin = (p: Slots<Placing>) => sql`from ${given(p.into)} where not ${isInIt(p)}`;
const toLeave = (p: Slots<Placing>) => sql`from ${given(p.outOf)} where ${isInIt(p)}`;

export const refuseToPlace = statement<Placing>((p) =>
  refuseIf({
    not_found: sql`exists (select 1 from ${given(p.into)} where ${isNotMine(p)}) or exists (select 1 from ${given(p.outOf)} where ${isNotMine(p)})`,
    not_friends: isNoFriend(p),
    unchanged: sql`not exists (select 1 ${toJoin(p)}) and not exists (select 1 ${toLeave(p)})`,
    group_full: sql`exists (select 1 ${toJoin(p)} and ${isFull(group)})`,
  }),
);
export const insertInto = statement<Placing & { now: string }>(
  (p) =>
    sql`insert into ${m} (${columns(m.groupId, m.ownerId, m.memberId, m.addedAt)}) select ${group}, ${p.me}, ${p.other}, ${p.now} ${toJoin(p)}`,
);
export const removeFrom = statement<Placing>(
  (p) =>
    sql`delete from ${m} where ${m.ownerId} = ${p.me} and ${m.memberId} = ${p.other} and ${m.groupId} in (select value from json_each(${p.outOf}))`,
);

/** Of whom the owner does not see, nothing: it would tell that they were in it. */
export const noteDropped = act<Pair>("group_change", (p) => ({
  who: p.me,
  about: p.other,
  details: sql`'Took somebody out of a group of friends'`,
  from: sql`from ${users} where ${users.id} = ${p.other} and ${sees(users, p.me)}`,
}));

/** How the owner and somebody who comes or goes look to each other. */
export const eachOther = seenByOneAnother<Pair & { now: string }>((p) => [p.me, p.other]);
