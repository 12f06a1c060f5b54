import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { refuseIf } from "../../commit";
import { activity } from "../../db/schema/activity";
import { columns, jsonStatement, type Query, statement, type Value } from "../../db/statement";
import type { MemberScope, Scope } from "../../scope";
import { ACTS, type ActType } from "./acts";
import { activityJson, type StoredActivity, withPerson } from "./json";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

// For the batches of other modules: whoever does something notes it in the batch that does it.

/** When and from where somebody acts: `...stamp(scope)`, what every `act` takes with it. */
export type Stamp = { now: string; userAgent: string; country: string | null };
export const stamp = ({ now, device }: Pick<Scope, "now" | "device">): Stamp => ({ now: now.toISOString(), ...device() });

interface Act {
  /** Who did it; may name what `from` brings. */
  who: SQLWrapper;
  /** To whom, if it was to somebody. */
  about?: SQLWrapper;
  /** Left out: as `ACTS` has it. Never a secret, an address, or anybody's name. */
  details?: SQLWrapper;
  /** "from … where …": a row for each row of it. Left out: exactly one. Stands before the change, it says how things are before. */
  from?: SQLWrapper;
}

/** A statement that notes an act whose person, or whether there is one at all, is found by SQL. */
export const act = <Values extends Record<string, Value>>(
  what: ActType,
  build: (slots: Slots<Values & Stamp>) => Act,
): ((values: Values & Stamp) => Query) =>
  statement<Values & Stamp>((p) => {
    const { who, about = sql`null`, details = quoted(ACTS[what]), from = sql`` } = build(p);
    return insertion(sql`select ${who}, ${quoted(what)}, ${details}, ${p.now}, ${p.userAgent}, ${p.country}, ${about} ${from}`);
  });

/** A step that notes what the caller did: `did(scope, "update")`. */
export const did = (scope: MemberScope, what: ActType, { details = ACTS[what] as string, about = null as number | null } = {}): Query =>
  noted({ who: scope.caller.userId, what, details, about, ...stamp(scope) });

const noted = statement<Stamp & { who: number; what: ActType; details: string; about: number | null }>((p) =>
  insertion(sql`values (${p.who}, ${p.what}, ${p.details}, ${p.now}, ${p.userAgent}, ${p.country}, ${p.about})`),
);

const { userId, type, details, createdAt, userAgent, country, aboutId, hiddenAt } = activity;

const insertion = (rows: SQL) =>
  sql`insert into ${activity} (${columns(userId, type, details, createdAt, userAgent, country, aboutId)}) ${rows}`;

/** A sentence of ours as SQL. */
const quoted = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`);

// Reading and hiding. What is hidden is not there.

type Part = { me: number; after: number; offset: number; limit: number };
/** A JSON list of types; null for all. */
type Only = { types: string | null };

const isMine = (p: Slots<{ me: number }>) => sql`${userId} = ${p.me} and ${hiddenAt} is null`;
const isWanted = (p: Slots<Only>) => sql`(${p.types} is null or ${type} in (select value from json_each(${p.types})))`;

export const newest = jsonStatement<Part, StoredActivity>(
  (p) => sql`select ${activityJson} as body from ${activity} ${withPerson(p.me)}
    where ${isMine(p)} and ${activity.id} < ${p.after} order by ${activity.id} desc limit ${p.limit} offset ${p.offset}`,
);

const one = alias(activity, "one");
/** Of each type as many as the page could need, each from its place in the index; then the newest of these. */
export const newestOf = jsonStatement<Part & { types: string }, StoredActivity>(
  (p) => sql`select ${activityJson} as body from (select ${activity.id} as id from json_each(${p.types}) as wanted
      join ${activity} on ${activity.id} in (select ${one.id} from ${activity} as ${one}
        where ${one.userId} = ${p.me} and ${one.hiddenAt} is null and ${one.type} = wanted.value and ${one.id} < ${p.after}
        order by ${one.id} desc limit ${p.offset} + ${p.limit})
      order by ${activity.id} desc limit ${p.limit} offset ${p.offset}) as listed
    join ${activity} on ${activity.id} = listed.id ${withPerson(p.me)} order by listed.id desc`,
);

export const count = statement<{ me: number } & Only, { total: number }>(
  (p) => sql`select count(*) as total from ${activity} where ${isMine(p)} and ${isWanted(p)}`,
);

type One = Only & { me: number; id: number };
const isOne = (p: Slots<One>) => sql`${activity.id} = ${p.id} and ${isMine(p)} and ${isWanted(p)}`;

export const byId = jsonStatement<One, StoredActivity>(
  (p) => sql`select ${activityJson} as body from ${activity} ${withPerson(p.me)} where ${isOne(p)}`,
);

export const refuseUnlessThere = statement<One>((p) =>
  refuseIf({ not_found: sql`not exists (select 1 from ${activity} where ${isOne(p)})` }),
);

/** The one thing that ever changes of a row. */
const hiding = (p: Slots<{ now: string }>) => sql`update ${activity} set ${columns(hiddenAt)} = ${p.now}`;
export const hide = statement<One & { now: string }>((p) => sql`${hiding(p)} where ${isOne(p)}`);
export const hideAll = statement<{ me: number; now: string } & Only>((p) => sql`${hiding(p)} where ${isMine(p)} and ${isWanted(p)}`);
