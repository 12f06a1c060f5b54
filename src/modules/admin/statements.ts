import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { isLive } from "../../db/live-session";
import { auditLog } from "../../db/schema/audit";
import { sessions } from "../../db/schema/auth";
import { outbox } from "../../db/schema/mail";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import type { Role } from "../../lib/roles";
import { accountJson, auditJson } from "./json";
import type { Account, AuditEntry } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

// Finding people

type Filter = { role: Role | null; suspended: boolean | null };
type Part = { now: string; after: number; offset: number; limit: number };

const passes = (p: Slots<Filter>) =>
  sql`(${p.role} is null or ${users.role} = ${p.role}) and (${p.suspended} is null or (${users.suspendedAt} is not null) = ${p.suspended})`;

const account = (p: Slots<Part>, where: SQL) =>
  sql`select ${accountJson(p.now)} as body from ${users} where ${where} and ${users.id} > ${p.after}
    order by ${users.id} limit ${p.limit} offset ${p.offset}`;

export const accounts = jsonStatement<Filter & Part, Account>((p) => account(p, passes(p)));
export const countAccounts = statement<Filter, { total: number }>((p) => sql`select count(*) as total from ${users} where ${passes(p)}`);

type Search = Filter & { match: string; start: string; end: string };

/** `match` is a trigram query for a part of a username, or empty for none; `start` and `end` are where an e-mail address may lie, or a username. */
const found = (p: Slots<Search>) => sql`${users.id} in (
    select rowid from user_search where ${p.match} <> '' and user_search match ${p.match}
    union select ${users.id} from ${users} where ${users.email} >= ${p.start} and ${users.email} < ${p.end}
    union select ${users.id} from ${users} where ${users.usernameKey} >= ${p.start} and ${users.usernameKey} < ${p.end}) and ${passes(p)}`;

export const accountsFound = jsonStatement<Search & Part, Account>((p) => account(p, found(p)));
export const countAccountsFound = statement<Search, { total: number }>(
  (p) => sql`select count(*) as total from ${users} where ${found(p)}`,
);

export const accountById = jsonStatement<{ id: number; now: string }, Account>(
  (p) => sql`select ${accountJson(p.now)} as body from ${users} where ${users.id} = ${p.id}`,
);

// What may stand in the way

export const refuseUnlessThere = statement<{ id: number }>((p) =>
  refuseIf({ not_found: sql`not exists (select 1 from ${users} where ${users.id} = ${p.id})` }),
);

const refuseWhere = <Values extends { id: number }>(condition: (p: Slots<Values>) => SQL) =>
  statement<Values & { id: number }>((p) =>
    refuseIf({ unchanged: sql`exists (select 1 from ${users} where ${users.id} = ${p.id} and ${condition(p)})` }),
  );
export const refuseSuspended = refuseWhere(() => sql`${users.suspendedAt} is not null`);
export const refuseNotSuspended = refuseWhere(() => sql`${users.suspendedAt} is null`);
export const refuseSameRole = refuseWhere<{ id: number; role: Role }>((p) => sql`${users.role} = ${p.role}`);

// Doing it

export const setSuspended = statement<{ id: number; since: string | null }>(
  (p) => sql`update ${users} set ${columns(users.suspendedAt)} = ${p.since} where ${users.id} = ${p.id}`,
);
export const setRole = statement<{ id: number; role: Role }>(
  (p) => sql`update ${users} set ${columns(users.role)} = ${p.role} where ${users.id} = ${p.id}`,
);
/** Mails to them that have not left yet stay here. */
export const dropUnsentMail = statement<{ id: number }>(
  (p) => sql`delete from ${outbox} where ${outbox.userId} = ${p.id} and ${outbox.sentAt} is null`,
);

type Act = { actor: number; id: number; now: string; userAgent: string; country: string | null };

/** An entry of the audit log, for the batch of what it tells of; before it, where `details` says how things were. */
const entry = <Values extends Act>(action: string, details: (p: Slots<Values>) => SQL) =>
  statement<Values & Act>(
    (
      p,
    ) => sql`insert into ${auditLog} (${columns(auditLog.actorId, auditLog.action, auditLog.targetId, auditLog.details, auditLog.createdAt, auditLog.userAgent, auditLog.country)})
      values (${p.actor}, ${sql.raw(`'${action}'`)}, ${p.id}, ${details(p)}, ${p.now}, ${p.userAgent}, ${p.country})`,
  );
export const noteSuspended = entry<Act & { reason: string }>("suspend", (p) => jsonObject({ reason: p.reason }));
export const noteRestored = entry("restore", () => sql`'{}'`);
export const noteRole = entry<Act & { role: Role }>("set_role", (p) =>
  jsonObject({ from: sql`(select ${users.role} from ${users} where ${users.id} = ${p.id})`, to: p.role }),
);
export const noteSessionsEnded = entry("end_sessions", (p) =>
  jsonObject({
    sessions: sql`(select count(*) from ${sessions} where ${sessions.userId} = ${p.id} and ${isLive(p.now)})`,
  }),
);

// What was done

type AuditPart = { after: number; offset: number; limit: number };
const audit = <By extends Record<string, number>>(by: (p: Slots<By>) => SQL) => ({
  page: jsonStatement<By & AuditPart, AuditEntry>(
    (p) => sql`select ${auditJson} as body from ${auditLog} where ${by(p)} and ${auditLog.id} < ${p.after}
      order by ${auditLog.id} desc limit ${p.limit} offset ${p.offset}`,
  ),
  count: statement<By, { total: number }>((p) => sql`select count(*) as total from ${auditLog} where ${by(p)}`),
});
const target = (p: Slots<{ target: number }>) => sql`${auditLog.targetId} = ${p.target}`;
const actor = (p: Slots<{ actor: number }>) => sql`${auditLog.actorId} = ${p.actor}`;
export const auditOf = {
  all: audit(() => sql`true`),
  target: audit(target),
  actor: audit(actor),
  both: audit<{ target: number; actor: number }>((p) => sql`${target(p)} and ${actor(p)}`),
};
