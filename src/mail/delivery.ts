import { type Database, openDatabase } from "../db/database";
import type { Query } from "../db/statement";
import { errorName, logLine } from "../lib/log";
import { readSettings, type Settings } from "../settings";
import type { Mailer } from "./mailer";
import { claim, giveUp, isAnyDue, type Letter, MAX_TRIES, markSent, remove } from "./outbox";
import { KeyGone, writeMail } from "./write";

/** As in wrangler.toml: how often `deliverDue` runs. */
export const MAIL_CRON = "*/2 * * * *";

/** A carrier that does not answer keeps the next mail waiting no longer than this: ten of them less than a claim lasts. */
export const SEND_MS = 20_000;
const LETTERS_AT_ONCE = 10;
/** A run takes at most this many times that; the next goes on. */
const MAX_ROUNDS = 50;

interface Sender {
  readonly db: Database;
  readonly settings: Settings;
}

/** Sends letters that this request has just written, in their order. None fails it: what is not sent stays and is tried again. */
export async function deliver({ db, settings }: Sender, letters: readonly Letter[]): Promise<void> {
  const { mailer } = settings;
  if (!mailer) return;
  for (const letter of letters) await send({ db, settings }, mailer, letter);
}

/** What requests left behind: the cron runs it every few minutes. */
export async function deliverDue(env: Env): Promise<void> {
  const sender = { db: openDatabase(env.DB), settings: readSettings(env) };
  const { mailer } = sender.settings;
  try {
    await (mailer ? deliverAll(sender, mailer) : complain(sender));
  } catch (error) {
    logLine("error", { message: "could not deliver mails", error: errorName(error) });
  }
}

async function complain({ db, settings: { problems, warnings } }: Sender): Promise<void> {
  const [[due]] = await db.batch([isAnyDue({ now: new Date().toISOString() })]);
  if (due?.any) logLine("error", { message: "mails wait", problems: [...problems, ...warnings] });
}

async function deliverAll(sender: Sender, mailer: Mailer): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const time = new Date().toISOString();
    const [given, claimed] = await sender.db.batch([giveUp({ now: time }), claim({ now: time, limit: LETTERS_AT_ONCE })]);
    for (const letter of given) logGivenUp(letter, whyGivenUp(letter, time));
    for (const letter of claimed.sort((a, b) => a.id - b.id)) await send(sender, mailer, letter);
    if (claimed.length < LETTERS_AT_ONCE) break;
  }
}

function whyGivenUp({ params, tries }: Letter, now: string): string {
  if (tries >= MAX_TRIES) return "tries";
  return params.link && params.link.expires_at > now ? "replaced" : "expired";
}

/** That a newer mail has the good link, or that the link was used, is no accident. */
function logGivenUp({ id, template, tries }: Letter, reason: string): void {
  logLine(reason === "replaced" ? "info" : "error", { message: "mail given up", mail: id, template, tries, reason });
}

class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError()), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** No address and no secret goes into the log. */
async function send({ db, settings }: Sender, mailer: Mailer, letter: Letter): Promise<void> {
  const { id, template, tries } = letter;
  try {
    const mail = await writeMail(settings, letter);
    await within(SEND_MS, mailer.send(mail));
  } catch (error) {
    const reason = whyNever(error);
    if (reason === null) return logLine("error", { message: "mail not sent", mail: id, template, tries, error: errorName(error) });
    logGivenUp(letter, reason);
    return settle(db, letter, remove({ id }), "mail given up, not removed");
  }
  // Where there is a mailbox, what was sent is kept to be looked at.
  const done = settings.development ? markSent({ id, now: new Date().toISOString() }) : remove({ id });
  await settle(db, letter, done, "mail sent, not removed");
}

/** Cloudflare's list of addresses that bounced or complained: nothing goes there any more. */
const SUPPRESSED = "E_RECIPIENT_SUPPRESSED";

/** Why another try would end as this one did; null if it may not. */
function whyNever(error: unknown): string | null {
  if (error instanceof KeyGone) return "key_gone";
  return errorName(error) === SUPPRESSED ? "suppressed" : null;
}

/** If D1 fails the letter comes up once more; the others go on. */
async function settle(db: Database, { id, template }: Letter, step: Query, failure: string): Promise<void> {
  try {
    await db.batch([step]);
  } catch (error) {
    logLine("error", { message: failure, mail: id, template, error: errorName(error) });
  }
}
