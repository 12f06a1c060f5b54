import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
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

/** An account elsewhere that logs a person in: who they are to a provider. */
export const identities = sqliteTable(
  "identities",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** "google", "facebook". */
    provider: text("provider").notNull(),
    /** The provider's own name for the person (`sub`), which never changes. */
    subject: text("subject").notNull(),
    /** As the provider said when it was linked; for the list, nothing is decided by it. */
    email: text("email"),
    createdAt: text("created_at").notNull(),
    lastUsedAt: text("last_used_at").notNull(),
  },
  (t) => [uniqueIndex("identities_by_subject").on(t.provider, t.subject), index("identities_by_user").on(t.userId)],
);

/**
 * A link that was mailed, good once and for a while. Its secret is derived from `nonce` with the signing key and is nowhere in here: a
 * copy of the database opens nothing. A newer one of the same purpose replaces the person's older one.
 */
export const emailLinks = sqliteTable(
  "email_links",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** "verify", "reset" or "change". */
    purpose: text("purpose").notNull(),
    /** The address that it was sent to, and is about. */
    email: text("email").notNull(),
    nonce: text("nonce").notNull(),
    /** SHA-256 of the secret. */
    secretHash: text("secret_hash").notNull(),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [
    uniqueIndex("email_links_by_secret").on(t.secretHash),
    uniqueIndex("email_links_by_user").on(t.userId, t.purpose),
    index("email_links_by_expiry").on(t.expiresAt),
  ],
);

/** How often something was tried, by whom: `key` names the rule and, hashed, the account or address. */
export const attempts = sqliteTable(
  "attempts",
  {
    key: text("key").primaryKey(),
    count: integer("count").notNull(),
    /** The count starts again then. */
    resetsAt: text("resets_at").notNull(),
  },
  (t) => [index("attempts_by_reset").on(t.resetsAt)],
);
