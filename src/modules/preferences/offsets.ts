import { sql } from "drizzle-orm";
import { type Database, openDatabase } from "../../db/database";
import { preferences } from "../../db/schema/preferences";
import { columns, statement } from "../../db/statement";
import { errorName, logLine } from "../../lib/log";
import { offsetOf, zoneNamed } from "./zone";

/** People whom one statement covers: D1 ends a query after 30 s. */
const AT_ONCE = 50_000;

const stored = statement<Record<never, never>, { zone: string; utcOffset: number }>(
  () => sql`select distinct ${preferences.timeZone} as zone, ${preferences.utcOffset} as utcOffset from ${preferences}`,
);
const highest = statement<Record<never, never>, { id: number }>(
  () => sql`select coalesce(max(${preferences.userId}), 0) as id from ${preferences}`,
);
const correct = statement<{ zones: string; above: number; upTo: number }>(
  (p) => sql`update ${preferences} set ${columns(preferences.utcOffset)} = zone.value from json_each(${p.zones}) as zone
    where ${preferences.userId} > ${p.above} and ${preferences.userId} <= ${p.upTo}
      and ${preferences.timeZone} = zone.key and ${preferences.utcOffset} <> zone.value`,
);

/** Sets the clocks of quiet hours where summer time has begun or ended: the daily cron does it. */
export async function correctOffsets(env: Pick<Env, "DB">, now = new Date()): Promise<void> {
  try {
    await correctAll(openDatabase(env.DB), now);
  } catch (error) {
    logLine("error", { message: "could not correct the offsets of time zones", error: errorName(error) });
  }
}

async function correctAll(db: Database, now: Date): Promise<void> {
  const [known, [last]] = await db.batch([stored({}), highest({})]);
  const wrong = known
    .map(({ zone, utcOffset }) => ({ zone, utcOffset, right: offsetOf(zoneNamed(zone) ?? "UTC", now) }))
    .filter(({ utcOffset, right }) => utcOffset !== right);
  if (wrong.length === 0) return;
  const zones = JSON.stringify(Object.fromEntries(wrong.map(({ zone, right }) => [zone, right])));
  for (let above = 0; above < last!.id; above += AT_ONCE) await db.batch([correct({ zones, above, upTo: above + AT_ONCE })]);
  logLine("info", { message: "offsets of time zones corrected", zones: wrong.length });
}
