import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { type Kept, refuseIf } from "../../commit";
import { jsonBoolean, jsonObject } from "../../db/json";
import { idempotencyKeys } from "../../db/schema/commit";
import { friendRequests, friendships } from "../../db/schema/friends";
import { notifications } from "../../db/schema/notifications";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { seenByOneAnother } from "../../realtime/sightings";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { areBlocked, hasBlocked, isComeAcross, sees, seesField } from "../../visibility/sql";
import { act } from "../activity/statements";
import { announceNewest, insertNotification } from "../notifications/statements";
import { type AtSlots, actorJson, namedJson, userJson } from "../users/json";
import type { Named, User } from "../users/schemas";
import { requestJson, withPeople } from "./json";
import type { FriendRequest, FriendshipStatus, FriendUpdate } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Pair = { me: number; other: number };
type Answering = At & { id: number; me: number };
type Part = At & { me: number; after: number; offset: number; limit: number };

const r = friendRequests;
const areFriends = ({ me, other }: Slots<Pair>) =>
  sql`exists (select 1 from ${friendships} where ${friendships.userId} = ${me} and ${friendships.friendId} = ${other})`;
const pendingBetween = ({ me, other }: Slots<Pair>) =>
  sql`${r.lowId} = min(${me}, ${other}) and ${r.highId} = max(${me}, ${other}) and ${r.status} = 'pending'`;
const pendingId = (p: Slots<Pair>) => sql`(select ${r.id} from ${r} where ${pendingBetween(p)})`;
/** There is a request between them that waits for an answer. */
export const arePending = (p: Slots<Pair>): SQL => sql`exists (select 1 from ${r} where ${pendingBetween(p)})`;
/** There is a request of theirs that waits for an answer. */
export const hasAsked = (p: Slots<Pair>): SQL => sql`exists (select 1 from ${r} where ${pendingBetween(p)} and ${r.senderId} = ${p.other})`;
const nameOf = (user: SQLWrapper) => sql`(select ${users.username} from ${users} where ${users.id} = ${user})`;

// Asking

/** Whom one does not see is not there to be asked; but whoever asks first shows that they are. */
export const refuseToAsk = statement<Pair>((p) =>
  refuseIf({
    no_such_user: sql`not exists (select 1 from ${users} where ${users.id} = ${p.other} and ${sees(users, p.me)}) and not ${hasAsked(p)}`,
    already_friends: areFriends(p),
    request_pending: sql`exists (select 1 from ${r} where ${pendingBetween(p)} and ${r.senderId} = ${p.me})`,
    request_crossed: { when: sql`exists (select 1 from ${r} where ${pendingBetween(p)})`, about: pendingId(p) },
  }),
);

export const insertRequest = statement<Pair & { now: string }>(
  (p) => sql`insert into ${r} (${columns(r.senderId, r.receiverId, r.createdAt)}) values (${p.me}, ${p.other}, ${p.now})`,
);

export const notifyAsked = statement<Pair & { now: string }>((p) =>
  insertNotification("friend_request", {
    recipient: p.other,
    sender: p.me,
    request: pendingId(p),
    text: sql`${nameOf(p.me)} || ' sent you a friend request.'`,
    now: p.now,
  }),
);

export const announceNotificationOfAsked = announceNewest<Pair & At>((p) => ({ recipient: p.other, request: pendingId(p) }));

export const announceAsked = event<Pair & At>("friend_request", (p) => ({
  to: p.other,
  now: p.now,
  body: jsonObject<{ request: FriendRequest }>({ request: requestJson(p.other, p) }),
  from: sql`from ${r} ${withPeople()} where ${pendingBetween(p)}`,
}));

/** For the asker's own devices. */
export const announceAsking = event<Pair & At>("friend_update", (p) => ({
  to: p.me,
  now: p.now,
  body: updateBody(p.me, p),
  from: sql`from ${r} ${withPeople()} where ${pendingBetween(p)}`,
}));

/** For whoever has just asked. */
export const requestBetween = jsonStatement<Pair & At, FriendRequest>(
  (p) => sql`select ${requestJson(p.me, p)} as body from ${r} ${withPeople()} where ${pendingBetween(p)}`,
);
export const idByUsername = statement<{ key: string }, { id: number }>(
  (p) => sql`select ${users.id} as id from ${users} where ${users.usernameKey} = ${p.key}`,
);

const asker = alias(users, "kept_sender");
const asked = alias(users, "kept_receiver");
const { userId, key, fingerprint, answer } = idempotencyKeys;

