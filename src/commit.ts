import { type SQLWrapper, sql } from "drizzle-orm";
import type { RowsOf } from "./db/database";
import { sessionIsLive } from "./db/live-session";
import { idempotencyKeys } from "./db/schema/commit";
import { columns, type Query, statement } from "./db/statement";
import { Doomed } from "./files/doomed";
import { AppError, accessTokenError, type ErrorCode, isErrorCode, throttled } from "./lib/errors";
import { deliver } from "./mail/delivery";
import { Letter } from "./mail/outbox";
import { parcels } from "./realtime/announcement";
import type { Scope } from "./scope";

/** A retry-safe write: `key` as the client sent it, `fingerprint` of what it asked for. */
export interface Idempotency {
  key: string;
  fingerprint: string;
  /** How a retry reads the answer, where not all of it may be seen for ever. Left out: as it was. */
  again?: Query<Kept>;
}

/** The answer of an earlier write under the same key; null if who asks may not have it any more. */
export interface Kept {
  fingerprint: string;
  answer: string | null;
}

type Reason = ErrorCode | "session_over" | "idempotency_replay";

/** When to refuse, and the id of what stands in the way, which `Refusal` then has. */
type Obstacle = { when: SQLWrapper; about: SQLWrapper };

/**
 * SQL for preconditions: the first that holds fails the statement with its reason and takes the whole batch with it. SQLite has no
 * RAISE outside triggers (which D1's remote migrations mangle), so it is the path of a JSON function that is wrong on purpose, and the
 * error's text carries the reason. CASE evaluates it only when it is due.
 */
export function refuseIf(reasons: Partial<Record<Reason, SQLWrapper | Obstacle>>) {
  const cases = Object.entries(reasons).map(([reason, obstacle]) => {
    const [when, about] = "when" in obstacle ? [obstacle.when, obstacle.about] : [obstacle, sql`''`];
    return sql`when ${when} then ${refused(reason as Reason, about)}`;
  });
  return sql`select case ${sql.join(cases, sql` `)} end`;
}

/** SQL that refuses when it is evaluated. */
export const refused = (reason: Reason, about: SQLWrapper) => sql`json_extract('[]', ${sql.raw(`'refused:${reason}:'`)} || ${about})`;

/** A precondition refused, because of the row that `about` names. */
export class Refusal extends AppError {
  constructor(
    code: ErrorCode,
    readonly about: number,
  ) {
    super(code);
  }
}

/** A UNIQUE index said no: two did the same thing at once. `column` is the one that D1 names. */
export class UniqueViolation extends Error {
  constructor(readonly column: string) {
    super(`unique: ${column}`);
  }
}

/**
 * The one door for writes. Runs the steps as one D1 batch, in one round trip: all of them happen or none does. Preconditions are steps
 * too (`refuseIf`), so nothing can change between looking and writing. After the commit, people who listen are told what is new for them,
 * mails that the batch posted are sent, and files that it doomed are removed.
 *
 * @param answer the query whose rows are the result: one of the steps, or else read last
 * @returns its rows; none for a retry whose answer may not be seen any more
 * @throws AppError with the code of the precondition that refused, `token_not_valid` if the caller's session is over
 * @throws UniqueViolation
 */
export async function commit<Row = unknown>(
  scope: Scope,
  steps: readonly Query[],
  answer?: Query<Row>,
  idempotency?: Idempotency,
): Promise<Row[]> {
  const asked = answer && !steps.includes(answer) ? [answer] : [];
  const batch = [...guards(scope, idempotency), ...steps, ...asked, ...keep(scope, answer, idempotency)];
  const at = answer ? batch.indexOf(answer) : -1;
  let results: unknown[][];
  try {
    results = await scope.db.batch(batch);
  } catch (error) {
    if (idempotency && refusalOf(error)?.[1] === "idempotency_replay") return replay<Row>(scope, idempotency);
    throw translate(error);
  }
  const rows = results.flat();
  for (const [userId, parcel] of parcels(rows, scope.now)) scope.defer(scope.hubs.deliver(userId, parcel));
  const unsent = rows.filter((row) => row instanceof Letter).filter(({ sentAt }) => sentAt === null);
  if (unsent.length > 0) scope.defer(deliver({ db: scope.db.apart(), settings: scope.settings }, unsent));
  const doomed = rows.filter((row) => row instanceof Doomed).map(({ name }) => name);
  if (doomed.length > 0) scope.defer(scope.files.remove(doomed));
  return (results[at] ?? []) as Row[];
}

