import type { Settings } from "../settings";
import { isAllowedOrigin } from "./cors";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const BEARER = /^\s*bearer\s/i;
/** The page is ours, or the person typed the address. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Whether a page that may not use the API made this browser write: cross-site request forgery. A browser sends cookies along with what any
 * page asks for, and lets any form log it in; it says where the request comes from in Origin or Sec-Fetch-Site, and a client that says
 * neither is no browser. A page cannot set a bearer token without passing a preflight first, so a request with one is its own; other kinds of
 * Authorization a browser sends by itself.
 */
export function isForged(request: Request, settings: Settings): boolean {
  if (SAFE.has(request.method)) return false; // before the rest is touched: most requests are reads
  const { headers, url } = request;
  if (BEARER.test(headers.get("authorization") ?? "")) return false;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  // A form of a page without referrers, as ours are, says "null" for its own origin too.
  if (origin === "null" && site === "same-origin") return false;
  if (origin !== null) return !isAllowedOrigin(origin, url, settings);
  return site !== null && !OWN_SITES.has(site);
}
