import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import { friendships } from "../db/schema/friends";
import { users } from "../db/schema/users";
import { statement } from "../db/statement";
import type { Scope } from "../scope";
import { seesField } from "../visibility/sql";
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
export const MAX_TOLD = 1000;

const self = alias(users, "self");

/** Friends of a person who listen right now, those for whom `condition` holds. */
const listening = (p: { readonly userId: SQLWrapper; readonly now: SQLWrapper }, condition: SQL): SQL =>
  sql`select ${users.id} as id from ${friendships} join ${users} on ${users.id} = ${friendships.friendId} join ${users} as ${self} on ${self.id} = ${p.userId}
    where ${friendships.userId} = ${p.userId} and ${users.onlineUntil} > ${p.now} and ${condition}
    order by ${users.id} limit ${sql.raw(String(MAX_TOLD))}`;

/** Whom a person sees to be there: friends who listen, do not hide, and show it to them. */
export const friendsOnline = statement<{ userId: number; now: string }, { id: number }>((p) =>
  listening(p, sql`${users.status} <> 'offline' and ${seesField(users, "presence", self.id)}`),
);

/** Who is told how a person is: friends who listen and to whom they show it. */
export const presenceAudience = statement<{ userId: number; now: string }, { id: number }>((p) =>
  listening(p, seesField(self, "presence", users.id)),
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

/** Tells the friends who listen and may know, and the person's own sockets, of a changed status. */
export async function announcePresence({ db, hubs, now }: Pick<Scope, "db" | "hubs" | "now">, person: Presence): Promise<void> {
  const slots = { userId: person.id, now: now.toISOString() };
  const [friends, self] = await db.batch([presenceAudience(slots), listensThemselves(slots)]);
  const listeners = [...self, ...friends].map(({ id }) => id);
  await tell(hubs, listeners, person);
}

/** Sends `status_update` to the hubs of `to`. A hub that cannot be reached learns it at its next opening. */
export async function tell(hubs: Hubs, to: number[], { id, status, is_online }: Presence): Promise<void> {
  const frame = { type: "status_update" as const, user_id: id, status, is_online };
  await Promise.allSettled(to.map((userId) => hubs.deliver(userId, { frames: [frame] })));
}
