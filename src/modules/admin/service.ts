import { commit } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError } from "../../lib/errors";
import { above, below, type Page, page, slice } from "../../lib/pages";
import type { Role } from "../../lib/roles";
import { readAs, refuseLastAdmin, requireRole } from "../../permission";
import { at, type MemberScope } from "../../scope";
import { revokeAllSessions } from "../auth/statements";
import { forgetAllLinks } from "../credentials/statements";
import { usernameKey } from "../users/names";
import { profileUpdate } from "../users/statements";
import type { Account, AccountListQuery, AuditEntry, AuditQuery } from "./schemas";
import * as rows from "./statements";

const TRIGRAM = 3;
const LAST_CHARACTER = "\u{10FFFF}";

/** People, by id. */
export async function list(scope: MemberScope, { search, role, suspended, ...query }: AccountListQuery): Promise<Page<Account>> {
  const part = slice(query);
  const slots = { now: scope.now.toISOString(), after: above(part), offset: part.offset, limit: part.size + 1 };
  const filter = { role: role ?? null, suspended: suspended ?? null };
  const wanted = usernameKey(search?.trim() ?? "").replaceAll("\0", "");
  const [found, count] =
    wanted === ""
      ? [rows.accounts({ ...slots, ...filter }), rows.countAccounts(filter)]
      : [rows.accountsFound({ ...slots, ...filter, ...where(wanted) }), rows.countAccountsFound({ ...filter, ...where(wanted) })];
  const [accounts, totals] = await readAs(scope, ["admin"], found, ...(part.numbered ? [count] : []));
  return page(accounts, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

const where = (wanted: string) => ({
  match: [...wanted].length < TRIGRAM ? "" : `"${wanted.replaceAll('"', '""')}"`,
  start: wanted,
  end: wanted + LAST_CHARACTER,
});

/** @throws AppError `not_found` */
export async function detail(scope: MemberScope, id: number): Promise<Account> {
  const [[account]] = await readAs(scope, ["admin"], rows.accountById({ id, now: scope.now.toISOString() }));
  if (!account) throw new AppError("not_found");
  return account;
}

/** As many of what was done to a person as stand beside their account. */
const RECENT = 10;

/**
 * An account, and the newest of what was done to it.
 *
 * @throws AppError `not_found`
 */
export async function file(scope: MemberScope, id: number): Promise<{ account: Account; history: AuditEntry[] }> {
  const newest = slice({ limit: RECENT });
  const [recent] = auditBy(id, undefined, { after: below(newest), offset: newest.offset, limit: newest.size });
  const [[account], history] = await readAs(scope, ["admin"], rows.accountById({ id, now: scope.now.toISOString() }), recent);
  if (!account) throw new AppError("not_found");
  return { account, history };
}

/**
 * Shuts a person out: their sessions end at once, sockets included, and no log-in gets past it. Links that were mailed to them are void. Somebody who is suspended already stays so.
 *
 * @throws AppError `not_found`, `last_admin`
 */
export function suspend(scope: MemberScope, id: number, reason: string): Promise<Account> {
  const act = actOn(scope, "suspend", id);
  return change(scope, id, [
    rows.refuseSuspended(act),
    refuseLastAdmin(act),
    rows.setSuspended({ id, since: act.now }),
    revokeAllSessions({ userId: id, now: act.now }),
    rows.dropUnsentMail(act),
    forgetAllLinks({ id }),
    rows.noteSuspended({ ...act, reason }),
  ]);
}

/**
 * Lets them log in again.
 *
 * @throws AppError `not_found`
 */
export function restore(scope: MemberScope, id: number): Promise<Account> {
  const act = actOn(scope, "restore", id);
  return change(scope, id, [rows.refuseNotSuspended(act), rows.setSuspended({ id, since: null }), rows.noteRestored(act)]);
}

/**
 * Gives a person another role; what the old one allowed is refused from now on. Their sockets get `profile_update`.
 *
 * @throws AppError `not_found`, `last_admin`
 */
export function setRole(scope: MemberScope, id: number, role: Role): Promise<Account> {
  const act = { ...actOn(scope, "set_role", id), role };
  return change(scope, id, [
    rows.refuseSameRole(act),
    refuseLastAdmin(act),
    rows.noteRole(act),
    rows.setRole(act),
    profileUpdate({ id, ...at(scope) }),
  ]);
}

/**
 * Logs a person out everywhere.
 *
 * @throws AppError `not_found`
 */
export async function endSessions(scope: MemberScope, id: number): Promise<void> {
  const act = actOn(scope, "end_sessions", id);
  const steps = [rows.refuseUnlessThere(act), rows.noteSessionsEnded(act), revokeAllSessions({ userId: id, now: act.now })];
  await commit(scope, [requireRole(scope, "admin"), ...steps]);
}

/** What admins did, newest first. */
export async function audit(scope: MemberScope, { target, actor, ...query }: AuditQuery): Promise<Page<AuditEntry>> {
  const part = slice(query);
  const slots = { after: below(part), offset: part.offset, limit: part.size + 1 };
  const [found, count] = auditBy(target, actor, slots);
  const [entries, totals] = await readAs(scope, ["admin"], found, ...(part.numbered ? [count] : []));
  return page(entries, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

type Slots = { after: number; offset: number; limit: number };

function auditBy(target: number | undefined, actor: number | undefined, slots: Slots): [Query<AuditEntry>, Query<{ total: number }>] {
  const { all, target: ofTarget, actor: ofActor, both } = rows.auditOf;
  if (target !== undefined && actor !== undefined) return [both.page({ ...slots, target, actor }), both.count({ target, actor })];
  if (target !== undefined) return [ofTarget.page({ ...slots, target }), ofTarget.count({ target })];
  if (actor !== undefined) return [ofActor.page({ ...slots, actor }), ofActor.count({ actor })];
  return [all.page(slots), all.count({})];
}

/** What the audit log says of an act; the request's log line says that there was one. */
function actOn({ caller, now, device, note }: MemberScope, event: string, id: number) {
  note({ event });
  return { actor: caller.userId, id, now: now.toISOString(), ...device() };
}

/** As an admin, on somebody who is there. What would change nothing is no act: it answers how things are. */
async function change(scope: MemberScope, id: number, steps: Query[]): Promise<Account> {
  const before = [requireRole(scope, "admin"), rows.refuseUnlessThere({ id })];
  try {
    const [account] = await commit(scope, [...before, ...steps], rows.accountById({ id, now: scope.now.toISOString() }));
    return account!;
  } catch (error) {
    if (error instanceof AppError && error.code === "unchanged") return detail(scope, id);
    throw error;
  }
}
