import { createMiddleware } from "hono/factory";
import { openDatabase } from "../db/database";
import type { AppEnv } from "../http";
import { errorName, logLine } from "../lib/log";
import { openHubs } from "../realtime/poke";
import type { Device, Scope } from "../scope";
import { readSettings } from "../settings";

const MAX_USER_AGENT = 200;

/** Gives the request its scope, and leaves one line about it in the log: no query, body, cookie or token. */
export const observe = createMiddleware<AppEnv>(async function observe(c, next) {
  const started = Date.now();
  const scope: Scope = {
    caller: null,
    device: () => deviceOf(c.req.raw),
    db: openDatabase(c.env.DB),
    hubs: openHubs(c.env.HUB),
    settings: readSettings(c.env),
    now: new Date(),
    defer: (work) =>
      c.executionCtx.waitUntil(
        work.catch((error) =>
          logLine("error", { message: "deferred work failed", request_id: c.get("requestId"), error: errorName(error) }),
        ),
      ),
  };
  c.set("scope", scope);
  await next();
  const { caller, db } = c.get("scope");
  logLine(c.res.status >= 500 ? "error" : "info", {
    request_id: c.get("requestId"),
    method: c.req.method,
    path: c.req.path,
    status: c.res.status,
    ms: Date.now() - started,
    user_id: caller?.userId ?? null,
    d1_round_trips: db.meter.roundTrips,
    d1_rows_read: db.meter.rowsRead,
    d1_rows_written: db.meter.rowsWritten,
    ...(c.error && { error: errorName(c.error) }),
  });
});

/** Read only where it is stored: the runtime parses `cf` when it is first touched, which costs more than routing does. */
const deviceOf = ({ headers, cf }: Request): Device => ({
  userAgent: (headers.get("user-agent") ?? "").slice(0, MAX_USER_AGENT),
  country: (cf?.country as string | undefined) ?? null,
});
