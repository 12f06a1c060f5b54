import { createMiddleware } from "hono/factory";

/** Answers of the API are one person's: no cache on the way may keep them, unless a route says otherwise. */
export const privately = createMiddleware(async function privately(c, next) {
  await next();
  if (c.res.status !== 101 && !c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
});
