import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/** What a person did, written in the batch of the act. Nothing of a row ever changes but that its owner may hide it. */
export const activity = sqliteTable(
  "activity",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** "login", "logout", "update", … */
    type: text("type").notNull(),
    /** A sentence: "Changed profile settings". */
    details: text("details").notNull().default(""),
    createdAt: text("created_at").notNull(),
    userAgent: text("user_agent").notNull().default(""),
    country: text("country"),
    hiddenAt: text("hidden_at"),
  },
  (t) => [index("activity_by_user").on(t.userId, t.id), index("activity_by_type").on(t.userId, t.type, t.id)],
);
