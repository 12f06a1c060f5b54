import type { Context, Handler } from "hono";
import { AppError, type ErrorCode, ValidationError } from "../lib/errors";
import type { MemberScope } from "../scope";
import { wantsJson } from "./accept";
import { flash } from "./flash";
import { BACK_FIELD, safeNext } from "./next";
import { about, members } from "./visitor";
import type { WebEnv } from "./web";

/** What buttons do: each is a form that posts, says what has come of it on the page that it was on, and leads back there. */

type Words = Partial<Record<ErrorCode, string>>;

interface Options {
  /** Where it leads when the form does not say. */
  to: string | ((id: number) => string);
  /** What is said of refusals, in place of the API's words. */
  words?: Words;
  /** Where it leads when what it was about is gone, and its page with it. */
  gone?: string;
}

/** For an address with an id in it; `does` answers what is then said. */
export const actOn = (does: (me: MemberScope, id: number, body: Record<string, unknown>) => Promise<string>, options: Options) =>
  about((c, me, id) => perform(c, id, options, (body) => does(me, id, body)));

/** The same for an address without one. */
export const act = (does: (me: MemberScope) => Promise<string>, options: Options): Handler<WebEnv> =>
  members((c, me) => perform(c, 0, options, () => does(me)));

async function perform(
  c: Context<WebEnv>,
  id: number,
  { to, words, gone }: Options,
  does: (body: Record<string, unknown>) => Promise<string>,
) {
  const body: Record<string, unknown> = await c.req.json();
  const back = safeNext(body[BACK_FIELD], new URL(c.req.url).origin) ?? (typeof to === "string" ? to : to(id));
  try {
    const said = await does(body);
    if (wantsJson(c)) return c.json({ detail: said });
    flash(c, "good", said);
    return c.redirect(back, 303);
  } catch (error) {
    if (wantsJson(c) || !(error instanceof AppError) || !isRefusal(error)) throw error;
    flash(c, "bad", words?.[error.code] ?? textOf(error));
    return c.redirect(GONE.includes(error.code) && gone !== undefined && isAbout(back, id) ? gone : back, 303);
  }
}

const GONE: readonly ErrorCode[] = ["not_found", "no_such_user"];

/** A page of this very person or thing, which is not there any more. */
const isAbout = (path: string, id: number): boolean => path.split(/[/?#]/).includes(String(id));

/**
 * Something that whoever pressed the button can understand. Without a session they are led to log in, failures are ours, and a button that is
 * not theirs was on no page of theirs.
 */
const isRefusal = ({ status, code }: AppError): boolean => status >= 400 && status < 500 && status !== 401 && code !== "permission_denied";

const MINUTE_S = 60;

function textOf(error: AppError): string {
  if (error instanceof ValidationError) return Object.values(error.body)[0]?.[0] ?? "That did not work.";
  if (error.code !== "throttled") return String(error.body.detail);
  const minutes = Math.ceil(Number(error.headers["Retry-After"]) / MINUTE_S);
  return `That was too often. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}
