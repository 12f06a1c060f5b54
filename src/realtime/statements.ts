import { type SQLWrapper, sql } from "drizzle-orm";
import { events } from "../db/schema/realtime";
import { users } from "../db/schema/users";
import { columns, type Query, statement, type Value } from "../db/statement";
import { Announcement } from "./announcement";
import type { DurableType } from "./events";

const { userId, seq, type, body, createdAt } = events;

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

interface Event {
  /** In whose log; with `toMany`, a column of `from`. */
  to: SQLWrapper;
  /** Each row of `from` is for whom it says, and every log goes on where it stood. */
  toMany?: boolean;
  now: SQLWrapper;
  /** The frame's own fields, as `jsonObject` makes them; may name what `from` brings. */
  body: SQLWrapper;
  /** "from … where …": an event for each row of it, in the order of `orderBy`. Left out: exactly one event. */
  from?: SQLWrapper;
  orderBy?: SQLWrapper;
}

/**
 * A statement that appends to a person's log, for the batch of whoever changes something. The next `seq` is taken inside that
 * batch, so the log has neither gaps nor doubles; D1 runs batches one after the other.
 */
export function event<Values extends Record<string, Value>>(
  kind: DurableType,
  build: (slots: Slots<Values>) => Event,
): (values: Values) => Query<Announcement> {
  return statement<Values, Announcement>((p) => {
    const { to, toMany = false, now, body: fields, from, orderBy } = build(p);
    const each = toMany ? sql`partition by ${to}` : sql``;
    const head = sql`(select coalesce(max(${seq}), 0) from ${events} where ${userId} = ${to})`;
    return sql`insert into ${events} (${columns(userId, seq, type, body, createdAt)})
      select ${to}, ${head} + row_number() over (${each} order by ${orderBy ?? sql`1`}), ${sql.raw(`'${kind}'`)}, ${fields}, ${now} ${from ?? sql``}
      returning ${columns(userId, seq, type, body)}, (select ${users.onlineUntil} from ${users} where ${users.id} = ${columns(userId)}) as listening`;
  }, announced);
}

const announced = (row: Record<string, unknown>) =>
  new Announcement(row.user_id as number, row.listening as string | null, {
    event: { seq: row.seq as number, type: row.type as DurableType, body: row.body as string },
  });

/** How far the log reaches: `first` is 0 in an empty one. */
export const logBounds = statement<{ userId: number }, { first: number; head: number }>(
  (p) => sql`select coalesce((select min(${seq}) from ${events} where ${userId} = ${p.userId}), 0) as first,
    coalesce((select max(${seq}) from ${events} where ${userId} = ${p.userId}), 0) as head`,
);
