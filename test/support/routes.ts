import { app } from "../../src/app";
import { pages } from "../../src/web/routes";

export interface Route {
  /** "GET /api/users/:id/" */
  name: string;
  method: string;
  path: string;
}

type Registered = { method: string; path: string }[];

/** Each once: middleware registers as "ALL", and a route's own middleware repeats its path. */
function named(registered: Registered): Map<string, Route> {
  const served = registered
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ name: `${method} ${path}`, method, path }));
  return new Map(served.map((route) => [route.name, route]));
}

/** Where a page and a client of ours have the same address: the API's, for what it answers is in the documentation. */
const SHARED = ["POST /login/"];

/** What the router really serves to people with a browser. */
export function pageRoutes(): Route[] {
  return [...named(pages.routes).values()].filter(({ name }) => !SHARED.includes(name));
}

/** What it serves to programs. */
export function liveRoutes(): Route[] {
  const ofPages = new Set(pageRoutes().map(({ name }) => name));
  return [...named(app.routes).values()].filter(({ name }) => !ofPages.has(name));
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
