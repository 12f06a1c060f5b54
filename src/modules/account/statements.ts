import { sql } from "drizzle-orm";
import { sessions } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import { statement } from "../../db/statement";

/** Who wants to go, and since when their session is there. */
export const whoLeaves = statement<{ userId: number; sessionId: number }, { hash: string; since: string }>(
  (p) => sql`select ${users.passwordHash} as hash, ${sessions.createdAt} as since from ${users}
    join ${sessions} on ${sessions.id} = ${p.sessionId} where ${users.id} = ${p.userId}`,
);
