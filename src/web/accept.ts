import type { Context } from "hono";
import type { WebEnv } from "./web";

/** Script asks a page's address for JSON, or sends some; then refusals and answers are those of the API (contracts §4, §8). */
export function wantsJson(c: Context<WebEnv>): boolean {
  const kept = c.get("wantsJson");
  if (kept !== undefined) return kept;
  const accept = c.req.header("accept") ?? "";
  const wants = isJson(accept) || (isJson(c.req.header("content-type")) && !isHtml(accept));
  c.set("wantsJson", wants);
  return wants;
}

/** A program's body, whatever answer it would like. */
export const sendsJson = (c: Context): boolean => isJson(c.req.header("content-type"));
export const acceptsHtml = (c: Context): boolean => isHtml(c.req.header("accept") ?? "");

const isJson = (type: string | undefined) => /^\s*application\/json\b/i.test(type ?? "");
const isHtml = (accept: string) => /\btext\/html\b/i.test(accept);

/** What only programs call. */
const FOR_PROGRAMS = /^\/(api|dj-rest-auth|ws|health)\//;

/** A browser is on its way to this address. */
export const wantsPage = (c: Context): boolean => !FOR_PROGRAMS.test(c.req.path) && isHtml(c.req.header("accept") ?? "");
