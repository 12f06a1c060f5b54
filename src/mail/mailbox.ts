import type { Scope } from "../scope";
import type { Mail } from "./mailer";
import { type Letter, letterById, newestLetters } from "./outbox";
import { writeMail } from "./write";

/** The outbox as a developer reads it. */

const MAX_SHOWN = 200;

export interface MailboxItem extends Mail {
  id: number;
  sent_at: string;
}

/** Newest first; `to` narrows it to one address. */
export async function listMails(scope: Scope, to: string | null): Promise<MailboxItem[]> {
  const [letters] = await scope.db.batch([newestLetters({ to: to?.toLowerCase() ?? null, limit: MAX_SHOWN })]);
  return Promise.all(letters.map((letter) => shown(scope, letter)));
}

export async function readMail(scope: Scope, id: number): Promise<MailboxItem | null> {
  const [[letter]] = await scope.db.batch([letterById({ id })]);
  return letter ? shown(scope, letter) : null;
}

async function shown({ settings }: Scope, letter: Letter): Promise<MailboxItem> {
  const { id, createdAt, sentAt } = letter;
  return { id, ...(await writeMail(settings, letter)), sent_at: sentAt ?? createdAt };
}
