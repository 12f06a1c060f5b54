import { type SQLWrapper, sql } from "drizzle-orm";
import { sessions } from "./schema/auth";
import { statement } from "./statement";

/** Holds of a row of `sessions` that may act: neither revoked nor run out. */
export const isLive = (now: SQLWrapper) => sql`${sessions.revokedAt} is null and ${sessions.expiresAt} > ${now}`;

/** Holds while there is such a session of that person. */
export const sessionIsLive = (slots: { sessionId: SQLWrapper; userId: SQLWrapper; now: SQLWrapper }) =>
  sql`exists (select 1 from ${sessions} where ${sessions.id} = ${slots.sessionId} and ${sessions.userId} = ${slots.userId} and ${isLive(slots.now)})`;

/** The same, asked beside what is done for the session: `live` is 1 or 0. */
export const sessionLives = statement<{ sessionId: number; userId: number; now: string }, { live: number }>(
  (p) => sql`select ${sessionIsLive(p)} as live`,
);
