import { commit, type Idempotency, Refusal } from "../../commit";
import { AppError } from "../../lib/errors";
import { above, below, type Page, type PageQuery, page, slice } from "../../lib/pages";
import { limit } from "../../limits/limits";
import { read } from "../../read";
import { watching } from "../../realtime/sightings";
import { at, type MemberScope } from "../../scope";
import { did, stamp } from "../activity/statements";
import { usernameKey } from "../users/names";
import type { User } from "../users/schemas";
import type { FriendRequest, FriendshipStatus, NewFriendRequest, RequestListQuery } from "./schemas";
import * as rows from "./statements";

const NOBODY = 0;
const me = (scope: MemberScope) => ({ me: scope.caller.userId, ...at(scope) });

/**
 * Asks somebody to be friends. If they asked first, this is the answer: the two are friends.
 *
 * @throws AppError `no_such_user`, `request_to_self`, `request_pending`, `already_friends`, `throttled`
 */
export async function sendRequest(scope: MemberScope, to: NewFriendRequest, idempotency?: Idempotency): Promise<FriendRequest> {
  const other = to.id ?? (await idOf(scope, to.username));
  if (other === scope.caller.userId) throw new AppError("request_to_self");
  const slots = { ...me(scope), other };
  const once = idempotency && { ...idempotency, again: rows.keptRequest({ ...me(scope), key: idempotency.key }) };
  const steps = [
    rows.refuseToAsk(slots),
    ...(await limit(scope, { friend_request: scope.caller.userId, friend_request_pair: [scope.caller.userId, other] })),
    rows.insertRequest(slots),
    rows.notifyAsked(slots),
    rows.announceNotificationOfAsked(slots),
    rows.announceAsked(slots),
    rows.announceAsking(slots),
    did(scope, "friend_request", { about: other }),
  ];
  try {
    const [request] = await commit(scope, steps, rows.requestBetween(slots), once);
    if (!request) throw new AppError("no_such_user");
    return request;
  } catch (error) {
    if (error instanceof Refusal && error.code === "request_crossed") return answerCrossed(scope, error.about, other, once);
    throw error;
  }
}

/** Takes ours as the answer to the other's request `id`; asks again if they took it back in this very moment. */
async function answerCrossed(scope: MemberScope, id: number, other: number, idempotency?: Idempotency): Promise<FriendRequest> {
  try {
    return await accept(scope, id, idempotency);
  } catch (error) {
    if (error instanceof AppError && error.code === "no_such_request")
      return sendRequest(scope, { id: other, username: null }, idempotency);
    throw error;
  }
}

/** 0 for a name that nobody has: the batch then refuses as it does for whoever is not seen, also in what comes before that refusal. */
async function idOf(scope: MemberScope, username: string): Promise<number> {
  const [[user]] = await read(scope, rows.idByUsername({ key: usernameKey(username) }));
  return user?.id ?? NOBODY;
}

/**
 * Accepts a request that the caller has received.
 *
 * @throws AppError `no_such_request`
 */
export async function accept(scope: MemberScope, id: number, idempotency?: Idempotency): Promise<FriendRequest> {
  const slots = { ...me(scope), id };
  const steps = [
    rows.refuseToAnswer(slots),
    rows.setAccepted(slots),
    rows.insertFriendship(slots),
    rows.notifyAccepted(slots),
    rows.announceNotificationOfAnswer(slots),
    rows.announceToSender(slots),
    rows.announceToReceiver(slots),
    rows.noteAccepted({ ...slots, ...stamp(scope) }),
  ];
  const [request] = await commit(scope, watching(rows.bothOf(slots), steps), rows.requestById(slots), idempotency);
  return request!;
}

