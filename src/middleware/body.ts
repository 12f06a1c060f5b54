import { createMiddleware } from "hono/factory";
import { readBody } from "../lib/body";

const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Lets a route that validates JSON take urlencoded, multipart and empty bodies too: what follows sees one JSON dictionary. */
export const takeAnyBody = createMiddleware(async function takeAnyBody(c, next) {
  if (WITH_BODY.has(c.req.method)) {
    const value = await readBody(c.req.raw);
    if (!isJson(c.req.header("content-type"))) c.req.raw = relabelled(c.req.raw);
    c.req.bodyCache = { json: Promise.resolve(value) } as typeof c.req.bodyCache;
  }
  await next();
});

const isJson = (type: string | undefined) => type?.toLowerCase().startsWith("application/json") ?? false;

/** The validators look at the type, and take the value from the cache. */
function relabelled({ url, method, headers: original }: Request): Request {
  const headers = new Headers(original);
  headers.set("content-type", "application/json");
  return new Request(url, { method, headers });
}
