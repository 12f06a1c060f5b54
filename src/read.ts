import type { RowsOf } from "./db/database";
import { sessionLives } from "./db/live-session";
import type { Query } from "./db/statement";
import { accessTokenError } from "./lib/errors";
import type { MemberScope } from "./scope";

/**
 * Reads as a member: the queries and the check that the caller's session still lives, in one round trip and one transaction.
 *
 * @throws AppError `token_not_valid` if the session is over
 */
export async function read<const Queries extends readonly Query[]>(scope: MemberScope, ...queries: Queries): Promise<RowsOf<Queries>> {
  const check = sessionLives({ ...scope.caller, now: scope.now.toISOString() });
  const [sessions, ...rows] = await scope.db.batch([check, ...queries]);
  if (!sessions?.[0]?.live) throw accessTokenError();
  return rows as never;
}
