import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/** Mails that a change brings with it, written in its batch and sent after it. A row says what to write, not what is written: no secret. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** Whose mail it is: it goes with the account. Null for the last one, about a deleted account. */
    userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
    address: text("address").notNull(),
    /** Which mail. */
    template: text("template").notNull(),
    /** What it is filled in with, as JSON. */
    params: text("params").notNull(),
    createdAt: text("created_at").notNull(),
    /** Of sending it. */
    tries: integer("tries").notNull().default(0),
    /** When it may be tried (again); whoever sends it moves this on first, so that no two send it. */
    dueAt: text("due_at").notNull(),
    /** Kept only where there is a mailbox to look into. */
    sentAt: text("sent_at"),
  },
  (t) => [index("outbox_due").on(t.dueAt).where(sql`"sent_at" is null`), index("outbox_by_user").on(t.userId)],
);
