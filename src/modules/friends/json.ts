import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonObject } from "../../db/json";
import { friendRequests } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { type AtSlots, actorJson } from "../users/json";
import type { FriendRequest } from "./schemas";

const sender = alias(users, "request_sender");
const receiver = alias(users, "request_receiver");

/** Goes behind `from friend_requests` (or a join of it) where `requestJson` is used; an outer join keeps rows without a request. */
export const withPeople = (join: "join" | "left join" = "join"): SQL =>
  sql`${sql.raw(join)} ${users} as ${sender} on ${sender.id} = ${friendRequests.senderId}
    ${sql.raw(join)} ${users} as ${receiver} on ${receiver.id} = ${friendRequests.receiverId}`;

/** A request as `viewer`, one of the two, sees it. */
export const requestJson = (viewer: SQLWrapper, at: AtSlots): SQL<FriendRequest> =>
  jsonObject<FriendRequest>({
    id: sql`${friendRequests.id}`,
    sender: actorJson(sender, viewer, at),
    receiver: actorJson(receiver, viewer, at),
    status: sql`${friendRequests.status}`,
    created_at: sql`${friendRequests.createdAt}`,
    is_read: jsonBoolean(sql`${friendRequests.status} <> 'pending'`),
  });
