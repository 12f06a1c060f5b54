/** Where somebody wanted to go before they had to log in: a path of ours, whatever `next` says (contracts §8). */

/** The hidden field of a button that says which page it was on. */
export const BACK_FIELD = "back";

/** A path that a browser would take to another host. */
const ELSEWHERE = /^[/\\]{2}/;

/** @returns a path with its query that is safe to redirect to; null if there is none in what was given */
export function safeNext(given: unknown, origin: string): string | null {
  if (typeof given !== "string" || !given.startsWith("/") || !URL.canParse(given, origin)) return null;
  const url = new URL(given, origin);
  const path = `${url.pathname}${url.search}${url.hash}`;
  // A path may become such a one by being read: "/.//elsewhere".
  return url.origin === origin && !ELSEWHERE.test(path) ? path : null;
}

/** Where to log in first; slashes as they are, as Django's. */
export function loginAddress(url: string): string {
  const { pathname, search } = new URL(url);
  return withNext("/login", pathname + search);
}

/** The page of ours that a request says it was made on; null if it says of none. */
export function cameFrom({ url, headers }: Request): string | null {
  const referer = headers.get("referer") ?? "";
  const { origin } = new URL(url);
  return referer.startsWith(`${origin}/`) ? safeNext(referer.slice(origin.length), origin) : null;
}

/** An address that takes along where to go on to, if there is such a place. */
export const withNext = (path: string, next: string | null): string =>
  next === null ? path : `${path}?next=${encodeURIComponent(next).replaceAll("%2F", "/")}`;

/** Who has logged in wants to go on, and not to do that again or to leave. */
const NOT_ON = /^\/(login|logout|registration)\/?(?![^?#])/;

/** As the router reads it. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Where to go on to after logging in; null if `given` names no such place. */
export function onwards(given: unknown, origin: string): string | null {
  const next = safeNext(given, origin);
  return next === null || NOT_ON.test(decoded(next)) ? null : next;
}
