import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { activity } from "../../db/schema/activity";
import { columns, type Query, statement, type Value } from "../../db/statement";
import type { MemberScope, Scope } from "../../scope";
import { ACTS, type ActType } from "./acts";

// For the batches of other modules: whoever does something notes it in the batch that does it.

const { userId, type, details, createdAt, userAgent, country, aboutId } = activity;

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

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

const insertion = (rows: SQL) =>
  sql`insert into ${activity} (${columns(userId, type, details, createdAt, userAgent, country, aboutId)}) ${rows}`;

/** A sentence of ours as SQL. */
const quoted = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`);
