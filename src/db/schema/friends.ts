import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/** One asking. A new asking after an answer is a new row; at most one per pair is pending, whichever way it points. */
export const friendRequests = sqliteTable(
  "friend_requests",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    senderId: integer("sender_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    receiverId: integer("receiver_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** pending, accepted, rejected or cancelled. */
    status: text("status").notNull().default("pending"),
    createdAt: text("created_at").notNull(),
    answeredAt: text("answered_at"),
    /** The pair without its direction. */
    lowId: integer("low_id").generatedAlwaysAs(sql`(min("sender_id", "receiver_id"))`, { mode: "virtual" }),
    highId: integer("high_id").generatedAlwaysAs(sql`(max("sender_id", "receiver_id"))`, { mode: "virtual" }),
  },
  (t) => [
    uniqueIndex("friend_requests_one_pending").on(t.lowId, t.highId).where(sql`"status" = 'pending'`),
    index("friend_requests_incoming").on(t.receiverId, t.status, t.id),
    index("friend_requests_outgoing").on(t.senderId, t.status, t.id),
  ],
);

/** A friendship is two rows, one from each side: every question about it is then one look in one index. */
export const friendships = sqliteTable(
  "friendships",
  {
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    friendId: integer("friend_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: text("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.friendId] }), index("friendships_by_friend").on(t.friendId)],
);