/** @throws AppError `no_such_request` */
export async function reject(scope: MemberScope, id: number): Promise<FriendRequest> {
  const slots = { ...me(scope), id };
  const steps = [
    rows.refuseToAnswer(slots),
    rows.setRejected(slots),
    rows.notifyRejected(slots),
    rows.announceNotificationOfAnswer(slots),
    rows.announceToSender(slots),
    rows.announceToReceiver(slots),
    rows.noteRejected({ ...slots, ...stamp(scope) }),
  ];
  const [request] = await commit(scope, steps, rows.requestById(slots));
  return request!;
}

/**
 * Takes back a request that the caller has sent, and the notification of it with it.
 *
 * @throws AppError `no_such_request`
 */
export async function cancel(scope: MemberScope, id: number): Promise<void> {
  const slots = { ...me(scope), id };
  await commit(scope, [
    rows.refuseToCancel(slots),
    rows.setCancelled(slots),
    rows.announceNotificationGone(slots),
    rows.removeNotification(slots),
    rows.announceToReceiver(slots),
    rows.announceToSender(slots),
    rows.noteCancelled({ ...slots, ...stamp(scope) }),
  ]);
}

/**
 * Ends a friendship, and with it what the two hear of each other's coming and going.
 *
 * @throws AppError `not_friends`
 */
export async function unfriend(scope: MemberScope, other: number): Promise<void> {
  const { me: id, now } = me(scope);
  const pair = { me: id, other };
  const steps = [
    rows.refuseUnlessFriends(pair),
    rows.removeFriendship(pair),
    rows.announceUnfriended({ to: other, other: id, now }),
    rows.announceUnfriended({ to: id, other, now }),
    did(scope, "unfriend", { about: other }),
  ];
  await commit(scope, watching(rows.eachOther({ ...pair, now }), steps));
}

/** The pending request between the caller and somebody, whichever way it points; null if there is none, or they hide since. */
export async function pendingWith(scope: MemberScope, other: number): Promise<FriendRequest | null> {
  const [[request]] = await read(scope, rows.pendingSeen({ ...me(scope), other }));
  return request ?? null;
}

/** Accepts what `other` has asked, whatever the request's id. */
export const acceptFrom = async (scope: MemberScope, other: number): Promise<FriendRequest> =>
  accept(scope, await receivedFrom(scope, other));
export const rejectFrom = async (scope: MemberScope, other: number): Promise<FriendRequest> =>
  reject(scope, await receivedFrom(scope, other));

async function receivedFrom(scope: MemberScope, other: number): Promise<number> {
  const request = await pendingWith(scope, other);
  if (request?.receiver.id !== scope.caller.userId) throw new AppError("no_such_request");
  return request.id;
}

/** The friends of a person, by id. */
export async function list(scope: MemberScope, of: number, query: PageQuery): Promise<Page<User>> {
  const part = slice(query);
  const found = rows.friendsOf({ ...me(scope), of, after: above(part), offset: part.offset, limit: part.size + 1 });
  const [friends, [person], totals] = await read(
    scope,
    found,
    rows.isSeen({ id: of, me: scope.caller.userId }),
    ...(part.numbered ? [rows.countFriendsOf({ of, me: scope.caller.userId })] : []),
  );
  if (!person?.seen) throw new AppError("not_found");
  return page(friends, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** Pending requests, newest first. */
export async function requests(scope: MemberScope, { direction, ...query }: RequestListQuery): Promise<Page<FriendRequest>> {
  const part = slice(query);
  const slots = { ...me(scope), after: below(part), offset: part.offset, limit: part.size + 1 };
  const [found, count] =
    direction === "incoming" ? [rows.incoming(slots), rows.countIncoming(slots)] : [rows.outgoing(slots), rows.countOutgoing(slots)];
  const [pending, totals] = await read(scope, found, ...(part.numbered ? [count] : []));
  return page(pending, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** @throws AppError `not_found` if there is no such person */
export async function status(scope: MemberScope, other: number): Promise<FriendshipStatus> {
  const [[found]] = await read(scope, rows.friendshipStatus({ me: scope.caller.userId, other }));
  if (!found) throw new AppError("not_found");
  return found;
}
