/** What carries mails. Chosen by the environment: see `chooseMailer`. */

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /** The outbox itself is where its mails are read: they count as sent when they are written. */
  readonly local: boolean;
  /** @throws whatever the carrier throws: the mail stays in the outbox and is tried again */
  send(mail: Mail): Promise<void>;
}

/** What `[[send_email]]` in wrangler.toml binds, as far as it is used. */
export interface SendBinding {
  send(message: Mail & { from: { name: string; email: string } }): Promise<unknown>;
}

export interface MailEnvironment {
  MAIL?: string;
  MAIL_FROM?: string;
  EMAIL?: SendBinding;
}

/** In development: mails are kept and shown at /dev/mailbox/. */
const mailbox: Mailer = { local: true, send: async () => {} };
/** Mails are made and thrown away. */
const nowhere: Mailer = { local: false, send: async () => {} };

/** Cloudflare's Email Service, which takes a message in parts and makes the MIME of it. */
const cloudflare = (binding: SendBinding, from: { name: string; email: string }): Mailer => ({
  local: false,
  send: async (mail) => void (await binding.send({ ...mail, from })),
});

/** "no-reply@example.com", or "Kith <no-reply@example.com>" with or without quotes around the name. */
const ADDRESS = /^[^\s<>@"]+@[^\s<>@"]+\.[^\s<>@"]+$/;
const NAMED = /^(?:"([^"<>]*)"|([^"<>]*?))\s*<\s*([^<>]*?)\s*>$/;

/** Of what stands in a mail's head: a line's end would begin another line of it. */
export const hasControls = (text: string): boolean => /\p{Cc}/u.test(text);

function senderIn(text: string): { name: string; email: string } | null {
  const [, quoted, bare, inside] = NAMED.exec(text) ?? [];
  const email = inside ?? text;
  return ADDRESS.test(email) && !hasControls(text) ? { name: quoted ?? bare ?? "", email } : null;
}

/** Whoever set `MAIL=none` wants no mails. */
export const throwsMailsAway = ({ MAIL }: MailEnvironment): boolean => MAIL?.trim().toLowerCase() === "none";

/**
 * The mailer that `MAIL` names: `mailbox` (while developing, if nothing is said), `cloudflare` (otherwise) or `none`. If it cannot work,
 * there is none and a sentence about what to set: mails then wait in the outbox.
 */
export function chooseMailer(env: MailEnvironment, appName: string, development: boolean): { mailer: Mailer | null; problem?: string } {
  const driver = env.MAIL?.trim().toLowerCase() || (development ? "mailbox" : "cloudflare");
  if (throwsMailsAway(env)) return { mailer: nowhere };
  if (driver === "mailbox") {
    if (development) return { mailer: mailbox };
    return { mailer: null, problem: "MAIL=mailbox is for development only: set MAIL to cloudflare or none." };
  }
  if (driver !== "cloudflare") return { mailer: null, problem: "MAIL has to be cloudflare, mailbox or none." };
  const sender = senderIn((env.MAIL_FROM ?? "").trim());
  if (!sender)
    return { mailer: null, problem: "Mails have no sender: set MAIL_FROM to an address of a domain that may send, or MAIL=none." };
  if (!env.EMAIL)
    return { mailer: null, problem: "Mails have no way out: bind [[send_email]] as EMAIL in wrangler.toml, or set MAIL=none." };
  return { mailer: cloudflare(env.EMAIL, { name: sender.name || appName, email: sender.email }) };
}
