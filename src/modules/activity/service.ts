import { commit } from "../../commit";
import { deviceName } from "../../lib/device";
import { AppError } from "../../lib/errors";
import { below, type Page, page, slice } from "../../lib/pages";
import { read } from "../../read";
import type { MemberScope } from "../../scope";
import type { ActType } from "./acts";
import type { StoredActivity } from "./json";
import type { Activity, ActivityListQuery } from "./schemas";
import * as rows from "./statements";

const asJson = (types: readonly ActType[] | undefined) => (types ? JSON.stringify(types) : null);

/** With the device's name, for which SQL knows too little of browsers. */
const named = (row: StoredActivity): Activity => ({ ...row, device: deviceName(row.user_agent) });

/** What the caller did, newest first. */
export async function list(scope: MemberScope, { type, ...query }: ActivityListQuery): Promise<Page<Activity>> {
  const part = slice(query);
  const me = scope.caller.userId;
  const slots = { me, after: below(part), offset: part.offset, limit: part.size + 1 };
  const types = asJson(type);
  const found = types === null ? rows.newest(slots) : rows.newestOf({ ...slots, types });
  const [acts, totals] = await read(scope, found, ...(part.numbered ? [rows.count({ me, types })] : []));
  return page(acts.map(named), part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** @throws AppError `not_found` if the caller has no such row of these types, or has hidden it */
export async function detail(scope: MemberScope, id: number, types?: readonly ActType[]): Promise<Activity> {
  const [[row]] = await read(scope, rows.byId({ id, me: scope.caller.userId, types: asJson(types) }));
  if (!row) throw new AppError("not_found");
  return named(row);
}

/** Takes one out of the caller's sight, for good; what it says stays as it is. @throws AppError `not_found` as `detail` */
export async function hide(scope: MemberScope, id: number, types?: readonly ActType[]): Promise<void> {
  const one = { id, me: scope.caller.userId, types: asJson(types), now: scope.now.toISOString() };
  await commit(scope, [rows.refuseUnlessThere(one), rows.hide(one)]);
}

/** Takes all that there is by now out of the caller's sight. */
export async function hideAll(scope: MemberScope, types?: readonly ActType[]): Promise<void> {
  await commit(scope, [rows.hideAll({ me: scope.caller.userId, types: asJson(types), now: scope.now.toISOString() })]);
}
