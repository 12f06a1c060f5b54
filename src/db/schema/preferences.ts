import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./users";

/** How a person wants to be told and how pages look to them: a row for each, from the batch that makes them. What others see is in `users`. */
export const preferences = sqliteTable(
  "preferences",
  {
    userId: integer("user_id")
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Of digests: daily, weekly, monthly or on-demand. */
    frequency: text("frequency").notNull().default("daily"),
    emailNotifications: integer("email_notifications", { mode: "boolean" }).notNull().default(true),
    pushNotifications: integer("push_notifications", { mode: "boolean" }).notNull().default(true),
    theme: text("theme").notNull().default("light"),
    /** Whether they said so; whoever did not has pages that follow their system. What is not "light" was chosen in any case. */
    themeChosen: integer("theme_chosen", { mode: "boolean" }).notNull().default(false),
    fontSize: text("font_size").notNull().default("medium"),
    /** An IANA name. */
    timeZone: text("time_zone").notNull().default("UTC"),
    /** How far the zone's clocks are ahead of UTC, in minutes; looked at anew once a day, for summer time. */
    utcOffset: integer("utc_offset").notNull().default(0),
    /** Minutes after midnight, by the person's clock; without both there are no quiet hours. */
    quietFrom: integer("quiet_from"),
    quietTo: integer("quiet_to"),
    /** When the next digest is due; null if none is. Behind a "!": from when on that is to be worked out, by whoever mails digests. */
    digestDueAt: text("digest_due_at"),
    /** When there last was one. */
    digestedAt: text("digested_at"),
    /** The newest notification that was in one; by its id, for clocks do not go by the order of commits. */
    digestedUpto: integer("digested_upto"),
  },
  (t) => [index("preferences_digest_due").on(t.digestDueAt).where(sql`"digest_due_at" is not null`)],
);
