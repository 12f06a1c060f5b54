import type { Context, ErrorHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { openDatabase } from "../db/database";
import { openFiles } from "../files/storage";
import type { AppEnv } from "../http";
import { clientAddress } from "../lib/address";
import { AppError } from "../lib/errors";
import { errorName, logLine } from "../lib/log";
import { openHubs } from "../realtime/poke";
import type { Device, Scope } from "../scope";
import { readSettings } from "../settings";
import { crossOrigin } from "./cors";
import { isForged } from "./forgery";

const MAX_USER_AGENT = 200;
/** A client's own request id is taken over if it is short and cannot break a log or a header. */
const REQUEST_ID = /^[\w\-=]{1,255}$/;

/**
 * What every answer carries; a route may say otherwise. An answer is one person's, so no cache on the way may keep it, and it is data:
 * a browser that is led to it loads nothing, frames nothing and guesses no type.
 */
const STANDARD_HEADERS = Object.entries({
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  Vary: "Origin",
  "X-Content-Type-Options": "nosniff",
});

/**
 * Around every request: its id and scope, the standard headers, CORS and the refusal of forged writes for browsers, and one line in the log. One middleware and not five,
 * because each costs a small read about two hundredths of its time; headers are set before the handler runs, so that the answer is built once.
 */
export const observe = (refuse: ErrorHandler<AppEnv>) =>
  createMiddleware<AppEnv>(async function observe(c, next) {
    const started = Date.now();
    const requestId = REQUEST_ID.exec(c.req.header("x-request-id") ?? "")?.[0] ?? crypto.randomUUID();
    c.set("requestId", requestId);
    c.set("scope", openScope(c));
    c.header("X-Request-Id", requestId);
    for (const [name, value] of STANDARD_HEADERS) c.header(name, value);
    let early: Response | undefined;
    if (isForged(c.req.raw, c.get("scope").settings)) {
      // Answered and not thrown: an error from here would go past the log.
      c.error = new AppError("csrf_failed");
      early = await refuse(c.error, c);
    } else if (c.req.header("origin") === undefined) await next();
    else early = (await crossOrigin(c, next)) ?? undefined;
    logRequest(c, (early ?? c.res).status, Date.now() - started);
    return early;
  });

function openScope(c: Context<AppEnv>): Scope {
  const failed = (error: unknown) =>
    logLine("error", { message: "deferred work failed", request_id: c.get("requestId"), error: errorName(error) });
  // As it came: what reads the body may put another in its place, which lacks `cf`.
  const request = c.req.raw;
  return {
    caller: null,
    device: () => deviceOf(request),
    address: () => clientAddress(request.headers),
    origin: () => new URL(c.req.url).origin,
    db: openDatabase(c.env.DB),
    hubs: openHubs(c.env.HUB),
    files: openFiles(c.env.FILES),
    settings: readSettings(c.env),
    now: new Date(),
    note: (note) => c.set("note", { ...c.get("note"), ...note }),
    defer: (work) => c.executionCtx.waitUntil(work.catch(failed)),
  };
}

/** Read only where it is stored: the runtime parses `cf` when it is first touched, which costs more than routing does. */
const deviceOf = ({ headers, cf }: Request): Device => ({
  userAgent: (headers.get("user-agent") ?? "").slice(0, MAX_USER_AGENT),
  country: (cf?.country as string | undefined) ?? null,
});

/** No query, body, cookie or token. */
function logRequest(c: Context<AppEnv>, status: number, ms: number): void {
  const { caller, db } = c.get("scope");
  logLine(status >= 500 ? "error" : "info", {
    request_id: c.get("requestId"),
    method: c.req.method,
    path: c.req.path,
    status,
    ms,
    user_id: caller?.userId ?? null,
    d1_round_trips: db.meter.roundTrips,
    d1_rows_read: db.meter.rowsRead,
    d1_rows_written: db.meter.rowsWritten,
    ...(c.error && { error: errorName(c.error) }),
    ...(securityEvent(c, status) ?? {}),
  });
}

const DENIED: ReadonlySet<number> = new Set([401, 403, 429]);

/** What whoever watches over accounts looks for (security.md 38): somebody gets in, or does not. Only then is their address logged. */
function securityEvent(c: Context<AppEnv>, status: number): Record<string, unknown> | null {
  const note = c.get("note");
  if (!note && !DENIED.has(status)) return null;
  const failure = status === 429 ? "throttled" : status >= 500 ? "error" : note ? "failure" : "denied";
  const outcome = c.error || status >= 400 ? failure : "success";
  return { event: "access", outcome, ...note, address: c.get("scope").address() };
}
