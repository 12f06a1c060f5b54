import type { Context } from "hono";
import { formSecret, renewFormSecret } from "../cookies";
import { AppError } from "../lib/errors";
import { bearer } from "../middleware/authenticate";

/**
 * Cross-site request forgery, the second line behind `middleware/forgery.ts`: a form carries the secret of the browser's cookie, as Django's
 * forms do (contracts §4). In the page it stands masked, each time differently, so that the length of compressed pages tells nothing of it.
 */

export const CSRF_FIELD = "csrfmiddlewaretoken";
const HEADER = "x-csrftoken";
const SECRET_BYTES = 16;
const MASKED = /^[0-9a-f]{64}$/;

const xor = (a: Uint8Array, b: Uint8Array) => a.map((byte, i) => byte ^ b[i]!);

/** What the forms of one answer carry. Sets the cookie if the browser has none. */
export function formToken(c: Context): string {
  const secret = formSecret(c) ?? renewFormSecret(c);
  const mask = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return mask.toHex() + xor(mask, Uint8Array.fromHex(secret)).toHex();
}

/**
 * Refuses a form that does not have its browser's secret, masked or plain, in its field or the header. A request with a bearer token is no
 * form.
 *
 * @throws AppError `csrf_missing`
 */
export function requireFormToken(c: Context, field: unknown): void {
  if (bearer(c.req.header("authorization")) !== null) return;
  const given = field || c.req.header(HEADER);
  const secret = formSecret(c);
  if (typeof given !== "string" || secret === null || !same(unmasked(given), secret)) throw new AppError("csrf_missing");
}

function unmasked(given: string): string {
  if (!MASKED.test(given)) return given;
  const bytes = Uint8Array.fromHex(given);
  return xor(bytes.subarray(0, SECRET_BYTES), bytes.subarray(SECRET_BYTES)).toHex();
}

/** Takes as long wherever they differ. */
function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
