import { sql } from "drizzle-orm";
import { openDatabase } from "./db/database";
import { sessions } from "./db/schema/auth";
import { idempotencyKeys } from "./db/schema/commit";
import { notifications } from "./db/schema/notifications";
import { events } from "./db/schema/realtime";
import { statement } from "./db/statement";
import { logLine } from "./lib/log";

const DAY_MS = 86_400_000;
/** A client that was away for less resumes without a reload … */
const EVENT_DAYS = 7;
/** … and in any case if it missed no more than this. */
const EVENTS_KEPT = 1000;
const READ_NOTIFICATION_DAYS = 90;
/** A session that is over is kept so long, for the list of what happened. */
const SESSION_DAYS = 30;
const IDEMPOTENCY_DAYS = 1;
/** Rows that one statement deletes: D1 ends a query after 30 s. */
const BATCH_ROWS = 5000;
/** A run deletes at most this many times that; the next day goes on. */
const MAX_BATCHES = 200;

type Slots = { before: string };
const limit = sql.raw(`limit ${BATCH_ROWS}`);
const deletion = (
  table: typeof events | typeof sessions | typeof notifications | typeof idempotencyKeys,
  where: (before: unknown) => ReturnType<typeof sql>,
) =>
  statement<Slots>(
    (p) => sql`delete from ${table} where rowid in (select rowid from ${table} where ${where(p.before)} ${limit}) returning 1`,
  );

const oldEvents = deletion(
  events,
  (before) =>
    sql`${events.createdAt} < ${before} and ${events.seq} <= (select max(later.seq) from ${events} as later where later.user_id = ${events.userId}) - ${sql.raw(String(EVENTS_KEPT))}`,
);
const readNotifications = deletion(notifications, (before) => sql`${notifications.isRead} = 1 and ${notifications.createdAt} < ${before}`);
const oldSessions = deletion(sessions, (before) => sql`${sessions.expiresAt} < ${before}`);
const oldKeys = deletion(idempotencyKeys, (before) => sql`${idempotencyKeys.createdAt} < ${before}`);

const CHORES = [
  { what: "events", query: oldEvents, days: EVENT_DAYS },
  { what: "notifications", query: readNotifications, days: READ_NOTIFICATION_DAYS },
  { what: "sessions", query: oldSessions, days: SESSION_DAYS },
  { what: "idempotency_keys", query: oldKeys, days: IDEMPOTENCY_DAYS },
];

/** Deletes what is past its time, a batch of rows at a time. The cron runs it once a day. */
export async function prune(env: Pick<Env, "DB">, now = Date.now()): Promise<void> {
  const db = openDatabase(env.DB);
  for (const { what, query, days } of CHORES) {
    const before = new Date(now - days * DAY_MS).toISOString();
    let deleted = 0;
    for (let i = 0; i < MAX_BATCHES; i++) {
      const [rows] = await db.batch([query({ before })]);
      deleted += rows.length;
      if (rows.length < BATCH_ROWS) break;
    }
    logLine("info", { message: "pruned", what, deleted });
  }
}
