import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { refused } from "../commit";
import { attempts } from "../db/schema/auth";
import { columns, statement } from "../db/statement";
import type { RuleName } from "./rules";

/** How often, and when the window that begins now ends. */
export type Allowance = { most: number; now: string; resetsAt: string };
type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

const { key, count, resetsAt } = attempts;

const MS_A_DAY = sql.raw("86400000");
/** Until the window ends, rounded up. */
const secondsFrom = (now: SQLWrapper) =>
  sql`((cast(round((julianday(${resetsAt}) - julianday(${now})) * ${MS_A_DAY}) as integer) + 999) / 1000)`;

/** The key of what is counted of somebody with an id. */
export const keyOfPerson = (rule: RuleName, id: SQLWrapper) => sql`${sql.raw(`'${rule}:#'`)} || ${id}`;

/**
 * Counts one try of each key in `rows` (a SELECT's part behind its columns, which must have a WHERE); refuses the whole batch when there
 * were enough, with the seconds until there may be more. One statement, so however many try at once, no more get through.
 *
 * @param beyond what to count when there were enough, instead of refusing
 */
export const attempt = (name: SQLWrapper, p: Slots<Allowance>, rows: SQL, beyond: SQL = refused("throttled", secondsFrom(p.now))) =>
  sql`insert into ${attempts} (${columns(key, count, resetsAt)}) select ${name}, 1, ${p.resetsAt} ${rows}
    on conflict (${columns(key)}) do update set
      ${columns(count)} = case when ${resetsAt} <= ${p.now} then 1 when ${count} < ${p.most} then ${count} + 1
        else ${beyond} end,
      ${columns(resetsAt)} = iif(${resetsAt} <= ${p.now}, ${p.resetsAt}, ${resetsAt})`;

/** Seconds until there may be more, once there were more than enough; else null. */
export const waitBeyond = (p: Slots<Allowance & { key: string }>) =>
  sql`(select ${secondsFrom(p.now)} from ${attempts} where ${key} = ${p.key} and ${count} > ${p.most} and ${resetsAt} > ${p.now})`;

export const attemptOf = statement<Allowance & { key: string }>((p) => attempt(p.key, p, sql`where true`));

export const forget = statement<{ key: string }>((p) => sql`delete from ${attempts} where ${key} = ${p.key}`);

export const takeBack = statement<{ key: string }>(
  (p) => sql`update ${attempts} set ${columns(count)} = ${count} - 1 where ${key} = ${p.key} and ${count} > 0`,
);
