import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonObject } from "../../db/json";
import { users } from "../../db/schema/users";
import { isOnline, type PresenceColumns, shownStatus } from "../../realtime/presence";
import type { Me, User, Who } from "./schemas";

/** The table, or an alias of it. */
type Columns = PresenceColumns & Record<"username" | "email" | "bio" | "lastOnline", AnySQLiteColumn>;
type OwnColumns = Columns & Record<"emailVerifiedAt" | "firstName" | "lastName" | "birthDate" | "role", AnySQLiteColumn>;

/**
 * What `viewer` sees of a person: the one place that says so, for lists, single reads, what is nested in other answers, and events.
 * A rule about who may see what belongs here.
 */
export const userJson = (user: Columns, viewer: SQLWrapper, now: SQLWrapper): SQL<User> => jsonObject<User>(shown(user, viewer, now));

/** What a person sees of themselves. */
export const meJson = (user: OwnColumns, now: SQLWrapper): SQL<Me> =>
  jsonObject<Me>({
    ...shown(user, user.id, now),
    email_verified: jsonBoolean(sql`${user.emailVerifiedAt} is not null`),
    first_name: sql`${user.firstName}`,
    last_name: sql`${user.lastName}`,
    birth_date: sql`${user.birthDate}`,
    role: sql`${user.role}`,
  });

/** Who has this id, or had it. */
export const who = (id: SQLWrapper): SQL<Who> =>
  jsonObject<Who>({ id: sql`${id}`, username: sql`(select ${users.username} from ${users} where ${users.id} = ${id})` });

const shown = (user: Columns, viewer: SQLWrapper, now: SQLWrapper) => ({
  id: sql`${user.id}`,
  username: sql`${user.username}`,
  email: sql`iif(${user.id} = ${viewer}, ${user.email}, '')`,
  avatar: sql`null`,
  bio: sql`${user.bio}`,
  status: shownStatus(user, now),
  is_online: jsonBoolean(isOnline(user, now)),
  last_online: sql`${user.lastOnline}`,
});
