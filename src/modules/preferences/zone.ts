/** Clocks of people: pure functions of a time zone and a moment. What summer time does is known to `Intl` alone. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 1440;
const MAX_ZONES_KEPT = 1000;
/** By the person's clock. */
const DIGEST_MINUTE = 9 * 60;
const MONDAY = 1;

export const FREQUENCIES = ["daily", "weekly", "monthly", "on-demand"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A zone by its IANA name, in the case that it is written in; null if there is none. An offset ("+01:00") is no zone. */
export function zoneNamed(text: string): string | null {
  if (!/^[A-Za-z][\w+\-/]*$/.test(text)) return null;
  try {
    const known = new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone;
    // Of a name that stands for another ("Asia/Kolkata") the one that was given stays.
    return known.toLowerCase() === text.toLowerCase() ? known : text;
  } catch {
    return null;
  }
}

/** The names that there are, to choose from; others that stand for one of them are good, too. */
export const zoneNames = (): readonly string[] => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= MAX_ZONES_KEPT) formats.clear();
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, made);
  return made;
}

/** How far a zone's clocks are ahead of UTC at a moment, in minutes. */
export function offsetOf(zone: string, moment: Date): number {
  const name = formatOf(zone)
    .formatToParts(moment)
    .find(({ type }) => type === "timeZoneName")!.value;
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Minutes since midnight on a clock that is so far ahead of UTC. */
export const minuteOfDay = (moment: Date, offset: number): number =>
  (((moment.getUTCHours() * 60 + moment.getUTCMinutes() + offset) % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;

/** The moment at which a zone's clocks show `minute` after the midnight that begins `day` (UTC midnight of that date). */
function momentAt(day: number, minute: number, zone: string): Date {
  const shown = day + minute * MINUTE_MS;
  const guess = shown - offsetOf(zone, new Date(shown)) * MINUTE_MS;
  return new Date(shown - offsetOf(zone, new Date(guess)) * MINUTE_MS);
}

/** UTC midnight of the date that a zone's calendars show. */
function dayOf(moment: Date, zone: string): number {
  const shown = moment.getTime() + offsetOf(zone, moment) * MINUTE_MS;
  return shown - (((shown % DAY_MS) + DAY_MS) % DAY_MS);
}

const isDigestDay: Record<Exclude<Frequency, "on-demand">, (day: Date) => boolean> = {
  daily: () => true,
  weekly: (day) => day.getUTCDay() === MONDAY,
  monthly: (day) => day.getUTCDate() === 1,
};

/** When the next digest is due: at nine every day, on Mondays, or on the first of the month, by the person's clock. Null if none is. */
export function nextDigest(frequency: Frequency, zone: string, after: Date): Date | null {
  if (frequency === "on-demand") return null;
  for (let day = dayOf(after, zone); ; day += DAY_MS) {
    if (!isDigestDay[frequency](new Date(day))) continue;
    const moment = momentAt(day, DIGEST_MINUTE, zone);
    if (moment > after) return moment;
  }
}

/** When quiet hours that run at `moment` are over. */
export function endOfQuiet(zone: string, to: number, moment: Date): Date {
  for (let day = dayOf(moment, zone); ; day += DAY_MS) {
    const end = momentAt(day, to, zone);
    if (end > moment) return end;
  }
}

/** "22:30" in minutes after midnight, and back. */
export function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(":");
  return Number(hours) * 60 + Number(minutes);
}