/** The kept answer to asking, with the two as they are seen by now; whom one has asked and does not see any more is not there. */
export const keptRequest = statement<At & { me: number; key: string }, Kept>(
  (p) => sql`select ${fingerprint} as fingerprint, iif(${asker.id} is not null and (${asked.id} = ${p.me} or ${sees(asked, p.me)}),
      json_set(${answer}, '$.sender', json(${actorJson(asker, p.me, p)}), '$.receiver', json(${actorJson(asked, p.me, p)})), null) as answer
    from ${idempotencyKeys}
    left join ${users} as ${asker} on ${asker.id} = ${answer} ->> '$.sender.id'
    left join ${users} as ${asked} on ${asked.id} = ${answer} ->> '$.receiver.id'
    where ${userId} = ${p.me} and ${key} = ${p.key}`,
);

// Answering. A request that is not pending, or not for this person to answer, is no request.

const isPending = (p: Slots<{ id: number; me: number }>, side: SQLWrapper) =>
  sql`${r.id} = ${p.id} and ${side} = ${p.me} and ${r.status} = 'pending'`;
const refuseUnlessPending = (p: Slots<{ id: number; me: number }>, side: SQLWrapper) =>
  refuseIf({
    no_such_request: sql`not exists (select 1 from ${r} where ${isPending(p, side)} and not ${areBlocked(r.senderId, r.receiverId)})`,
  });

export const refuseToAnswer = statement<{ id: number; me: number }>((p) => refuseUnlessPending(p, r.receiverId));
export const refuseToCancel = statement<{ id: number; me: number }>((p) => refuseUnlessPending(p, r.senderId));

const settle = (status: FriendRequest["status"]) =>
  statement<{ id: number; now: string }>(
    (p) =>
      sql`update ${r} set ${columns(r.status)} = ${sql.raw(`'${status}'`)}, ${columns(r.answeredAt)} = ${p.now} where ${r.id} = ${p.id}`,
  );
export const setAccepted = settle("accepted");
export const setRejected = settle("rejected");
export const setCancelled = settle("cancelled");

export const insertFriendship = statement<{ id: number; now: string }>(
  (p) => sql`insert into ${friendships} (${columns(friendships.userId, friendships.friendId, friendships.createdAt)})
    select ${r.senderId}, ${r.receiverId}, ${p.now} from ${r} where ${r.id} = ${p.id}
    union all select ${r.receiverId}, ${r.senderId}, ${p.now} from ${r} where ${r.id} = ${p.id}`,
);

const senderOf = (id: SQLWrapper) => sql`(select ${r.senderId} from ${r} where ${r.id} = ${id})`;
const receiverOf = (id: SQLWrapper) => sql`(select ${r.receiverId} from ${r} where ${r.id} = ${id})`;

/** How the two of a request look to each other. */
export const bothOf = seenByOneAnother<{ id: number; now: string }>((p) => [senderOf(p.id), receiverOf(p.id)]);

/** Tells the asker of the answer, in their list. Reading it removes it. */
const notifyAnswer = (type: "friend_request_accepted" | "friend_request_rejected", verb: "accepted" | "rejected") =>
  statement<Answering>((p) =>
    insertNotification(type, {
      recipient: senderOf(p.id),
      sender: p.me,
      request: p.id,
      text: sql`${nameOf(p.me)} || ${sql.raw(`' ${verb} your friend request.'`)}`,
      now: p.now,
      autoDelete: true,
    }),
  );
export const notifyAccepted = notifyAnswer("friend_request_accepted", "accepted");
export const notifyRejected = notifyAnswer("friend_request_rejected", "rejected");

export const announceNotificationOfAnswer = announceNewest<Answering>((p) => ({ recipient: senderOf(p.id), request: p.id }));

const updateBody = (me: SQLWrapper, at: AtSlots) =>
  jsonObject<FriendUpdate>({
    user_id: sql`${r.senderId} + ${r.receiverId} - ${me}`,
    status: sql`${r.status}`,
    request: requestJson(me, at),
  });

const announceUpdate = (to: (id: SQLWrapper) => SQL) =>
  event<At & { id: number }>("friend_update", (p) => ({
    to: to(p.id),
    now: p.now,
    body: updateBody(to(p.id), p),
    from: sql`from ${r} ${withPeople()} where ${r.id} = ${p.id}`,
  }));
export const announceToSender = announceUpdate(senderOf);
export const announceToReceiver = announceUpdate(receiverOf);

