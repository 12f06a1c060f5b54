import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "./commit";
import type { RowsOf } from "./db/database";
import { users } from "./db/schema/users";
import { type Query, statement } from "./db/statement";
import { AppError } from "./lib/errors";
import type { Role } from "./lib/roles";
import { read } from "./read";
import type { MemberScope } from "./scope";

/**
 * Who has a role is asked of the database in the batch that does the work, never of a token: a role that was taken away is gone at once,
 * and costs no round trip.
 */

const holds = (p: { readonly userId: unknown; readonly roles: unknown }) =>
  sql`exists (select 1 from ${users} where ${users.id} = ${p.userId} and ${users.role} in (select value from json_each(${p.roles})))`;

const refuseOthers = statement<{ userId: number; roles: string }>((p) => refuseIf({ permission_denied: sql`not ${holds(p)}` }));
const isHeld = statement<{ userId: number; roles: string }, { held: number }>((p) => sql`select ${holds(p)} as held`);

const slots = ({ caller }: MemberScope, roles: readonly Role[]) => ({ userId: caller.userId, roles: JSON.stringify(roles) });

const isActiveAdmin = sql`${users.role} = 'admin' and ${users.suspendedAt} is null`;

/** Nobody else is left who could make an admin. */
export const isLastAdmin = (
  person: SQLWrapper,
): SQL => sql`(exists (select 1 from ${users} where ${users.id} = ${person} and ${isActiveAdmin})
  and not exists (select 1 from ${users} where ${users.id} <> ${person} and ${isActiveAdmin}))`;

/**
 * A step for what takes an admin away: refuses with `last_admin` if nobody is left who could undo it. The batch sees what all before it
 * did, so two who demote each other at once leave one.
 */
export const refuseLastAdmin = statement<{ id: number }>((p) => refuseIf({ last_admin: isLastAdmin(p.id) }));

/** A step for `commit`, before all others: refuses with `permission_denied` who has none of the roles. */
export const requireRole = (scope: MemberScope, ...roles: Role[]): Query => refuseOthers(slots(scope, roles));

/**
 * Reads as `read` does, for who has one of the roles.
 *
 * @throws AppError `permission_denied` for others
 */
export async function readAs<const Queries extends readonly Query[]>(
  scope: MemberScope,
  roles: readonly Role[],
  ...queries: Queries
): Promise<RowsOf<Queries>> {
  const [[role], ...rows] = (await read(scope, isHeld(slots(scope, roles)), ...queries)) as unknown as [{ held: number }[], ...unknown[][]];
  if (!role?.held) throw new AppError("permission_denied");
  return rows as never;
}
