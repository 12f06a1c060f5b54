import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { notifications } from "../../db/schema/notifications";
import { columns, jsonStatement, statement, type Value } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { wantsPush } from "../preferences/quiet";
import type { AtSlots } from "../users/json";
import { fromNotifications, noticeJson, notificationJson } from "./json";
import type { Notice, Notification, NotificationType } from "./schemas";

type Mine = { id: number; me: number };
export type Part = At & { me: number; after: number; offset: number; limit: number };

/** Of one person's, those that `only` leaves. */
export const newestFirst = (p: { readonly [Name in keyof Part]: SQLWrapper }, only: SQL, body: SQL = notificationJson(p)): SQL =>
  sql`select ${body} as body ${fromNotifications}
    where ${notifications.recipientId} = ${p.me} and ${notifications.id} < ${p.after} ${only}
    order by ${notifications.id} desc limit ${p.limit} offset ${p.offset}`;

export const unread = sql`and ${notifications.isRead} = 0`;

export const mine = jsonStatement<Part, Notification>((p) => newestFirst(p, sql``));
export const myUnread = jsonStatement<Part, Notification>((p) => newestFirst(p, unread));
export const myNotices = jsonStatement<Part, Notice>((p) => newestFirst(p, sql``, noticeJson(p)));
export const myUnreadNotices = jsonStatement<Part, Notice>((p) => newestFirst(p, unread, noticeJson(p)));
export const countMine = statement<{ me: number }, { total: number }>(
  (p) => sql`select count(*) as total from ${notifications} where ${notifications.recipientId} = ${p.me}`,
);
export const countMyUnread = statement<{ me: number }, { total: number }>(
  (p) => sql`select count(*) as total from ${notifications} where ${notifications.recipientId} = ${p.me} ${unread}`,
);

const isMine = (p: { readonly [Name in keyof Mine]: SQLWrapper }) =>
  sql`${notifications.id} = ${p.id} and ${notifications.recipientId} = ${p.me}`;

export const refuseUnlessMine = statement<Mine>((p) =>
  refuseIf({ not_found: sql`not exists (select 1 from ${notifications} where ${isMine(p)})` }),
);
export const one = jsonStatement<Mine & At, Notification>(
  (p) => sql`select ${notificationJson(p)} as body ${fromNotifications} where ${isMine(p)}`,
);

export const setRead = statement<Mine>((p) => sql`update ${notifications} set ${columns(notifications.isRead)} = 1 where ${isMine(p)}`);
/** How many unread ones a single batch marks: their events are as large as they are. */
export const READ_AT_ONCE = 500;

/** The oldest unread ones, as many as one batch takes: how many, and up to which id. */
export const oldestUnread = statement<{ me: number }, { count: number; upTo: number }>(
  (p) => sql`select count(*) as count, coalesce(max(id), 0) as upTo from (select ${notifications.id} as id from ${notifications}
    where ${notifications.recipientId} = ${p.me} ${unread} order by ${notifications.id} limit ${sql.raw(String(READ_AT_ONCE))})`,
);

/** That somebody asks to be friends. */
type Asked = { me: number; request: number };
const unreadAsked = (p: { readonly [Name in keyof Asked]: SQLWrapper }) =>
  sql`${notifications.requestId} = ${p.request} and ${notifications.recipientId} = ${p.me} and ${notifications.type} = 'friend_request' ${unread}`;

export const setAskedRead = statement<Asked>(
  (p) => sql`update ${notifications} set ${columns(notifications.isRead)} = 1 where ${unreadAsked(p)}`,
);

type UpTo = { me: number; upTo: number };
const unreadUpTo = (p: { readonly [Name in keyof UpTo]: SQLWrapper }) =>
  sql`${notifications.recipientId} = ${p.me} and ${notifications.id} <= ${p.upTo} ${unread}`;

export const setAllRead = statement<UpTo>(
  (p) => sql`update ${notifications} set ${columns(notifications.isRead)} = 1 where ${unreadUpTo(p)}`,
);
export const remove = statement<Mine>((p) => sql`delete from ${notifications} where ${isMine(p)}`);
export const removeAll = statement<{ me: number }>((p) => sql`delete from ${notifications} where ${notifications.recipientId} = ${p.me}`);

/** Reading these removes them. */
const fleeting = sql`and ${notifications.autoDelete} = 1`;
export const removeFleeting = statement<Mine>((p) => sql`delete from ${notifications} where ${isMine(p)} ${fleeting}`);
export const removeAllFleeting = statement<UpTo>((p) => sql`delete from ${notifications} where ${unreadUpTo(p)} ${fleeting}`);

// Events stand before the change that they tell of: what is still unread then is what the change will read.

