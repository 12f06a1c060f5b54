import { sql } from "drizzle-orm";
import type { RowsOf } from "./db/database";
import { sessionIsLive } from "./db/live-session";
import { type Query, statement } from "./db/statement";
import { accessTokenError } from "./lib/errors";
import type { MemberScope } from "./scope";

const liveSession = statement<{ sessionId: number; userId: number; now: string }, { live: number }>(
  (p) => sql`select ${sessionIsLive(p)} as live`,
);

/**
 * Reads as a member: the queries and the check that the caller's session still lives, in one round trip and one transaction.
 *
 * @throws AppError `token_not_valid` if the session is over
 */
export async function read<const Queries extends readonly Query[]>(scope: MemberScope, ...queries: Queries): Promise<RowsOf<Queries>> {
  const check = liveSession({ ...scope.caller, now: scope.now.toISOString() });
  const [sessions, ...rows] = await scope.db.batch([check, ...queries]);
  if (!sessions?.[0]?.live) throw accessTokenError();
  return rows as never;
}
