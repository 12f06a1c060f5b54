import type { ErrorHandler, Hono, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { AppEnv } from "../http";
import { AppError } from "../lib/errors";

/** An error of ours as its answer. Of any other, the answer gives the request's id and nothing else. */
export const answerError: ErrorHandler<AppEnv> = (error, c) => {
  const known = error instanceof AppError ? error : fromHono(error);
  if (known.code === "internal") known.body.request_id = c.get("requestId");
  return c.json(known.body, known.status, known.headers);
};

function fromHono(error: unknown): AppError {
  if (!(error instanceof HTTPException)) return new AppError("internal");
  if (error.status === 415) return new AppError("unsupported_media_type");
  return new AppError(error.status === 413 ? "body_too_large" : error.status < 500 ? "parse_error" : "internal");
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** A path that exists, asked with another method, is 405 with `Allow` (OPTIONS is 200 with it); any other is 404, token or not. */
export function answerUnrouted(app: Hono<AppEnv>): NotFoundHandler<AppEnv> {
  let table: { method: string; pattern: RegExp }[] | undefined;
  return (c) => {
    table ??= routeTable(app);
    const served = METHODS.filter((method) => table!.some((route) => route.method === method && route.pattern.test(c.req.path)));
    const Allow = [...served, ...(served.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    if (c.req.method === "OPTIONS" && served.length > 0) return c.body(null, 200, { Allow });
    // Answered and not thrown: an error from here would go past the log.
    // A route that says of itself that there is nothing serves the method, too.
    const there = served.length > 0 && !served.some((method) => method === (c.req.method === "HEAD" ? "GET" : c.req.method));
    c.error = there ? notAllowed(c.req.method, Allow) : new AppError("not_found");
    return answerError(c.error, c);
  };
}

const notAllowed = (method: string, Allow: string) =>
  new AppError("method_not_allowed", { detail: `Method "${method}" not allowed.` }, { Allow });

const routeTable = (app: Hono<AppEnv>) =>
  app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:[^/]+/g, "[^/]+")}$`) }));
