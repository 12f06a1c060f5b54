import type { Settings } from "../settings";
import { asHtml, asText } from "./layout";
import { linkSecret, type Purpose } from "./links";
import type { Mail } from "./mailer";
import type { Letter, Template } from "./outbox";
import { CONTENTS } from "./templates";

/** The signing key that a link was made with is no longer there. */
export class KeyGone extends Error {
  override readonly name = "KeyGone";
}

const PURPOSES: Partial<Record<Template, Purpose>> = { verify: "verify", change: "change", reset: "reset" };

/**
 * Writes out the mail of a letter, secret and all: when it is sent, or looked at in the mailbox.
 *
 * @throws KeyGone
 */
export async function writeMail(settings: Settings, letter: Letter): Promise<Mail> {
  const { address, template, createdAt, params } = letter;
  const { appName } = settings;
  const account = params.account && { username: params.account.username, since: when(params.account.since) };
  const digest = params.digest && {
    ...params.digest,
    items: params.digest.items.map(({ text, at }) => ({ text, at: onClock(at, params.digest!.zone) })),
  };
  const content = CONTENTS[template]({ appName, url: await addressOf(settings, letter), at: when(createdAt), account, digest });
  return { to: address, subject: content.subject, text: asText(appName, content), html: asHtml(appName, content) };
}

/** "20 Nov 2026, 20:47", as the reader's clock showed it. */
function onClock(time: string, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(time));
  } catch {
    return when(time); // zones are taken off the map now and then
  }
}

const when = (time: string) => `${time.slice(0, 10)} at ${time.slice(11, 16)} UTC`;

/** Where the button leads: to the app's own pages if `APP_URL` names them, or else to ours. */
async function addressOf(settings: Settings, { template, params, userId }: Letter): Promise<string> {
  // A cron writes it, to whom nobody has told an address of ours.
  if (template === "digest") return settings.appUrl ? `${settings.appUrl}/` : "";
  const base = settings.appUrl ?? params.origin;
  const purpose = PURPOSES[template];
  if (!purpose) return `${base}/forgot-password/`;
  const secret = params.link ? await linkSecret(settings, purpose, params.link) : null;
  if (secret === null) throw new KeyGone();
  if (purpose === "reset") return `${base}/reset-password/?${new URLSearchParams({ uid: String(userId), token: secret })}`;
  return `${base}/verify-email/?${new URLSearchParams({ key: secret })}`;
}
