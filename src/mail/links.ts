import type { Settings } from "../settings";

/**
 * Links that are mailed. The secret of one is derived from its nonce with the signing key whenever the mail is made, and nothing stored
 * gives it away: a copy of the database opens no account.
 */

export type Purpose = "verify" | "change" | "reset";

const MINUTE_MS = 60_000;
/** How long a link is good. */
export const LINK_MINUTES: Record<Purpose, number> = { verify: 24 * 60, change: 60, reset: 30 };
const NONCE_BYTES = 16;

/** What a mail needs to write the link down: its row in the outbox has this. */
export interface LinkParams {
  nonce: string;
  /** Which key made the secret: one that was rotated out still writes the links that it began. */
  kid: string;
  expires_at: string;
}

export interface Link extends LinkParams {
  purpose: Purpose;
  /** What is stored to find it again. */
  secretHash: string;
}

/** @throws AppError `not_configured` */
export async function mintLink(settings: Settings, purpose: Purpose, now: Date): Promise<Link> {
  const { current } = await settings.signingKeys();
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  const secretHash = await hashSecret(await derive(current.key, purpose, nonce));
  return {
    purpose,
    nonce,
    kid: current.kid,
    secretHash,
    expires_at: new Date(now.getTime() + LINK_MINUTES[purpose] * MINUTE_MS).toISOString(),
  };
}

/** The secret of a link; null once the key that made it is gone. */
export async function linkSecret(settings: Settings, purpose: Purpose, { nonce, kid }: LinkParams): Promise<string | null> {
  const key = (await settings.signingKeys()).all.get(kid);
  return key ? derive(key, purpose, nonce) : null;
}

/** Whether this can be the secret of a link at all: 32 bytes. */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

export async function hashSecret(secret: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret))).toHex();
}

/** The space keeps it apart from all that is signed as a token: what is signed there has none. */
async function derive(key: CryptoKey, purpose: Purpose, nonce: string): Promise<string> {
  const message = new TextEncoder().encode(`kith link:${purpose}:${nonce}`);
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, message)));
}

const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
