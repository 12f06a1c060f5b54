import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { preferences } from "../../db/schema/preferences";

/**
 * Quiet hours, in TypeScript and in SQL; a property test holds the two together. They run from one minute of the day up to another, over
 * midnight if that is earlier. Without both, or where they are the same, there are none.
 */
export function isQuiet(minute: number, from: number | null, to: number | null): boolean {
  if (from === null || to === null) return false;
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}

const { utcOffset, quietFrom, quietTo } = preferences;
const A_DAY = sql.raw("1440");

/** 1 while the person of a row of `preferences` has quiet hours, else 0: by the clock of their zone, as far ahead as the row says. */
export function isQuietAt(now: SQLWrapper): SQL {
  const utc = sql`(cast(substr(${now}, 12, 2) as integer) * 60 + cast(substr(${now}, 15, 2) as integer))`;
  const since = sql`((${utc} + ${utcOffset} - ${quietFrom} + 2 * ${A_DAY}) % ${A_DAY})`;
  return sql`coalesce(${since} < (${quietTo} - ${quietFrom} + ${A_DAY}) % ${A_DAY}, 0)`;
}

/** Holds unless somebody has turned live notifications off, or wants to be left alone just now. */
export const wantsPush = (person: SQLWrapper, now: SQLWrapper): SQL =>
  sql`not exists (select 1 from ${preferences} where ${preferences.userId} = ${person}
    and (${preferences.pushNotifications} = 0 or ${isQuietAt(now)}))`;
