import { sql } from "drizzle-orm";
import { isLive, sessionIsLive } from "../db/live-session";
import { sessions } from "../db/schema/auth";
import { events } from "../db/schema/realtime";
import { users } from "../db/schema/users";
import { columns, statement } from "../db/statement";
import type { DurableType, Status, StoredEvent } from "../realtime/events";
import { isOnline, shownStatus } from "../realtime/presence";

/** What a hub asks of D1. */

/** Events that one read answers. */
export const EVENTS_A_READ = 500;

/** Which of these sessions (a JSON array of ids) still live. */
export const liveAmong = statement<{ ids: string; now: string }, { id: number }>(
  (p) =>
    sql`select ${sessions.id} as id from ${sessions} where ${sessions.id} in (select value from json_each(${p.ids})) and ${isLive(p.now)}`,
);

interface PresenceRow {
  status: Status;
  isOnline: number;
  listening: number;
  /** Friends have been told that this person is there. */
  visible: number;
}

export const presence = statement<{ userId: number; now: string }, PresenceRow>(
  (
    p,
  ) => sql`select ${shownStatus(users, p.now)} as status, ${isOnline(users, p.now)} as isOnline, coalesce(${users.onlineUntil}, '') > ${p.now} as listening,
      ${users.onlineUntil} is not null and ${users.status} <> 'offline' as visible from ${users} where ${users.id} = ${p.userId}`,
);

/** Takes the presence lease for a session that lives. */
export const takeLease = statement<{ userId: number; sessionId: number; now: string; until: string }>(
  (p) => sql`update ${users} set ${columns(users.onlineUntil)} = ${p.until} where ${users.id} = ${p.userId} and ${sessionIsLive(p)}`,
);

export const renewLease = statement<{ userId: number; until: string }>(
  (p) => sql`update ${users} set ${columns(users.onlineUntil)} = ${p.until} where ${users.id} = ${p.userId}`,
);

/** Once: whoever has left already was last there when they left. Who is there unseen was not there, as far as anybody is told. */
export const giveUpLease = statement<{ userId: number; now: string }>(
  (p) => sql`update ${users} set ${columns(users.onlineUntil)} = null,
      ${columns(users.lastOnline)} = iif(${users.status} <> 'offline', ${p.now}, ${users.lastOnline})
    where ${users.id} = ${p.userId} and ${users.onlineUntil} is not null`,
);

export const eventsAfter = statement<{ userId: number; after: number }, StoredEvent>(
  (
    p,
  ) => sql`select ${columns(events.seq, events.type, events.body)} from ${events} where ${events.userId} = ${p.userId} and ${events.seq} > ${p.after}
    order by ${events.seq} limit ${sql.raw(String(EVENTS_A_READ))}`,
  (row) => ({ seq: row.seq as number, type: row.type as DurableType, body: row.body as string }),
);
