import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type Database, openDatabase } from "./db/database";
import { activity } from "./db/schema/activity";
import { attempts, emailLinks, sessions } from "./db/schema/auth";
import { idempotencyKeys } from "./db/schema/commit";
import { outbox } from "./db/schema/mail";
import { notifications } from "./db/schema/notifications";
import { events } from "./db/schema/realtime";
import { users } from "./db/schema/users";
import { type Query, statement } from "./db/statement";
import { GRACE_MS, swept, toSweep } from "./files/ledger";
import { type Files, MOST_NAMES, openFiles } from "./files/storage";
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
/** What people did. The contract of `/api/activity/` says so, too. */
const ACTIVITY_DAYS = 365;
const IDEMPOTENCY_DAYS = 1;
/** A link that has run out opens nothing. */
const LINK_DAYS = 1;
/** Rows that one statement deletes: D1 ends a query after 30 s. */
const BATCH_ROWS = 5000;
/** Queries that a run makes, all chores together: a Worker may make 1000. The next day goes on. */
const MAX_QUERIES = 800;

/** People whose logs one query covers … */
const PEOPLE_AT_ONCE = 10_000;
/** … or more, so that a run gets to everybody in so many. */
const MAX_LOOKS = 400;

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
/** Rows come in the order of their time: those that are past it are at the front, and no others are looked at. */
const oldActivity = statement<{ before: string }>(
  (p) => sql`delete from ${activity} where ${activity.id} in
    (select id from (select ${activity.id} as id, ${activity.createdAt} as at from ${activity} order by ${activity.id} ${limit}) where at < ${p.before}) returning 1`,
);
/** What a mailbox keeps, and what could not be sent. */
const oldMails = deletion(outbox, (before) => sql`${outbox.createdAt} < ${before}`);

const oldAttempts = deletion(attempts, (before) => sql`${attempts.resetsAt} < ${before}`);

/** One round of all chores: what they share is how many queries are left. */
interface Run {
  readonly db: Database;
  readonly files: Files;
  queries: number;
}

type Chore = (run: Run, before: string) => Promise<number>;

/** The longest last, so that it takes what the others leave. */
const CHORES: { what: string; days: number; work: Chore }[] = [
  { what: "attempts", days: 0, work: (run, before) => repeat(run, oldAttempts({ before })) },
  { what: "email_links", days: LINK_DAYS, work: (run, before) => repeat(run, oldLinks({ before })) },
  { what: "outbox", days: UNSENT_DAYS, work: (run, before) => repeat(run, oldMails({ before })) },
  { what: "idempotency_keys", days: IDEMPOTENCY_DAYS, work: (run, before) => repeat(run, oldKeys({ before })) },
  { what: "sessions", days: SESSION_DAYS, work: (run, before) => repeat(run, oldSessions({ before })) },
  { what: "activity", days: ACTIVITY_DAYS, work: (run, before) => repeat(run, oldActivity({ before })) },
  { what: "notifications", days: READ_NOTIFICATION_DAYS, work: (run, before) => repeat(run, readNotifications({ before })) },
  { what: "files", days: GRACE_MS / DAY_MS, work: sweepFiles },
  { what: "events", days: EVENT_DAYS, work: pruneEvents },
];

/**
 * Deletes what is past its time, a batch of rows at a time. The cron runs it once a day; a chore that fails does not keep the others, and
 * what a run does not get to is the next one's.
 */
export async function prune(env: Pick<Env, "DB" | "FILES">, now = Date.now(), queries = MAX_QUERIES): Promise<void> {
  const run: Run = { db: openDatabase(env.DB), files: openFiles(env.FILES), queries };
  for (const { what, days, work } of CHORES) {
    const before = new Date(now - days * DAY_MS).toISOString();
    try {
      logLine("info", { message: "pruned", what, deleted: await work(run, before) });
    } catch (error) {
      logLine("error", { message: "could not prune", what, error: errorName(error) });
    }
  }
  if (run.queries === 0) logLine("info", { message: "pruning goes on tomorrow" });
}

/** Objects first, their rows after: what cannot be removed keeps its row, and is tried again. */
async function sweepFiles(run: Run, before: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    const names = (await ask(run, toSweep({ before, most: MOST_NAMES }))).map(({ name }) => name);
    await run.files.remove(names);
    if (names.length > 0) deleted += (await ask(run, swept({ names: JSON.stringify(names), before }))).length;
    if (names.length < MOST_NAMES) return deleted;
  }
}

async function pruneEvents(run: Run, before: string): Promise<number> {
  const [person] = await ask(run, highestPerson({}));
  const highest = person?.id ?? 0;
  const atOnce = Math.max(PEOPLE_AT_ONCE, Math.ceil(highest / MAX_LOOKS));
  let deleted = 0;
  for (let above = 0; above < highest; above += atOnce) deleted += await repeat(run, oldEvents({ before, above, upTo: above + atOnce }));
  return deleted;
}

/** Until there is nothing left to delete, or the run is over; answers how much there was. */
async function repeat(run: Run, query: Query): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { length } = await ask(run, query);
    deleted += length;
    if (length < BATCH_ROWS) return deleted;
  }
}

/** None if the run is over. */
async function ask<Row>(run: Run, query: Query<Row>): Promise<Row[]> {
  if (run.queries === 0) return [];
  run.queries--;
  const [rows] = await run.db.batch([query]);
  return rows;
}
