import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { friendRequests } from "./friends";
import { users } from "./users";

export const notifications = sqliteTable(
  "notifications",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    recipientId: integer("recipient_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    senderId: integer("sender_id").references(() => users.id, { onDelete: "cascade" }),
    requestId: integer("request_id").references(() => friendRequests.id, { onDelete: "cascade" }),
    type: text("type").notNull(),
    text: text("text").notNull(),
    isRead: integer("is_read", { mode: "boolean" }).notNull().default(false),
    /** Reading it removes it: a notice that has said all it has to say. */
    autoDelete: integer("auto_delete", { mode: "boolean" }).notNull().default(false),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    index("notifications_by_recipient").on(t.recipientId, t.id),
    index("notifications_unread").on(t.recipientId, t.id).where(sql`"is_read" = 0`),
    index("notifications_read_by_age").on(t.createdAt).where(sql`"is_read" = 1`),
    index("notifications_by_request").on(t.requestId),
    index("notifications_by_sender").on(t.senderId),
  ],
);
