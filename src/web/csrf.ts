import type { Context } from "hono";
import { readCookie, setPageCookie } from "../cookies";
import { AppError } from "../lib/errors";
import { bearer } from "../middleware/authenticate";

/**
 * Cross-site request forgery, the second line behind `middleware/forgery.ts`: a form carries the secret of the browser's cookie, as Django's
 * forms do (contracts §4). In the page it stands masked, each time differently, so that the length of compressed pages tells nothing of it.
 */

const COOKIE = "csrftoken";
export const CSRF_FIELD = "csrfmiddlewaretoken";
const HEADER = "x-csrftoken";
/** A year, as Django's. */
const MAX_AGE_S = 31_449_600;
const SECRET_BYTES = 16;
const SECRET = /^[0-9a-f]{32}$/;
const MASKED = /^[0-9a-f]{64}$/;

const random = () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
const toHex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const xor = (a: Uint8Array, b: Uint8Array) => a.map((byte, i) => byte ^ b[i]!);

function secretOf(c: Context): string | null {
  const kept = readCookie(c.req.raw, COOKIE) ?? "";
  return SECRET.test(kept) ? kept : null;
}

/** What a form of this answer carries. Sets the cookie if the browser has none. */
export function formToken(c: Context): string {
  const secret = secretOf(c) ?? renewCsrf(c);
  const mask = random();
  return toHex(mask) + toHex(xor(mask, fromHex(secret)));
}

/** Another secret, for somebody has logged in or out: what a form had before is no good any more. */
export function renewCsrf(c: Context): string {
  const secret = toHex(random());
  setPageCookie(c, COOKIE, secret, MAX_AGE_S, { httpOnly: false });
  return secret;
}

/**
 * Refuses a form that does not have its browser's secret, masked or plain, in its field or the header. A request with a bearer token is no
 * form.
 *
 * @throws AppError `csrf_missing`
 */
export function requireFormToken(c: Context, field: unknown): void {
  if (bearer(c.req.header("authorization")) !== null) return;
  const given = c.req.header(HEADER) ?? field;
  const secret = secretOf(c);
  if (typeof given !== "string" || secret === null || !same(unmasked(given), secret)) throw new AppError("csrf_missing");
}

function unmasked(given: string): string {
  if (!MASKED.test(given)) return given;
  const bytes = fromHex(given);
  return toHex(xor(bytes.subarray(0, SECRET_BYTES), bytes.subarray(SECRET_BYTES)));
}

/** Takes as long wherever they differ. */
function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
