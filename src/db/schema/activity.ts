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
    /** Whom it was done to. By id without a foreign key, like the audit log: the row does not change when they go. */
    aboutId: integer("about_id"),
  },
  (t) => [index("activity_shown").on(t.userId, t.hiddenAt, t.id), index("activity_shown_by_type").on(t.userId, t.hiddenAt, t.type, t.id)],
);
