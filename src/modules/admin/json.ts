import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { auditLog } from "../../db/schema/audit";
import { sessions } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import type { Account, AuditEntry } from "./schemas";

/** What an admin sees of a person. */
export const accountJson = (now: SQLWrapper): SQL<Account> =>
  jsonObject<Account>({
    id: sql`${users.id}`,
    username: sql`${users.username}`,
    email: sql`${users.email}`,
    email_verified_at: sql`${users.emailVerifiedAt}`,
    first_name: sql`${users.firstName}`,
    last_name: sql`${users.lastName}`,
    role: sql`${users.role}`,
    suspended_at: sql`${users.suspendedAt}`,
    created_at: sql`${users.createdAt}`,
    last_online: sql`${users.lastOnline}`,
    sessions: sql`(select count(*) from ${sessions} where ${sessions.userId} = ${users.id}
      and ${sessions.revokedAt} is null and ${sessions.expiresAt} > ${now})`,
  });

const somebody = (id: SQLWrapper) =>
  jsonObject<AuditEntry["target"]>({ id: sql`${id}`, username: sql`(select ${users.username} from ${users} where ${users.id} = ${id})` });

export const auditJson = jsonObject<AuditEntry>({
  id: sql`${auditLog.id}`,
  action: sql`${auditLog.action}`,
  actor: sql`json(iif(${auditLog.actorId} is null, null, ${somebody(auditLog.actorId)}))`,
  target: somebody(auditLog.targetId),
  details: sql`json(${auditLog.details})`,
  created_at: sql`${auditLog.createdAt}`,
  user_agent: sql`${auditLog.userAgent}`,
  country: sql`${auditLog.country}`,
});
