import { createMiddleware } from "hono/factory";

/**
 * What every answer carries; a route may say otherwise. An answer is one person's, so no cache on the way may keep it, and it is data:
 * a browser that is led to it loads nothing, frames nothing and guesses no type. Set before the handler runs, so that the answer is built
 * once, with them.
 */
const STANDARD = Object.entries({
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
});

export const standardHeaders = createMiddleware(async function standardHeaders(c, next) {
  for (const [name, value] of STANDARD) c.header(name, value);
  await next();
});
