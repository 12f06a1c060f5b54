import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type Database, openDatabase } from "./db/database";
import { attempts, emailLinks, sessions } from "./db/schema/auth";
import { idempotencyKeys } from "./db/schema/commit";
import { outbox } from "./db/schema/mail";
import { notifications } from "./db/schema/notifications";
import { events } from "./db/schema/realtime";
import { users } from "./db/schema/users";
import { type Query, statement } from "./db/statement";
import { errorName, logLine } from "./lib/log";
import { UNSENT_DAYS } from "./mail/outbox";

const DAY_MS = 86_400_000;
/** A client that was away for less resumes without a reload … */
const EVENT_DAYS = 7;
/** … and in any case if it missed no more than this. */
const EVENTS_KEPT = 1000;
const READ_NOTIFICATION_DAYS = 90;
/** A session that is over is kept so long, for the list of what happened. */
const SESSION_DAYS = 30;
const IDEMPOTENCY_DAYS = 1;
/** A link that has run out opens nothing. */
const LINK_DAYS = 1;
/** Rows that one statement deletes: D1 ends a query after 30 s. */
const BATCH_ROWS = 5000;
/** A run deletes at most this many times that; the next day goes on. */
const MAX_BATCHES = 200;

/** People whose logs one look covers. */
const PEOPLE_AT_ONCE = 10_000;

const limit = sql.raw(`limit ${BATCH_ROWS}`);

/** Goes by people, each log by its key: what is not old enough is hardly read. The highest event of a log is never old enough. */
const oldEvents = statement<{ before: string; above: number; upTo: number }>(
  (p) => sql`delete from ${events} where rowid in (select ${events}.rowid from ${users}
    join ${events} on ${events.userId} = ${users.id} and ${events.createdAt} < ${p.before}
      and ${events.seq} <= (select max(latest.seq) from ${events} as latest where latest.user_id = ${users.id}) - ${sql.raw(String(EVENTS_KEPT))}
    where ${users.id} > ${p.above} and ${users.id} <= ${p.upTo} ${limit}) returning 1`,
);
const highestPerson = statement<Record<never, never>, { id: number }>(() => sql`select coalesce(max(${users.id}), 0) as id from ${users}`);

type Pruned = typeof sessions | typeof notifications | typeof idempotencyKeys | typeof attempts | typeof emailLinks | typeof outbox;
const deletion = (table: Pruned, where: (before: SQLWrapper) => SQL) =>
  statement<{ before: string }>(
    (p) => sql`delete from ${table} where rowid in (select rowid from ${table} where ${where(p.before)} ${limit}) returning 1`,
  );
const readNotifications = deletion(notifications, (before) => sql`${notifications.isRead} = 1 and ${notifications.createdAt} < ${before}`);
const oldSessions = deletion(sessions, (before) => sql`${sessions.expiresAt} < ${before}`);
const oldKeys = deletion(idempotencyKeys, (before) => sql`${idempotencyKeys.createdAt} < ${before}`);
const oldLinks = deletion(emailLinks, (before) => sql`${emailLinks.expiresAt} < ${before}`);
/** What a mailbox keeps, and what could not be sent. */
const oldMails = deletion(outbox, (before) => sql`${outbox.createdAt} < ${before}`);

const oldAttempts = deletion(attempts, (before) => sql`${attempts.resetsAt} < ${before}`);

type Chore = (db: Database, before: string) => Promise<number>;

const CHORES: { what: string; days: number; run: Chore }[] = [
  { what: "events", days: EVENT_DAYS, run: pruneEvents },
  { what: "notifications", days: READ_NOTIFICATION_DAYS, run: (db, before) => repeat(db, readNotifications({ before })) },
  { what: "sessions", days: SESSION_DAYS, run: (db, before) => repeat(db, oldSessions({ before })) },
  { what: "idempotency_keys", days: IDEMPOTENCY_DAYS, run: (db, before) => repeat(db, oldKeys({ before })) },
  { what: "attempts", days: 0, run: (db, before) => repeat(db, oldAttempts({ before })) },
  { what: "email_links", days: LINK_DAYS, run: (db, before) => repeat(db, oldLinks({ before })) },
  { what: "outbox", days: UNSENT_DAYS, run: (db, before) => repeat(db, oldMails({ before })) },
];

/** Deletes what is past its time, a batch of rows at a time. The cron runs it once a day; a chore that fails does not keep the others. */
export async function prune(env: Pick<Env, "DB">, now = Date.now()): Promise<void> {
  for (const { what, days, run } of CHORES) {
    const before = new Date(now - days * DAY_MS).toISOString();
    try {
      logLine("info", { message: "pruned", what, deleted: await run(openDatabase(env.DB), before) });
    } catch (error) {
      logLine("error", { message: "could not prune", what, error: errorName(error) });
    }
  }
}

async function pruneEvents(db: Database, before: string): Promise<number> {
  const [[highest]] = await db.batch([highestPerson({})]);
  let deleted = 0;
  for (let above = 0; above < (highest?.id ?? 0); above += PEOPLE_AT_ONCE)
    deleted += await repeat(db, oldEvents({ before, above, upTo: above + PEOPLE_AT_ONCE }));
  return deleted;
}

/** Until there is nothing left to delete; answers how much there was. */
async function repeat(db: Database, query: Query): Promise<number> {
  let deleted = 0;
  for (let i = 0; i < MAX_BATCHES; i++) {
    const [rows] = await db.batch([query]);
    deleted += rows.length;
    if (rows.length < BATCH_ROWS) break;
  }
  return deleted;
}
