import { z } from "@hono/zod-openapi";
import { boolean, ifGiven, pathId } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { FriendRequest } from "../friends/schemas";
import { User } from "../users/schemas";

export const NotificationType = z
  .enum(["friend_request", "friend_request_accepted", "friend_request_rejected"])
  .meta({ id: "NotificationType" });
export type NotificationType = z.infer<typeof NotificationType>;

export const Notification = z
  .object({
    id: z.int(),
    recipient: User,
    sender: z.union([User, z.null()]),
    related_request: z.union([FriendRequest, z.null()]),
    text: z.string(),
    is_read: z.boolean(),
    created_at: z.iso.datetime(),
    type: NotificationType,
    notification_type: NotificationType.describe("The same as `type`."),
    auto_delete: z.boolean().describe("Reading it removes it."),
  })
  .meta({ id: "Notification" });
export type Notification = z.infer<typeof Notification>;

/** A notification as it is shown: who sent it may be known, and hide since. */
export interface Notice extends Notification {
  sender_seen: boolean;
}

export const NotificationListQuery = PageQuery.extend({ unread: ifGiven(boolean()).describe("Only those not read.") });
export type NotificationListQuery = z.infer<typeof NotificationListQuery>;
export const NotificationParams = z.object({ id: pathId() });
export const UnreadCount = z.object({ unread: z.int() }).meta({ id: "UnreadCount" });
