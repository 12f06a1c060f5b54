import type { Scope } from "../scope";
import type { Mail } from "./mailer";
import { type Letter, letterById, newestLetters } from "./outbox";
import { KeyGone, writeMail } from "./write";

/** The outbox as a developer reads it. */

const MAX_SHOWN = 200;

export interface MailboxItem extends Mail {
  id: number;
  /** Null while it waits: where a carrier is tried out. */
  sent_at: string | null;
}

/** Newest first; `to` narrows it to one address. */
export async function listMails(scope: Scope, to: string | null): Promise<MailboxItem[]> {
  const [letters] = await scope.db.batch([newestLetters({ to: to?.toLowerCase() ?? null, limit: MAX_SHOWN })]);
  const mails = await Promise.all(letters.map((letter) => shown(scope, letter)));
  return mails.filter((mail) => mail !== null);
}

export async function readMail(scope: Scope, id: number): Promise<MailboxItem | null> {
  const [[letter]] = await scope.db.batch([letterById({ id })]);
  return letter ? shown(scope, letter) : null;
}

/** Null for one of before the signing secret was made anew: its link opens nothing that could be written down. */
async function shown({ settings }: Scope, letter: Letter): Promise<MailboxItem | null> {
  const { id, sentAt } = letter;
  const mail = await writeMail(settings, letter).catch(unlessKeyGone);
  return mail && { id, ...mail, sent_at: sentAt };
}

function unlessKeyGone(error: unknown): null {
  if (error instanceof KeyGone) return null;
  throw error;
}
