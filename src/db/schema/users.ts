import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * A person. Times here and everywhere are ISO-8601 texts in UTC with milliseconds ("2026-11-20T12:00:00.000Z"), so that they
 * sort as they are and go over the wire as they are.
 */
export const users = sqliteTable(
  "users",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** As its owner typed it. */
    username: text("username").notNull(),
    /** NFKC, lower case: what is unique and what a log-in looks up. */
    usernameKey: text("username_key").notNull().unique(),
    /** Lower case. */
    email: text("email").notNull().unique(),
    /** Names its own scheme and cost ("$2b$10$…"); "!" is no password: the person logs in by an identity. */
    passwordHash: text("password_hash").notNull(),
    firstName: text("first_name").notNull().default(""),
    lastName: text("last_name").notNull().default(""),
    /** A date, "2001-12-31". */
    birthDate: text("birth_date"),
    /** What they may do: "member", "pharmacist" or "admin". */
    role: text("role").notNull().default("member"),
    /** When the address was shown to be theirs, by a mailed link or a provider that vouches for it. It changes only to one that was. */
    emailVerifiedAt: text("email_verified_at"),
    /** An admin shut them out then: no session of theirs lives, and none can be opened. */
    suspendedAt: text("suspended_at"),
    bio: text("bio"),
    /** How they say that they are: "at the beach". */
    statusLine: text("status_line"),
    profession: text("profession"),
    /** E.164: "+4915112345678". */
    phoneNumber: text("phone_number"),
    /** In years, as they said it; a birth date says it better. */
    statedAge: integer("stated_age"),
    /** The end of the avatar's address: 128 random bits and what kind it is. The file is theirs in `files` that is in use. */
    avatar: text("avatar"),
    /** Who sees the person at all: "public", "friends", "private", or "specific" for the people in `audience`. */
    visibility: text("visibility").notNull().default("public"),
    /** And then what of them: a level for each field, as JSON without blanks (visibility/sql.ts looks into the text). */
    fieldVisibility: text("field_visibility")
      .notNull()
      .default(
        '{"name":"public","email":"private","phone_number":"private","birth_date":"private","profession":"public","bio":"public","presence":"public","friend_list":"public"}',
      ),
    /** Whether people who do not know them may come across them, in lists, search and suggestions. */
    dataSharing: integer("data_sharing", { mode: "boolean" }).notNull().default(true),
    /** What the person says of themselves: online, busy, away, or offline to hide. Arriving and leaving do not change it. */
    status: text("status").notNull().default("online"),
    /** The presence lease: somebody listens on this person's hub until then. Null after the last socket has left in order. */
    onlineUntil: text("online_until"),
    lastOnline: text("last_online"),
    createdAt: text("created_at").notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`),
  },
  (t) => [
    index("users_listed_by_name").on(t.usernameKey).where(sql`"visibility" = 'public' and "data_sharing" = 1`),
    index("users_listed").on(t.id).where(sql`"visibility" = 'public' and "data_sharing" = 1`),
    uniqueIndex("users_by_avatar").on(t.avatar).where(sql`"avatar" is not null`),
  ],
);
