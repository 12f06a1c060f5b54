import { createMiddleware } from "hono/factory";
import { readBody } from "../lib/body";

const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Lets a route that validates JSON take urlencoded, multipart and empty bodies too: what follows sees one JSON dictionary. */
export const takeAnyBody = createMiddleware(async function takeAnyBody(c, next) {
  if (WITH_BODY.has(c.req.method)) {
    const { raw } = c.req;
    const value = await readBody(raw);
    const headers = new Headers(raw.headers);
    headers.set("content-type", "application/json");
    c.req.raw = new Request(raw.url, { method: raw.method, headers });
    c.req.bodyCache = { json: Promise.resolve(value) } as typeof c.req.bodyCache;
  }
  await next();
});
