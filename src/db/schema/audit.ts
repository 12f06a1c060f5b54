import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What was done by virtue of a role. Names people by id without a foreign key: it outlives the accounts that it is about. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** Null when it was done at the machine (`npm run role`). */
    actorId: integer("actor_id"),
    /** "suspend", "restore", "set_role", "end_sessions", … */
    action: text("action").notNull(),
    targetId: integer("target_id").notNull(),
    /** More about it, as JSON. */
    details: text("details").notNull().default("{}"),
    createdAt: text("created_at").notNull(),
    userAgent: text("user_agent").notNull().default(""),
    country: text("country"),
  },
  (t) => [index("audit_log_by_target").on(t.targetId), index("audit_log_by_actor").on(t.actorId)],
);
