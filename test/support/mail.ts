import type { SendBinding } from "../../src/mail/mailer";
import { call } from "./people";

export interface ReadMail {
  id: number;
  to: string;
  subject: string;
  text: string;
  html: string;
  sent_at: string | null;
}

/** What the mailbox holds for an address, newest first. */
export async function mailsTo(address: string): Promise<ReadMail[]> {
  const { status, body, text } = await call("GET", `/dev/mailbox/?to=${encodeURIComponent(address)}`);
  if (status !== 200) throw new Error(`mailbox: ${status} ${text}`);
  return body;
}

/** The parameters of the one link that leads on in the newest mail to an address. */
export async function linkTo(address: string): Promise<{ url: URL; key: string; uid: string; token: string }> {
  const [mail] = await mailsTo(address);
  if (!mail) throw new Error(`no mail to ${address}`);
  return linkIn(mail);
}

export function linkIn({ text }: { text: string }): { url: URL; key: string; uid: string; token: string } {
  const url = new URL(/^https?:\S+$/m.exec(text)![0]);
  const [key, uid, token] = ["key", "uid", "token"].map((name) => url.searchParams.get(name) ?? "") as [string, string, string];
  return { url, key, uid, token };
}

type Sent = Parameters<SendBinding["send"]>[0];

/** A way out for mails as Cloudflare binds it, with what went through; `fail` makes it refuse. */
export class Carrier implements SendBinding {
  readonly sent: Sent[] = [];
  fail = false;

  /** What the environment needs to have for mails to go this way. */
  get env() {
    return { MAIL: "cloudflare", MAIL_FROM: "Kith <no-reply@example.com>", EMAIL: this };
  }

  send = async (message: Sent): Promise<void> => {
    if (this.fail) throw Object.assign(new Error(`550 ${message.to} is not welcome`), { code: "E_DELIVERY_FAILED" });
    this.sent.push(message);
  };
}
