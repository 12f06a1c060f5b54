import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { friendships } from "../db/schema/friends";
import { users } from "../db/schema/users";
import { statement } from "../db/statement";
import type { Scope } from "../scope";
import type { Status } from "./events";
import type { Hubs } from "./poke";

/** Of the table of people, or of an alias of it. */
export type PresenceColumns = Record<"id" | "status" | "onlineUntil", AnySQLiteColumn>;

/** Somebody listens for this person, who does not hide. */
export const isOnline = (user: PresenceColumns, now: SQLWrapper): SQL =>
  sql`(coalesce(${user.onlineUntil}, '') > ${now} and ${user.status} <> 'offline')`;

/** Busy and away are true of who is not there as well; "online" only while the presence lease holds. */
export const shownStatus = (user: PresenceColumns, now: SQLWrapper): SQL =>
  sql`iif(${user.status} in ('busy', 'away') or coalesce(${user.onlineUntil}, '') > ${now}, ${user.status}, 'offline')`;

/** Nobody's opening or leaving costs more calls than this. */
const MAX_TOLD = 1000;

/** Friends who listen right now, each with the status that they show. */
export const listeningFriends = statement<{ userId: number; now: string }, { id: number; status: Status }>(
  (p) => sql`select ${users.id} as id, ${users.status} as status from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.userId} and ${users.onlineUntil} > ${p.now} order by ${users.id} limit ${sql.raw(String(MAX_TOLD))}`,
);

const listensThemselves = statement<{ userId: number; now: string }, { id: number }>(
  (p) => sql`select ${users.id} as id from ${users} where ${users.id} = ${p.userId} and ${users.onlineUntil} > ${p.now}`,
);

/** Somebody's presence as their friends may see it. */
export interface Presence {
  id: number;
  status: Status;
  is_online: boolean;
}

/** Tells the friends who listen, and the person's own sockets, of a changed status. */
export async function announcePresence({ db, hubs, now }: Pick<Scope, "db" | "hubs" | "now">, person: Presence): Promise<void> {
  const slots = { userId: person.id, now: now.toISOString() };
  const [friends, self] = await db.batch([listeningFriends(slots), listensThemselves(slots)]);
  const listeners = [...self, ...friends].map(({ id }) => id);
  await tell(hubs, listeners, person);
}

/** Sends `status_update` to the hubs of `to`. A hub that cannot be reached learns it at its next opening. */
export async function tell(hubs: Hubs, to: number[], { id, status, is_online }: Presence): Promise<void> {
  const frame = { type: "status_update" as const, user_id: id, status, is_online };
  await Promise.allSettled(to.map((userId) => hubs.deliver(userId, { frames: [frame] })));
}
