import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { jsonBoolean, jsonObject } from "../../db/json";
import { isOnline, type PresenceColumns, shownStatus } from "../../realtime/presence";
import type { User } from "./schemas";

/** The table, or an alias of it. */
type Columns = PresenceColumns & Record<"username" | "email" | "bio" | "lastOnline", AnySQLiteColumn>;

/**
 * What `viewer` sees of a person: the one place that says so, for lists, single reads, what is nested in other answers, and events.
 * A rule about who may see what belongs here.
 */
export const userJson = (user: Columns, viewer: SQLWrapper, now: SQLWrapper): SQL<User> =>
  jsonObject<User>({
    id: sql`${user.id}`,
    username: sql`${user.username}`,
    email: sql`iif(${user.id} = ${viewer}, ${user.email}, '')`,
    avatar: sql`null`,
    bio: sql`${user.bio}`,
    status: shownStatus(user, now),
    is_online: jsonBoolean(isOnline(user, now)),
    last_online: sql`${user.lastOnline}`,
  });
