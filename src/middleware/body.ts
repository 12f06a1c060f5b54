import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { readBody, readImageBody, readNestedBody } from "../lib/body";
import { AppError } from "../lib/errors";
import { MAX_PICTURE_BYTES, refuseTooLarge, withOwnPaths } from "../lib/picture";

const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

const MAX_BODY_BYTES = 256 * 1024;

/** An image, and what a form has beside it. */
const MAX_UPLOAD_BYTES = MAX_PICTURE_BYTES + MAX_BODY_BYTES;
const WITH_FILES = /^\s*(multipart\/form-data|image\/|application\/octet-stream|$)/i;

const limited = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new AppError("body_too_large");
  },
});
const uploadLimited = bodyLimit({ maxSize: MAX_UPLOAD_BYTES, onError: refuseTooLarge });

/** Only where there may be a file in it, a body may be larger. */
const limitedByType: MiddlewareHandler = (c, next) =>
  (WITH_FILES.test(c.req.header("content-type") ?? "") ? uploadLimited : limited)(c, next);

/** Requests whose body was taken already: by a page that passed them on to a client's route at its address. */
const taken = new WeakSet<object>();

const normalised = (read: typeof readBody) =>
  createMiddleware(async function normalised(c, next) {
    if (WITH_BODY.has(c.req.method) && !taken.has(c.req)) {
      taken.add(c.req);
      const value = await read(c.req.raw);
      if (!isJson(c.req.header("content-type"))) c.req.raw = relabelled(c.req.raw);
      c.req.bodyCache = { json: Promise.resolve(value) } as typeof c.req.bodyCache;
      // Out of the cache it would come as the text that it is in JSON, and a file is none.
      if (Object.values(value).some((part) => part instanceof File)) c.req.json = async <T>() => value as T;
    }
    await next();
  });

function withPicture(read: typeof readBody): typeof readBody {
  return async (request) => withOwnPaths(await read(request), new URL(request.url).origin);
}

/** Lets a route that validates JSON take urlencoded, multipart and empty bodies too: what follows sees one JSON dictionary. */
export const takeAnyBody: MiddlewareHandler = every(limited, normalised(readBody));

/** The same where dictionaries are in the body, and lists, which have these names: a form says so with dots (contracts §1). */
export const takeNestedBody = (lists: readonly string[]): MiddlewareHandler => every(limited, normalised(readNestedBody(lists)));

/** The same with room for a file in a form. */
export const takeUpload: MiddlewareHandler = every(limitedByType, normalised(withPicture(readBody)));

/** The same for a route that takes an image without a form, too. */
export const takeImage: MiddlewareHandler = every(limitedByType, normalised(withPicture(readImageBody)));

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
