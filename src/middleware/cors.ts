import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http";
import type { Settings } from "../settings";

const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/;
const DAY_S = 86_400;

/** The API's own origin, those of the allow-list and, in development, any port of this machine. */
export function isAllowedOrigin(origin: string, requestUrl: string, { development, allowedOrigins }: Settings): boolean {
  return origin === new URL(requestUrl).origin || allowedOrigins.has(origin) || (development && LOCAL.test(origin));
}

const policy = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"],
  allowHeaders: [
    "accept",
    "accept-encoding",
    "authorization",
    "content-type",
    "dnt",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "origin",
    "user-agent",
    "x-csrftoken",
    "x-request-id",
    "x-requested-with",
  ],
  exposeHeaders: ["ETag", "Link", "X-Request-Id", "Retry-After"],
  maxAge: DAY_S,
});

/**
 * For requests with an Origin. Answers preflights with 200, as django-cors-headers does (contracts §1); errors carry the headers too. To an
 * origin that is not allowed none of them is sent.
 */
export const crossOrigin = createMiddleware<AppEnv>(async function crossOrigin(c, next) {
  if (!isAllowedOrigin(c.req.header("origin")!, c.req.url, c.get("scope").settings)) {
    if (c.req.method !== "OPTIONS") return next();
    return c.body(null, 200);
  }
  const answer = await policy(c, next);
  if (answer?.status !== 204) return;
  return new Response(null, { status: 200, headers: answer.headers });
});