const readBody = (at: AtSlots) => jsonObject<{ notification: Notification }>({ notification: notificationJson(at, sql`1`) });
const deleteBody = jsonObject<{ notification_id: number }>({ notification_id: sql`${notifications.id}` });

export const announceRead = event<Mine & At>("notification_update", (p) => ({
  to: p.me,
  now: p.now,
  body: readBody(p),
  from: sql`${fromNotifications} where ${isMine(p)} ${unread}`,
}));

export const announceAskedRead = event<Asked & At>("notification_update", (p) => ({
  to: p.me,
  now: p.now,
  body: readBody(p),
  from: sql`${fromNotifications} where ${unreadAsked(p)}`,
}));

export const announceAllRead = event<UpTo & At>("notification_update", (p) => ({
  to: p.me,
  now: p.now,
  body: readBody(p),
  from: sql`${fromNotifications} where ${unreadUpTo(p)}`,
  orderBy: notifications.id,
}));

export const announceDelete = event<Mine & { now: string }>("notification_delete", (p) => ({
  to: p.me,
  now: p.now,
  body: deleteBody,
  from: sql`from ${notifications} where ${isMine(p)}`,
}));

export const announceFleeting = event<Mine & { now: string }>("notification_delete", (p) => ({
  to: p.me,
  now: p.now,
  body: deleteBody,
  from: sql`from ${notifications} where ${isMine(p)} ${fleeting}`,
}));

export const announceAllFleeting = event<UpTo & { now: string }>("notification_delete", (p) => ({
  to: p.me,
  now: p.now,
  body: deleteBody,
  from: sql`from ${notifications} where ${unreadUpTo(p)} ${fleeting}`,
  orderBy: notifications.id,
}));

/** For the batch in which a person goes, while they are still there: what they sent goes from everybody's list. */
export const announceGoneWithSender = event<{ sender: number; now: string }>("notification_delete", (p) => ({
  to: notifications.recipientId,
  toMany: true,
  now: p.now,
  body: deleteBody,
  from: sql`from ${notifications} where ${notifications.senderId} = ${p.sender}`,
  orderBy: notifications.id,
}));

/** For the batch of a block: what `of` has caused goes from the list of `to`. */
const caused = (p: { readonly to: SQLWrapper; readonly of: SQLWrapper }) =>
  sql`${notifications.senderId} = ${p.of} and ${notifications.recipientId} = ${p.to}`;
export const announceGoneFrom = event<{ to: number; of: number; now: string }>("notification_delete", (p) => ({
  to: p.to,
  now: p.now,
  body: deleteBody,
  from: sql`from ${notifications} where ${caused(p)}`,
  orderBy: notifications.id,
}));
export const removeFrom = statement<{ to: number; of: number }>((p) => sql`delete from ${notifications} where ${caused(p)}`);

export const announceClear = event<{ me: number; now: string }>("notifications_clear", (p) => ({
  to: p.me,
  now: p.now,
  body: sql`'{}'`,
  from: sql`where exists (select 1 from ${notifications} where ${notifications.recipientId} = ${p.me})`,
}));

// For the batches of other modules.

interface About {
  recipient: SQLWrapper;
  sender: SQLWrapper;
  /** The friend request that it is about. */
  request: SQLWrapper;
  text: SQLWrapper;
  now: SQLWrapper;
  autoDelete?: boolean;
}

/** SQL that stores a notification. */
export const insertNotification = (type: NotificationType, { recipient, sender, request, text, now, autoDelete = false }: About): SQL =>
  sql`insert into ${notifications}
      (${columns(notifications.recipientId, notifications.senderId, notifications.requestId, notifications.type, notifications.text, notifications.autoDelete, notifications.createdAt)})
    values (${recipient}, ${sender}, ${request}, ${sql.raw(`'${type}'`)}, ${text}, ${sql.raw(autoDelete ? "1" : "0")}, ${now})`;

interface Newest {
  recipient: SQLWrapper;
  /** The friend request that it is about. */
  request: SQLWrapper;
}

/**
 * Tells a person's sockets of the newest notification that they have about something: the only statement that writes `notification` events. Who
 * does not want to be told gets none, and no number is taken; the notification is in the list all the same.
 */
export const announceNewest = <Values extends Record<string, Value> & At>(
  build: (p: { readonly [Name in keyof Values]: SQLWrapper }) => Newest,
) =>
  event<Values>("notification", (p) => {
    const { recipient, request } = build(p);
    return {
      to: recipient,
      now: p.now,
      body: jsonObject<{ notification: Notification }>({ notification: notificationJson(p) }),
      from: sql`${fromNotifications} where ${wantsPush(recipient, p.now)} and ${notifications.id} =
        (select max(id) from ${notifications} where ${columns(notifications.requestId)} = ${request} and ${columns(notifications.recipientId)} = ${recipient})`,
    };
  });
