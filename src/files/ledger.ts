import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../commit";
import { files } from "../db/schema/files";
import { columns, statement } from "../db/statement";
import { Doomed } from "./doomed";

/**
 * The ledger of what is in R2, which no batch of D1 reaches. A file goes through it so that none is ever lost, whatever fails in between:
 * `enter` makes a doomed row, then its object is put; `take` saves it from its doom, in the batch that makes use of it. `doom` is part of the
 * batch that uses it no more; `commit` then removes the object. Where that fails, and of what was never taken, `sweep` removes object and row.
 */

/** So long an upload may take. Only what has been doomed for longer is swept, so that nothing is put behind the sweeper's back. */
export const GRACE_MS = 3_600_000;

export type Purpose = "avatar";
type Entry = { name: string; userId: number; purpose: Purpose; contentType: string; size: number; now: string };

/** A row that is doomed until it is taken. */
export const enter = statement<Entry>(
  (
    p,
  ) => sql`insert into ${files} (${columns(files.name, files.userId, files.purpose, files.contentType, files.size, files.createdAt, files.doomedAt)})
    values (${p.name}, ${p.userId}, ${p.purpose}, ${p.contentType}, ${p.size}, ${p.now}, ${p.now})`,
);

/** Refuses what the sweeper may have. */
export const refuseSwept = statement<{ name: string; since: string }>((p) =>
  refuseIf({
    changed_meanwhile: sql`not exists (select 1 from ${files} where ${files.name} = ${p.name} and ${files.doomedAt} > ${p.since})`,
  }),
);

export const take = statement<{ name: string }>(
  (p) => sql`update ${files} set ${columns(files.doomedAt)} = null where ${files.name} = ${p.name}`,
);

const dooming = (now: SQLWrapper, which: SQLWrapper) =>
  sql`update ${files} set ${columns(files.doomedAt)} = ${now} where ${which} returning ${columns(files.name)}`;
const asDoomed = (row: Record<string, unknown>) => new Doomed(row.name as string);

/** What a person has in use for this. */
export const doom = statement<{ userId: number; purpose: Purpose; now: string }, Doomed>(
  (p) => dooming(p.now, sql`${files.userId} = ${p.userId} and ${files.purpose} = ${p.purpose} and ${files.doomedAt} is null`),
  asDoomed,
);

/** All that is theirs, for the batch that removes them; before it does. */
export const doomAll = statement<{ userId: number; now: string }, Doomed>(
  (p) => dooming(p.now, sql`${files.userId} = ${p.userId}`),
  asDoomed,
);

/** Names of what was doomed before. */
export const toSweep = statement<{ before: string; most: number }, { name: string }>(
  (p) => sql`select ${files.name} as name from ${files} where ${files.doomedAt} < ${p.before} order by ${files.doomedAt} limit ${p.most}`,
);

/** `names` is a JSON list of names whose objects are gone. */
export const swept = statement<{ names: string; before: string }>(
  (p) =>
    sql`delete from ${files} where ${files.name} in (select value from json_each(${p.names})) and ${files.doomedAt} < ${p.before} returning 1`,
);
