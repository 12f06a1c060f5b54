import { commit } from "../../commit";
import { below, type Page, page, slice } from "../../lib/pages";
import { read } from "../../read";
import { at, type MemberScope } from "../../scope";
import type { Notice, Notification, NotificationListQuery } from "./schemas";
import * as rows from "./statements";

const me = (scope: MemberScope) => ({ me: scope.caller.userId, ...at(scope) });

/** The caller's notifications, newest first. */
export async function list(scope: MemberScope, { unread, ...query }: NotificationListQuery): Promise<Page<Notification>> {
  const part = slice(query);
  const slots = { ...me(scope), after: below(part), offset: part.offset, limit: part.size + 1 };
  const [found, count] = unread ? [rows.myUnread(slots), rows.countMyUnread(slots)] : [rows.mine(slots), rows.countMine(slots)];
  const [notifications, totals] = await read(scope, found, ...(part.numbered ? [count] : []));
  return page(notifications, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** The same to be shown. */
export async function notices(scope: MemberScope, { unread, ...query }: NotificationListQuery): Promise<Page<Notice>> {
  const part = slice(query);
  const slots = { ...me(scope), after: below(part), offset: part.offset, limit: part.size + 1 };
  const [found] = await read(scope, unread ? rows.myUnreadNotices(slots) : rows.myNotices(slots));
  return page(found, part, ({ id }) => id, null);
}

export async function unreadCount(scope: MemberScope): Promise<number> {
  const [[count]] = await read(scope, rows.countMyUnread(me(scope)));
  return count?.total ?? 0;
}

/**
 * Marks one as read, and answers it as it then is. Of one that was read already, nobody is told again.
 *
 * @throws AppError `not_found` if the caller has no such notification
 */
export async function markRead(scope: MemberScope, id: number): Promise<Notification> {
  const slots = { ...me(scope), id };
  const asRead = rows.one(slots);
  const steps = [
    rows.refuseUnlessMine(slots),
    rows.announceRead(slots),
    rows.announceFleeting(slots),
    rows.setRead(slots),
    asRead, // before it may be gone
    rows.removeFleeting(slots),
  ];
  const [notification] = await commit(scope, steps, asRead);
  return notification!;
}

/** Marks as read what told the caller of a friend request, once they have answered it. Where there is none unread, nobody is told. */
export async function markReadAbout(scope: MemberScope, request: number): Promise<void> {
  const slots = { ...me(scope), request };
  await commit(scope, [rows.announceAskedRead(slots), rows.setAskedRead(slots)]);
}

/** Marks as read what was unread when it was asked for: a look and a commit, or a pair of them for each full part of very many. */
export async function markAllRead(scope: MemberScope): Promise<void> {
  for (;;) {
    const [[oldest]] = await read(scope, rows.oldestUnread(me(scope)));
    if (!oldest || oldest.count === 0) return;
    const slots = { ...me(scope), upTo: oldest.upTo };
    await commit(scope, [
      rows.announceAllRead(slots),
      rows.announceAllFleeting(slots),
      rows.removeAllFleeting(slots),
      rows.setAllRead(slots),
    ]);
    if (oldest.count < rows.READ_AT_ONCE) return;
  }
}

/** @throws AppError `not_found` if the caller has no such notification */
export async function remove(scope: MemberScope, id: number): Promise<void> {
  const slots = { ...me(scope), id };
  await commit(scope, [rows.refuseUnlessMine(slots), rows.announceDelete(slots), rows.remove(slots)]);
}

export async function removeAll(scope: MemberScope): Promise<void> {
  const slots = me(scope);
  await commit(scope, [rows.announceClear(slots), rows.removeAll(slots)]);
}