/**
 * Reads for somebody who is not logged in (yet), in one round trip, unless one of `conditions` refuses. Members read through `read`.
 *
 * @throws AppError with the code of what refused
 */
export async function look<const Queries extends readonly Query[]>(
  { db }: Scope,
  conditions: readonly Query[],
  ...queries: Queries
): Promise<RowsOf<Queries>> {
  try {
    return (await db.batch([...conditions, ...queries])).slice(conditions.length) as never;
  } catch (error) {
    throw translate(error);
  }
}

const liveSession = statement<{ sessionId: number; userId: number; now: string }>((p) =>
  refuseIf({ session_over: sql`not ${sessionIsLive(p)}` }),
);

const firstUse = statement<{ userId: number; key: string }>((p) =>
  refuseIf({
    idempotency_replay: sql`exists (select 1 from ${idempotencyKeys} where ${idempotencyKeys.userId} = ${p.userId} and ${idempotencyKeys.key} = ${p.key})`,
  }),
);

function guards({ caller, now }: Scope, idempotency?: Idempotency): Query[] {
  if (!caller) return [];
  const live = liveSession({ ...caller, now: now.toISOString() });
  return idempotency ? [live, firstUse({ userId: caller.userId, key: idempotency.key })] : [live];
}

/** Stores the answer of a write beside the write. */
function keep({ caller, now }: Scope, answer?: Query, idempotency?: Idempotency): Query[] {
  if (!caller || !answer || !idempotency) return [];
  const { userId, key, fingerprint, answer: body, createdAt } = idempotencyKeys;
  const into = statement<{ userId: number; key: string; fingerprint: string; now: string }>(
    (p) => sql`insert into ${idempotencyKeys} (${columns(userId, key, fingerprint, createdAt, body)})
      select ${p.userId}, ${p.key}, ${p.fingerprint}, ${p.now}, body from (`,
  )({ userId: caller.userId, key: idempotency.key, fingerprint: idempotency.fingerprint, now: now.toISOString() });
  // The answer's own parameters are numbered from 1, so ours go behind them.
  const shifted = into.sql.replace(/\?(\d+)/g, (_, n) => `?${Number(n) + answer.params.length}`);
  return [{ sql: `${shifted}${answer.sql})`, params: [...answer.params, ...into.params], read: into.read }];
}

const kept = statement<{ userId: number; key: string }, Kept>(
  (p) => sql`select ${columns(idempotencyKeys.fingerprint, idempotencyKeys.answer)} from ${idempotencyKeys}
    where ${idempotencyKeys.userId} = ${p.userId} and ${idempotencyKeys.key} = ${p.key}`,
);

async function replay<Row>(scope: Scope, { key, fingerprint, again }: Idempotency): Promise<Row[]> {
  const [rows] = await scope.db.batch([again ?? kept({ userId: scope.caller!.userId, key })]);
  if (rows[0]?.fingerprint !== fingerprint) throw new AppError("idempotency_key_reused");
  return rows[0].answer === null ? [] : [JSON.parse(rows[0].answer) as Row];
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "");
const refusalOf = (error: unknown) => /refused:(\w+):(\d*)/.exec(messageOf(error));

/** D1's error as one of ours. Any other goes on as it is; the error handler shows none of it. */
function translate(error: unknown): unknown {
  const [, reason, about] = refusalOf(error) ?? [];
  if (reason === "session_over") return accessTokenError();
  if (reason === "throttled") return throttled(Number(about));
  if (reason && isErrorCode(reason)) return about ? new Refusal(reason, Number(about)) : new AppError(reason);
  const unique = /UNIQUE constraint failed: (\w+\.\w+)/.exec(messageOf(error))?.[1];
  return unique ? new UniqueViolation(unique) : error;
}
