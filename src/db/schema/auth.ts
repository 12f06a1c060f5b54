import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/** One log-in on one device. Its tokens are signed, carry its id and are never stored. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Which refresh token is the current one: each refresh takes the next number. */
    counter: integer("counter").notNull().default(0),
    /** When `counter` last moved: the token before it stays good for a few seconds from then. */
    rotatedAt: text("rotated_at").notNull(),
    createdAt: text("created_at").notNull(),
    lastUsedAt: text("last_used_at").notNull(),
    /** Moves on with each refresh, never past `endsAt`. */
    expiresAt: text("expires_at").notNull(),
    endsAt: text("ends_at").notNull(),
    revokedAt: text("revoked_at"),
    userAgent: text("user_agent").notNull().default(""),
    country: text("country"),
  },
  (t) => [index("sessions_by_user").on(t.userId), index("sessions_by_expiry").on(t.expiresAt)],
);