export const requestById = jsonStatement<Answering, FriendRequest>(
  (p) => sql`select ${requestJson(p.me, p)} as body from ${r} ${withPeople()} where ${r.id} = ${p.id}`,
);

type Acting = { id: number; me: number };
export const noteAccepted = act<Acting>("friend_accept", (p) => ({ who: p.me, about: senderOf(p.id) }));
export const noteRejected = act<Acting>("friend_reject", (p) => ({ who: p.me, about: senderOf(p.id) }));
export const noteCancelled = act<Acting>("friend_cancel", (p) => ({ who: p.me, about: receiverOf(p.id) }));

// Cancelling: what asked for an answer goes with the question.

export const announceNotificationGone = event<{ id: number; now: string }>("notification_delete", (p) => ({
  to: receiverOf(p.id),
  now: p.now,
  body: jsonObject<{ notification_id: number }>({ notification_id: sql`${notifications.id}` }),
  from: sql`from ${notifications} where ${notifications.requestId} = ${p.id}`,
}));
export const removeNotification = statement<{ id: number }>(
  (p) => sql`delete from ${notifications} where ${notifications.requestId} = ${p.id}`,
);

// Friendships

export const eachOther = seenByOneAnother<Pair & { now: string }>((p) => [p.me, p.other]);

export const refuseUnlessFriends = statement<Pair>((p) => refuseIf({ not_friends: sql`not ${areFriends(p)}` }));

export const removeFriendship = statement<Pair>(
  (p) => sql`delete from ${friendships} where (${friendships.userId} = ${p.me} and ${friendships.friendId} = ${p.other})
    or (${friendships.userId} = ${p.other} and ${friendships.friendId} = ${p.me})`,
);

const ended = (other: SQLWrapper, status: FriendUpdate["status"]) =>
  jsonObject<FriendUpdate>({ user_id: sql`${other}`, status: sql.raw(`'${status}'`), request: sql`null` });

export const announceUnfriended = event<{ to: number; other: number; now: string }>("friend_update", (p) => ({
  to: p.to,
  now: p.now,
  body: ended(p.other, "unfriended"),
}));

/** For the batch in which a person goes, while they are still there: to each of their friends. */
export const announceGoneToFriends = event<{ me: number; now: string }>("friend_update", (p) => ({
  to: friendships.friendId,
  toMany: true,
  now: p.now,
  body: ended(p.me, "unfriended"),
  from: sql`from ${friendships} where ${friendships.userId} = ${p.me}`,
}));

/** The same, to whoever has a pending request to them or from them. */
export const announceGoneToPending = [
  { mine: r.senderId, theirs: r.receiverId },
  { mine: r.receiverId, theirs: r.senderId },
].map(({ mine, theirs }) =>
  event<{ me: number; now: string }>("friend_update", (p) => ({
    to: theirs,
    toMany: true,
    now: p.now,
    body: ended(p.me, "cancelled"),
    from: sql`from ${r} where ${mine} = ${p.me} and ${r.status} = 'pending'`,
  })),
);

// For the batch of a block, while all still stands: what ends between two people, and what `to` hears of it, see `ended`.

type Side = { to: number; of: number; now: string };
const sidesOf = ({ to, of }: Slots<Side>) => ({ me: to, other: of });

export const announceEndedFriendship = event<Side>("friend_update", (p) => ({
  to: p.to,
  now: p.now,
  body: ended(p.of, "unfriended"),
  from: sql`where ${areFriends(sidesOf(p))}`,
}));
export const announceEndedRequest = event<Side>("friend_update", (p) => ({
  to: p.to,
  now: p.now,
  body: ended(p.of, "cancelled"),
  from: sql`from ${r} where ${pendingBetween(sidesOf(p))}`,
}));
export const cancelPending = statement<Pair & { now: string }>(
  (p) => sql`update ${r} set ${columns(r.status)} = 'cancelled', ${columns(r.answeredAt)} = ${p.now} where ${pendingBetween(p)}`,
);

/**
 * Answers that are kept for a retry would go on showing the one to the other. The keys stay used, as they do when an account is deleted, and
 * `keptRequest` finds nobody.
 */
export const blankAnswers = statement<Pair>((p) => {
  const names = (person: SQLWrapper) => sql`${person} in (${answer} ->> '$.sender.id', ${answer} ->> '$.receiver.id')`;
  return sql`update ${idempotencyKeys} set ${columns(answer)} = 'null' where ${userId} in (${p.me}, ${p.other}) and ${names(p.me)} and ${names(p.other)}`;
});

