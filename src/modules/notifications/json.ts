import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonObject, jsonUnless } from "../../db/json";
import { friendRequests } from "../../db/schema/friends";
import { notifications } from "../../db/schema/notifications";
import { users } from "../../db/schema/users";
import { sees } from "../../visibility/sql";
import { requestJson, withPeople } from "../friends/json";
import { type AtSlots, actorJson, selfJson } from "../users/json";
import type { Notice, Notification } from "./schemas";

const recipient = alias(users, "recipient");
const sender = alias(users, "sender");

/** `from notifications` with all that `notificationJson` names. */
export const fromNotifications = sql`from ${notifications}
  join ${users} as ${recipient} on ${recipient.id} = ${notifications.recipientId}
  left join ${users} as ${sender} on ${sender.id} = ${notifications.senderId}
  left join ${friendRequests} on ${friendRequests.id} = ${notifications.requestId} ${withPeople("left join")}`;

/** A notification as its recipient sees it; `isRead` says so ahead of the change that makes it true. */
export const notificationJson = (at: AtSlots, isRead: SQLWrapper = sql`${notifications.isRead}`): SQL<Notification> => {
  const viewer = notifications.recipientId;
  return jsonObject<Notification>({
    id: sql`${notifications.id}`,
    recipient: selfJson(recipient, at),
    sender: jsonUnless(sql`${sender.id} is null`, actorJson(sender, viewer, at)),
    related_request: jsonUnless(sql`${friendRequests.id} is null`, requestJson(viewer, at)),
    text: sql`${notifications.text}`,
    is_read: jsonBoolean(isRead),
    created_at: sql`${notifications.createdAt}`,
    type: sql`${notifications.type}`,
    notification_type: sql`${notifications.type}`,
    auto_delete: jsonBoolean(sql`${notifications.autoDelete}`),
  });
};

/** The same, and whether its sender may be looked at. */
export const noticeJson = (at: AtSlots): SQL<Notice> =>
  sql`json_set(${notificationJson(at)}, '$.sender_seen', ${jsonBoolean(sees(sender, notifications.recipientId))})`;
