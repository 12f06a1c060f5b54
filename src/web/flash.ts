import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readCookie, setPageCookie } from "../cookies";

/** What is said on the page that a form leads to, and what was filled in where it has to be filled in again: a cookie that lives for one page. */

const COOKIE = "flash";
const MAX_AGE_S = 60;
/** Browsers drop cookies over 4 KiB. */
const MAX_VALUE = 200;

const Flash = z.object({
  kind: z.enum(["good", "bad"]),
  text: z.string(),
  given: z.record(z.string(), z.string()).optional(),
});
export type Flash = z.infer<typeof Flash>;
/** What was filled in, by field, for who has to correct it. Passwords are not given back. */
export type Given = Record<string, string | undefined>;

/** @param given what the form is to have again; never a password */
export function flash(c: Context, kind: Flash["kind"], text: string, given: Given = {}): void {
  const kept = Object.entries(given).flatMap(([name, value]) => (value ? [[name, value.slice(0, MAX_VALUE)]] : []));
  const value: Flash = { kind, text: text.slice(0, MAX_VALUE), ...(kept.length > 0 && { given: Object.fromEntries(kept) }) };
  setPageCookie(c, COOKIE, encode(JSON.stringify(value)), MAX_AGE_S);
}

/** What was said for this page, once: it is gone from the browser with this answer. */
export function takeFlash(c: Context): Flash | null {
  const kept = readCookie(c.req.raw, COOKIE);
  if (kept === undefined) return null;
  setPageCookie(c, COOKIE, "", 0);
  return decode(kept);
}

/** What comes from a browser may be anything. */
function decode(value: string): Flash | null {
  try {
    const bytes = Uint8Array.from(atob(value.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    return Flash.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}

const encode = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
