import { commit } from "../../commit";
import { AppError } from "../../lib/errors";
import { above, type Page, type PageQuery, page, slice } from "../../lib/pages";
import { limit } from "../../limits/limits";
import { read } from "../../read";
import { watching } from "../../realtime/sightings";
import type { MemberScope } from "../../scope";
import { did } from "../activity/statements";
import { newAddress } from "../avatars/service";
import { removeUnsent, reopenUnsent } from "../digests/statements";
import * as friends from "../friends/statements";
import * as notifications from "../notifications/statements";
import { forgetEachOther } from "../visibility/statements";
import type { Blocked } from "./schemas";
import * as rows from "./statements";

/** Whom the caller has blocked, by id. */
export async function list(scope: MemberScope, query: PageQuery): Promise<Page<Blocked>> {
  const part = slice(query);
  const slots = { me: scope.caller.userId, after: above(part), offset: part.offset, limit: part.size + 1 };
  const [blocked, totals] = await read(scope, rows.mine(slots), ...(part.numbered ? [rows.countMine(slots)] : []));
  return page(blocked, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/**
 * Blocks somebody: each is then absent to the other, and all that was between them ends in the same batch. What the other hears is what
 * they would hear if the caller's account were deleted. The caller's avatar leaves the address that the other may know,
 * and digests of the two that have not been mailed yet are written anew.
 *
 * @throws AppError `block_self`; `not_found` for whom the caller neither sees nor knows; `throttled`
 */
export async function block(scope: MemberScope, other: number): Promise<Blocked> {
  const me = scope.caller.userId;
  if (other === me) throw new AppError("block_self");
  const slots = { me, other, now: scope.now.toISOString() };
  const sides = [
    { to: other, of: me },
    { to: me, of: other },
  ].map((side) => ({ ...side, now: slots.now }));
  const steps = [
    rows.refuseToBlock(slots),
    ...(await limit(scope, { block: me })),
    rows.insert(slots),
    ...sides.flatMap((side) => [notifications.announceGoneFrom(side), notifications.removeFrom(side)]),
    ...sides.flatMap((side) => [friends.announceEndedRequest(side), friends.announceEndedFriendship(side)]),
    reopenUnsent(slots),
    removeUnsent(slots),
    friends.cancelPending(slots),
    friends.removeFriendship(slots),
    friends.blankAnswers(slots),
    forgetEachOther(slots),
    ...newAddress(scope),
    did(scope, "block", { about: other }),
  ];
  try {
    const [blocked] = await commit(scope, watching(friends.eachOther(slots), steps), rows.one(slots));
    return blocked!;
  } catch (error) {
    if (!(error instanceof AppError && error.code === "unchanged")) throw error;
    const [[blocked]] = await read(scope, rows.one(slots));
    return blocked ?? block(scope, other); // unblocked in this very moment
  }
}

/**
 * Takes a block back. It brings back nothing but that the two may see each other.
 *
 * @throws AppError `not_found` for whom the caller has not blocked and does not see
 */
export async function unblock(scope: MemberScope, other: number): Promise<void> {
  const slots = { me: scope.caller.userId, other };
  try {
    await commit(scope, [rows.refuseToUnblock(slots), rows.remove(slots), did(scope, "unblock", { about: other })]);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "unchanged")) throw error;
  }
}
