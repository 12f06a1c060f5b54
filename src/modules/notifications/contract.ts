import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Notifications"];
const notMine = { 404: answer(Problem, "I have no such notification.") };

export const list = memberRoute({
  method: "get",
  path: "/api/notifications/",
  tags,
  summary: "My notifications",
  description: "Newest first.",
  request: { query: s.NotificationListQuery },
  responses: { 200: listOf(s.Notification, "Notifications.") },
});

export const unreadCount = memberRoute({
  method: "get",
  path: "/api/notifications/unread-count/",
  tags,
  summary: "How many are unread",
  responses: { 200: answer(s.UnreadCount, "The number.") },
});

export const readAll = memberRoute({
  method: "put",
  path: "/api/notifications/read-all/",
  tags,
  summary: "Mark all as read",
  description: "My sockets get `notification_update` for each that was unread.",
  responses: { 200: answer(s.UnreadCount, "None is unread now.") },
});

export const read = memberRoute({
  method: "put",
  path: "/api/notifications/{id}/read/",
  tags,
  summary: "Mark one as read",
  description: "My sockets get `notification_update`. One with `auto_delete` is then gone: `notification_delete` follows.",
  request: { params: s.NotificationParams },
  responses: { 200: answer(s.Notification, "The notification, read."), ...notMine },
});

export const remove = memberRoute({
  method: "delete",
  path: "/api/notifications/{id}/",
  tags,
  summary: "Delete one",
  description: "My sockets get `notification_delete`.",
  request: { params: s.NotificationParams },
  responses: { 204: nothing("It is gone."), ...notMine },
});

export const removeAll = memberRoute({
  method: "delete",
  path: "/api/notifications/",
  tags,
  summary: "Delete all",
  description: "My sockets get `notifications_clear`.",
  responses: { 204: nothing("They are gone.") },
});
