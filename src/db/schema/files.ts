import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/**
 * The ledger of what is in R2. A row is there before its object and goes after it, so that no object is ever without one: what is not in
 * use is doomed, and removed an hour after `doomedAt` (`files/ledger.ts`).
 */
export const files = sqliteTable(
  "files",
  {
    /** Made here: the object's key in R2. What one addresses it by stands elsewhere, and may change while it does not. */
    name: text("name").primaryKey(),
    /** Null once the owner is gone. */
    userId: integer("user_id").references(() => users.id, { onDelete: "set null" }),
    /** "avatar". */
    purpose: text("purpose").notNull(),
    contentType: text("content_type").notNull(),
    /** In bytes. */
    size: integer("size").notNull(),
    createdAt: text("created_at").notNull(),
    /** Since when it is of no use; null while it is in use. */
    doomedAt: text("doomed_at"),
  },
  (t) => [index("files_doomed").on(t.doomedAt).where(sql`"doomed_at" is not null`), index("files_by_user").on(t.userId, t.purpose)],
);
