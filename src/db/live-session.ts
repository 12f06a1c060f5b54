import { type SQLWrapper, sql } from "drizzle-orm";
import { sessions } from "./schema/auth";

/** Holds while a session may act: neither revoked nor run out. */
export const sessionIsLive = (slots: { sessionId: SQLWrapper; userId: SQLWrapper; now: SQLWrapper }) =>
  sql`exists (select 1 from ${sessions} where ${sessions.id} = ${slots.sessionId} and ${sessions.userId} = ${slots.userId}
    and ${sessions.revokedAt} is null and ${sessions.expiresAt} > ${slots.now})`;
