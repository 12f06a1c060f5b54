import { app } from "../../src/app";

export interface Route {
  /** "GET /api/users/:id/" */
  name: string;
  method: string;
  path: string;
}

/** What the router really serves, each once: middleware registers as "ALL", and a route's own middleware repeats its path. */
export function liveRoutes(): Route[] {
  const served = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ name: `${method} ${path}`, method, path }));
  return [...new Map(served.map((route) => [route.name, route])).values()];
}

/** What a route calls by name and not by id. */
const NAMED = /^(:section|\{section\})$/;

/**
 * A route's path with a value for each of its parameters; the last serves all that are left. A number is none for what has a name, which
 * then is one of them.
 */
export const fill = (path: string, ...values: (string | number)[]): string => {
  let n = 0;
  return path.replace(/:[^/]+|\{[^/]+\}/g, (parameter) => {
    const value = values[n++] ?? values.at(-1);
    return typeof value === "number" && NAMED.test(parameter) ? "theme" : String(value);
  });
};
