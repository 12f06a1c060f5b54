import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { friendRequests, friendships } from "../../db/schema/friends";
import { type AtSlots, type PersonTable, personJson } from "../users/json";

const waiting = alias(friendRequests, "waiting");
const bond = alias(friendships, "bond");

/** An `Acquaintance`: what `viewer` sees of a person whom they do see, and how the two stand to each other. */
export const acquaintanceJson = (user: PersonTable, viewer: SQLWrapper, at: AtSlots): SQL =>
  sql`(select json_set(${personJson(user, viewer, at)}, '$.standing', case when ${user.id} = ${viewer} then 'self'
      when ${bond.userId} is not null then 'friends' when ${waiting.senderId} = ${viewer} then 'asked'
      when ${waiting.id} is not null then 'asks' else 'none' end, '$.request', ${waiting.id}, '$.since', ${bond.createdAt})
    from (select 1) left join ${friendships} as ${bond} on ${bond.userId} = ${viewer} and ${bond.friendId} = ${user.id}
    left join ${friendRequests} as ${waiting} on ${waiting.lowId} = min(${user.id}, ${viewer})
      and ${waiting.highId} = max(${user.id}, ${viewer}) and ${waiting.status} = 'pending')`;
