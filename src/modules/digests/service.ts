import { commit } from "../../commit";
import { type Database, openDatabase } from "../../db/database";
import { AppError } from "../../lib/errors";
import { errorName, logLine } from "../../lib/log";
import { limit } from "../../limits/limits";
import { posting } from "../../mail/outbox";
import type { MemberScope } from "../../scope";
import { readSettings, type Settings } from "../../settings";
import { isQuiet } from "../preferences/quiet";
import { insertMissing } from "../preferences/statements";
import { endOfQuiet, minuteOfDay, nextDigest, offsetOf, zoneNamed } from "../preferences/zone";
import * as rows from "./statements";

const UNREACHABLE = "Confirm your e-mail address first. POST /api/auth/email/resend/ mails you another link.";

/** People whom one batch covers: most have nothing to be told … */
const AT_ONCE = 500;
/** … and such batches that a run makes. The next goes on, for everybody of a time zone is due at the same time. */
const MAX_ROUNDS = 10;

/**
 * Mails digests that are due, or rather puts them where the delivery that runs next takes them from; the cron does it every few minutes.
 * However many runs there are at once, each digest is mailed once.
 */
export async function mailDigests(env: Env): Promise<void> {
  const settings = readSettings(env);
  if (settings.mailer === null) return;
  try {
    await mailAll(openDatabase(env.DB), settings);
  } catch (error) {
    logLine("error", { message: "could not write digests", error: errorName(error) });
  }
}

async function mailAll(db: Database, settings: Settings): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = new Date();
    const time = now.toISOString();
    const [due] = await db.batch([rows.whoIsDue({ now: time, limit: AT_ONCE })]);
    if (due.length === 0) return;
    const plans = JSON.stringify(due.map((one) => plan(one, now)));
    // Nobody asked for it, so nobody's address is known for its links but `APP_URL`; and due at once, for nobody else sends it.
    const posted = { ...posting({ now, origin: () => "", settings }), dueAt: time };
    await db.batch([rows.dueLetters({ plans, ...posted }), rows.moveOn({ plans, now: time })]);
    if (due.length < AT_ONCE) return;
  }
}

/** What is to be done about somebody who came up: a digest now, or a look later. */
export function plan({ id, frequency, zone: name, quietFrom, quietTo, due: seen }: rows.Due, now: Date): rows.Plan {
  const zone = zoneNamed(name) ?? "UTC"; // a zone may be taken off the map
  const due = seen.startsWith("!") ? nextDigest(frequency, zone, new Date(seen.slice(1))) : new Date(seen);
  const later = (next: Date | null) => ({ id, seen, next: next?.toISOString() ?? null, send: false });
  if (due === null || due > now) return later(due);
  if (isQuiet(minuteOfDay(now, offsetOf(zone, now)), quietFrom, quietTo)) return later(endOfQuiet(zone, quietTo!, now));
  return { ...later(nextDigest(frequency, zone, now)), send: true };
}

/**
 * Mails the caller a digest now, whatever they said about when; true if there was anything to tell.
 *
 * @throws AppError `email_not_verified`, `throttled`
 */
export async function mailMine(scope: MemberScope): Promise<boolean> {
  const me = scope.caller.userId;
  const now = scope.now.toISOString();
  const letter = rows.letterNow({ me, ...posting(scope) });
  const steps = [
    rows.refuseUnreachable({ me }),
    ...(await limit(scope, { digest_account: me })),
    insertMissing({ me, now }),
    letter,
    rows.markTold({ me, now }),
  ];
  const mailed = await commit(scope, steps, letter).catch((error) => {
    throw error instanceof AppError && error.code === "email_not_verified"
      ? new AppError("email_not_verified", { detail: UNREACHABLE })
      : error;
  });
  return mailed.length > 0;
}