const whose = alias(users, "whose");
/** Who keeps their list of friends to themselves looks as if they had none. */
const isOpenTo = (p: { readonly of: SQLWrapper; readonly me: SQLWrapper }) =>
  sql`exists (select 1 from ${users} as ${whose} where ${whose.id} = ${p.of} and ${seesField(whose, "friend_list", p.me)})`;

/** Those whom `me` sees, and of somebody else's those whom they may come across: `users`, by id. */
export const friendsFrom = (p: Slots<Omit<Part, keyof At> & { of: number }>): SQL =>
  sql`from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.of} and ${friendships.friendId} > ${p.after} and ${isOpenTo(p)} and ${isComeAcross(users, p.me)} and ${sees(users, p.me)}
    order by ${friendships.friendId} limit ${p.limit} offset ${p.offset}`;
export const friendsOf = jsonStatement<Part & { of: number }, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body ${friendsFrom(p)}`,
);
export const countFriendsOf = statement<{ of: number; me: number }, { total: number }>(
  (p) => sql`select count(*) as total from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.of} and ${isOpenTo(p)} and ${isComeAcross(users, p.me)} and ${sees(users, p.me)}`,
);

/** Friends beyond so many are not offered. */
export const MOST_OFFERED = 1000;

/** Whom `me` chooses among: their friends, as far as they see them, by name. */
export const friendsByName = jsonStatement<{ me: number; origin: string }, Named>(
  (p) => sql`select ${namedJson(users, p)} as body from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.me} and ${sees(users, p.me)} order by ${users.usernameKey} limit ${sql.raw(String(MOST_OFFERED))}`,
);

/** Whoever has asked me has shown themselves; whom I have asked, and do not see any more, is not there. */
const receiverIsSeen = (me: SQLWrapper) => sql`exists (select 1 from ${users} where ${users.id} = ${r.receiverId} and ${sees(users, me)})`;
/** Whose pending requests, by which way they point. */
export const pendingOn = (p: { readonly me: SQLWrapper }) => ({
  incoming: sql`${r.receiverId} = ${p.me} and ${r.status} = 'pending'`,
  outgoing: sql`${r.senderId} = ${p.me} and ${r.status} = 'pending' and ${receiverIsSeen(p.me)}`,
});
export const pendingSeen = jsonStatement<Pair & At, FriendRequest>(
  (p) => sql`select ${requestJson(p.me, p)} as body from ${r} ${withPeople()}
    where ${pendingBetween(p)} and (${r.senderId} = ${p.other} or ${receiverIsSeen(p.me)})`,
);
type Direction = "incoming" | "outgoing";
/** Pending requests with what `requestJson` names, newest first. */
export const pendingFrom = (direction: Direction, p: Slots<Part>): SQL =>
  sql`from ${r} ${withPeople()} where ${pendingOn(p)[direction]} and ${r.id} < ${p.after}
    order by ${r.id} desc limit ${p.limit} offset ${p.offset}`;
const pending = (direction: Direction) =>
  jsonStatement<Part, FriendRequest>((p) => sql`select ${requestJson(p.me, p)} as body ${pendingFrom(direction, p)}`);
const countPending = (direction: Direction) =>
  statement<{ me: number }, { total: number }>((p) => sql`select count(*) as total from ${r} where ${pendingOn(p)[direction]}`);
export const incoming = pending("incoming");
export const outgoing = pending("outgoing");
export const countIncoming = countPending("incoming");
export const countOutgoing = countPending("outgoing");

/** Whether `me` sees this person. */
export const isSeen = statement<{ id: number; me: number }, { seen: number }>(
  (p) => sql`select exists (select 1 from ${users} where ${users.id} = ${p.id} and ${sees(users, p.me)}) as seen`,
);

/** A row only for whom `me` sees, and for whom they have blocked themselves. */
export const friendshipStatus = jsonStatement<Pair, FriendshipStatus>((p) => {
  const blocked = hasBlocked(p.me, users.id);
  return sql`select ${jsonObject<FriendshipStatus>({
    status: sql`iif(${friendships.createdAt} is null, 'not_friends', 'active')`,
    since: sql`${friendships.createdAt}`,
    last_updated: sql`${friendships.createdAt}`,
    is_blocked: jsonBoolean(blocked),
    blocked_by: sql`iif(${blocked}, ${p.me}, null)`,
  })} as body from ${users} left join ${friendships} on ${friendships.userId} = ${p.me} and ${friendships.friendId} = ${users.id}
    where ${users.id} = ${p.other} and (${sees(users, p.me)} or ${blocked})`;
});
