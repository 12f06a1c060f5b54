import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject, jsonUnless } from "../../db/json";
import { isLive } from "../../db/live-session";
import { auditLog } from "../../db/schema/audit";
import { sessions } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import { who } from "../users/json";
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
    sessions: sql`(select count(*) from ${sessions} where ${sessions.userId} = ${users.id} and ${isLive(now)})`,
  });

export const auditJson = jsonObject<AuditEntry>({
  id: sql`${auditLog.id}`,
  action: sql`${auditLog.action}`,
  actor: jsonUnless(sql`${auditLog.actorId} is null`, who(auditLog.actorId)),
  target: who(auditLog.targetId),
  details: sql`json(${auditLog.details})`,
  created_at: sql`${auditLog.createdAt}`,
  user_agent: sql`${auditLog.userAgent}`,
  country: sql`${auditLog.country}`,
});
