import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { outbox } from "../../db/schema/mail";
import { notifications } from "../../db/schema/notifications";
import { preferences } from "../../db/schema/preferences";
import { users } from "../../db/schema/users";
import { columns, statement } from "../../db/statement";
import { type Digest, letter } from "../../mail/outbox";
import type { Frequency } from "../preferences/zone";

const ITEMS = sql.raw("20");

const told = sql`coalesce(${preferences.digestedUpto}, 0)`;

/** Unread notifications that no digest has told of. */
const news = sql`from ${notifications} where ${notifications.recipientId} = ${preferences.userId} and ${notifications.isRead} = 0
  and ${notifications.id} > ${told}`;

/** Newest first. */
const digest = jsonObject<Omit<Digest, "asked">>({
  items: sql`json((select json_group_array(json_object('text', text, 'at', created_at)) from
    (select ${notifications.text} as text, ${notifications.createdAt} as created_at ${news} order by ${notifications.id} desc limit ${ITEMS})))`,
  total: sql`(select count(*) ${news})`,
  zone: sql`${preferences.timeZone}`,
  after: told,
});

const toldOfAll = sql`coalesce((select max(${notifications.id}) ${news}), ${preferences.digestedUpto})`;

/** Nobody is mailed at an address that nobody has confirmed. */
const isReachable = sql`${users.emailVerifiedAt} is not null and ${users.suspendedAt} is null`;

// What the cron does: for a group of people at once, as JSON of `Plan`.

export interface Due {
  id: number;
  frequency: Frequency;
  zone: string;
  quietFrom: number | null;
  quietTo: number | null;
  /** When; or, behind a "!", from when on that is to be worked out. */
  due: string;
}

/** Who is due, or is to be worked out, longest first. */
export const whoIsDue = statement<{ now: string; limit: number }, Due>(
  (p) => sql`select ${preferences.userId} as id, ${preferences.frequency} as frequency, ${preferences.timeZone} as zone,
      ${preferences.quietFrom} as quietFrom, ${preferences.quietTo} as quietTo, ${preferences.digestDueAt} as due
    from ${preferences} where ${preferences.digestDueAt} <= ${p.now} order by ${preferences.digestDueAt} limit ${p.limit}`,
);

export interface Plan {
  id: number;
  /** What `due` was when it was looked at: whoever moves it on first mails the digest. */
  seen: string;
  /** When to look again; null: never. */
  next: string | null;
  /** Whether it is time for a digest, if there is anything to say. */
  send: boolean;
}

const planned = (plans: SQLWrapper) => sql`json_each(${plans}) as plan`;
const isAsPlanned = sql`${preferences.userId} = plan.value ->> 'id' and ${preferences.digestDueAt} = plan.value ->> 'seen'`;

export const dueLetters = letter<{ plans: string }>("digest", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  digest,
  from: sql`from ${planned(p.plans)} join ${preferences} on ${isAsPlanned} join ${users} on ${users.id} = ${preferences.userId}
    where plan.value ->> 'send' and ${preferences.emailNotifications} = 1 and ${isReachable} and exists (select 1 ${news})`,
}));

/** Behind the letters: what they tell of is told. */
export const moveOn = statement<{ plans: string; now: string }>((p) => {
  const isSent = sql`plan.value ->> 'send' and exists (select 1 from ${users} where ${users.id} = ${preferences.userId} and ${isReachable})`;
  return sql`update ${preferences} set ${columns(preferences.digestDueAt)} = plan.value ->> 'next',
      ${columns(preferences.digestedUpto)} = iif(${isSent}, ${toldOfAll}, ${preferences.digestedUpto}),
      ${columns(preferences.digestedAt)} = iif(${isSent} and exists (select 1 ${news}), ${p.now}, ${preferences.digestedAt})
    from ${planned(p.plans)} where ${isAsPlanned}`;
});

// On demand

export const refuseUnreachable = statement<{ me: number }>((p) =>
  refuseIf({ email_not_verified: sql`exists (select 1 from ${users} where ${users.id} = ${p.me} and ${users.emailVerifiedAt} is null)` }),
);

export const letterNow = letter<{ me: number }>("digest", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  digest: sql`json_set(${digest}, '$.asked', json('true'))`,
  from: sql`from ${users} join ${preferences} on ${preferences.userId} = ${users.id}
    where ${users.id} = ${p.me} and ${isReachable} and exists (select 1 ${news})`,
}));

export const markTold = statement<{ me: number; now: string }>(
  (p) => sql`update ${preferences} set ${columns(preferences.digestedUpto)} = ${toldOfAll},
      ${columns(preferences.digestedAt)} = iif(exists (select 1 ${news}), ${p.now}, ${preferences.digestedAt})
    where ${preferences.userId} = ${p.me}`,
);

// For the batch of a block: what has not left yet may name the other.

type Two = { me: number; other: number };

const unsent = sql`from ${outbox} where ${outbox.template} = 'digest' and ${outbox.sentAt} is null`;

/** What they tell of is news again, and who gets digests by themselves is due for the next at once. Stands before `removeUnsent`. */
export const reopenUnsent = statement<Two & { now: string }>((p) => {
  const theirs = sql`${unsent} and ${outbox.userId} = ${preferences.userId}`;
  return sql`update ${preferences} set ${columns(preferences.digestDueAt)} = min(${preferences.digestDueAt}, ${p.now}),
      ${columns(preferences.digestedUpto)} = coalesce((select min(${outbox.params} ->> '$.digest.after') ${theirs}), ${preferences.digestedUpto})
    where ${preferences.userId} in (${p.me}, ${p.other}) and exists (select 1 ${theirs})`;
});
export const removeUnsent = statement<Two>((p) => sql`delete ${unsent} and ${outbox.userId} in (${p.me}, ${p.other})`);
