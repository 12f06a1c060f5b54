import { sql } from "drizzle-orm";
import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
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

/** A named list of friends, its owner's alone. */
export const friendGroups = sqliteTable(
  "friend_groups",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    ownerId: integer("owner_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** NFKC, lower case: what is unique among the owner's. */
    nameKey: text("name_key").notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [uniqueIndex("friend_groups_by_name").on(t.ownerId, t.nameKey)],
);

/** Only friends are members: who is none any more leaves all groups with the friendship. */
export const groupMembers = sqliteTable(
  "group_members",
  {
    groupId: integer("group_id")
      .notNull()
      .references(() => friendGroups.id, { onDelete: "cascade" }),
    ownerId: integer("owner_id").notNull(),
    memberId: integer("member_id").notNull(),
    addedAt: text("added_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.groupId, t.memberId] }),
    foreignKey({ columns: [t.ownerId, t.memberId], foreignColumns: [friendships.userId, friendships.friendId] }).onDelete("cascade"),
    index("group_members_by_member").on(t.memberId, t.ownerId),
    index("group_members_by_owner").on(t.ownerId, t.memberId),
  ],
);

/** To each other, these two are not there. */
export const blocks = sqliteTable(
  "blocks",
  {
    /** Who blocked. */
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    blockedId: integer("blocked_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: text("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.blockedId] }), index("blocks_by_blocked").on(t.blockedId, t.userId)],
);
