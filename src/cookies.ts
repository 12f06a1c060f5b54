import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { parse } from "hono/utils/cookie";
import { ValidationError } from "./lib/errors";
import { type Client, expiryOf, lifetimeOf } from "./tokens";

/**
 * A session's tokens as cookies, for browsers. Every log-in sets them beside the tokens in its body; a client uses what suits it, and an
 * Authorization header beats a cookie. Under https their names carry the prefixes that keep other hosts from setting them.
 */

const ACCESS = "access_token";
const REFRESH = "refresh_token";
const EVERYWHERE = "/";
/** MovieConnect refreshes at this address only, so its browser sends the token nowhere else (contracts §6). */
const REFRESH_ONLY = "/api/token/refresh";

const isSecure = (url: string) => url.startsWith("https:");

/** `__Host-` demands the path `/`. */
const nameOf = (name: string, path: string, secure: boolean) =>
  !secure ? name : path === EVERYWHERE ? `__Host-${name}` : `__Secure-${name}`;

interface Pair {
  access: string;
  refresh: string;
}

/**
 * Of somebody who has logged in: the secret of this browser's forms goes with the session that it had, if it has one.
 *
 * @param client whose log-in it is; decides where its browser sends the refresh token
 */
export function setSessionCookies(c: Context, pair: Pair, client?: Client): void {
  turnSessionCookies(c, pair, client);
  if (formSecret(c) !== null) renewFormSecret(c);
}

/** The next pair of the same session. */
export function turnSessionCookies(c: Context, { access, refresh }: Pair, client?: Client): void {
  const [path, other] = client === "movieconnect" ? [REFRESH_ONLY, EVERYWHERE] : [EVERYWHERE, REFRESH_ONLY];
  put(c, ACCESS, access, EVERYWHERE);
  // An earlier log-in's, maybe somebody else's: a browser that had both would refresh with either. First, for clients that know no paths.
  clear(c, REFRESH, other);
  put(c, REFRESH, refresh, path);
}

export function clearSessionCookies(c: Context): void {
  clear(c, ACCESS, EVERYWHERE);
  for (const path of [EVERYWHERE, REFRESH_ONLY]) clear(c, REFRESH, path);
}

const put = (c: Context, name: string, token: string, path: string) =>
  bake(c, name, token, { path, expires: new Date(expiryOf(token)), maxAge: lifetimeOf(token) });

const clear = (c: Context, name: string, path: string) => bake(c, name, "", { path, expires: new Date(0), maxAge: 0 });

type Attributes = Pick<CookieOptions, "expires" | "maxAge" | "httpOnly"> & { path: string };

function bake(c: Context, name: string, value: string, { path, httpOnly = true, ...lifetime }: Attributes): void {
  const secure = isSecure(c.req.url);
  setCookie(c, nameOf(name, path, secure), value, { path, ...lifetime, httpOnly, sameSite: "Lax", secure });
}

/** A cookie of the pages' own, for all of them. @param maxAge in seconds; 0 takes it away */
export const setPageCookie = (c: Context, name: string, value: string, maxAge: number, { httpOnly = true } = {}): void =>
  bake(c, name, value, { path: EVERYWHERE, maxAge, httpOnly });

/** What a browser's forms carry, see `web/csrf.ts`; Django's name for it, and its year. */
const FORM_SECRET = "csrftoken";
const FORM_SECRET_S = 31_449_600;
const SECRET_BYTES = 16;
const SECRET = /^[0-9a-f]{32}$/;

declare module "hono" {
  interface ContextVariableMap {
    /** The one that this answer sets. */
    formSecret?: string;
  }
}

/** Null if the browser has none. */
export function formSecret(c: Context): string | null {
  const kept = c.get("formSecret") ?? readCookie(c.req.raw, FORM_SECRET) ?? "";
  return SECRET.test(kept) ? kept : null;
}

/** Another secret: what a form had before is no good any more. */
export function renewFormSecret(c: Context): string {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex();
  c.set("formSecret", secret);
  setPageCookie(c, FORM_SECRET, secret, FORM_SECRET_S, { httpOnly: false });
  return secret;
}

/** What a browser keeps while its person is at a provider's, to log in or to link; for `maxAge` seconds. */
const ATTEMPT = "login_attempt";
export const keepAttempt = (c: Context, attempt: string, maxAge: number): void => setPageCookie(c, ATTEMPT, attempt, maxAge);

/** It is good for one try, whatever comes of that. Only the name that no other host can set counts. */
export function takeAttempt(c: Context): string | undefined {
  const kept = getCookie(c, nameOf(ATTEMPT, EVERYWHERE, isSecure(c.req.url)));
  clear(c, ATTEMPT, EVERYWHERE);
  return kept;
}

export const accessCookie = (request: Request): string | undefined => readCookie(request, ACCESS);
export const refreshCookie = (request: Request): string | undefined => readCookie(request, REFRESH);

/**
 * What a request refreshes with: the token in its body, else in its cookie.
 *
 * @throws ValidationError if it has neither
 */
export function refreshTokenOf(request: Request, given: string | undefined): string {
  const token = given ?? refreshCookie(request);
  if (token === undefined) throw new ValidationError({ refresh: ["This field is required."] });
  return token;
}

/**
 * Under https only the prefixed names count: any page of the domain could have set the others, and one of a neighbouring host those that are
 * not the host's own. So `__Secure-` is looked at where MovieConnect refreshes, and nowhere else.
 */
export function readCookie(request: Request, name: string): string | undefined {
  const header = request.headers.get("cookie");
  if (header === null) return undefined;
  const cookies = parse(header);
  if (!isSecure(request.url)) return cookies[name];
  const narrow = name === REFRESH && new URL(request.url).pathname.startsWith(REFRESH_ONLY);
  return cookies[`__Host-${name}`] ?? (narrow ? cookies[`__Secure-${name}`] : undefined);
}
