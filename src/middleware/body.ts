import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { readBody } from "../lib/body";
import { AppError } from "../lib/errors";

const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

const MAX_BODY_BYTES = 256 * 1024;

const limited = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new AppError("body_too_large");
  },
});

const normalised = (read: typeof readBody) =>
  createMiddleware(async function normalised(c, next) {
    if (WITH_BODY.has(c.req.method)) {
      const value = await read(c.req.raw);
      if (!isJson(c.req.header("content-type"))) c.req.raw = relabelled(c.req.raw);
      c.req.bodyCache = { json: Promise.resolve(value) } as typeof c.req.bodyCache;
    }
    await next();
  });

/** Lets a route that validates JSON take urlencoded, multipart and empty bodies too: what follows sees one JSON dictionary. */
export const takeAnyBody: MiddlewareHandler = every(limited, normalised(readBody));

/** The same for a route that must not fail: a body that cannot be read holds nothing. */
export const takeAnyBodyOrNone: MiddlewareHandler = every(
  limited,
  normalised((request) => readBody(request).catch(() => ({}))),
);

/** The validators are pickier about spaces and parameters than clients are. */
const isJson = (type: string | undefined) => type === "application/json";

/** The validators look at the type, and take the value from the cache. */
function relabelled({ url, method, headers: original }: Request): Request {
  const headers = new Headers(original);
  headers.set("content-type", "application/json");
  return new Request(url, { method, headers });
}
