import type { Context, Handler } from "hono";
import { accessCookie, clearSessionCookies, refreshCookie, turnSessionCookies } from "../cookies";
import { AppError, accessTokenError } from "../lib/errors";
import { callerOf } from "../middleware/authenticate";
import * as sessions from "../modules/auth/sessions";
import type { Viewer } from "../modules/viewer/schemas";
import { withViewer } from "../modules/viewer/service";
import type { Caller, MemberScope, Scope } from "../scope";
import { verifyAccess } from "../tokens";
import { wantsJson } from "./accept";
import { flash } from "./flash";
import { cameFrom, loginAddress, withNext } from "./next";
import { idIn } from "./query";
import type { WebEnv } from "./web";

/** Who asks for a page: by their cookies, or a bearer token. */

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

type MemberPage = (c: Context<WebEnv>, me: MemberScope) => Response | Promise<Response>;
type VisitorPage = (c: Context<WebEnv>, me: MemberScope | null) => Response | Promise<Response>;

/** Where the website is switched off, its addresses are as if there were none. */
const ofWebsite =
  (show: (c: Context<WebEnv>) => Promise<Response>): Handler<WebEnv> =>
  (c, next) =>
    c.get("scope").settings.pages ? show(c) : next();

/** A page, or what a form does, for who is logged in; anybody else is led to log in, and from there back to a page. */
export const members = (show: MemberPage): Handler<WebEnv> =>
  ofWebsite(async (c) => (await asVisitor(c, (me) => show(c, me))) ?? toLogin(c));

/** The same about what the id in its address names. @throws AppError `not_found` for what is none */
export const about = (show: (c: Context<WebEnv>, me: MemberScope, id: number) => Response | Promise<Response>): Handler<WebEnv> =>
  members((c, me) => show(c, me, idIn(c)));

/** A page for everybody, which may have more for who is logged in. */
export const everybody = (show: VisitorPage): Handler<WebEnv> => ofWebsite(forAnybody(show));

/** The same for what mails lead to, which is there without a website, too. */
export const anybody = (show: VisitorPage): Handler<WebEnv> => forAnybody(show);

const forAnybody = (show: VisitorPage) => async (c: Context<WebEnv>) => (await asVisitor(c, (me) => show(c, me))) ?? show(c, null);

/** From there back to the page, or to the one that the form was on. @throws AppError `not_authenticated` to script, which is led nowhere */
function toLogin(c: Context<WebEnv>): Response {
  if (wantsJson(c)) throw new AppError("not_authenticated");
  if (!READING.has(c.req.method)) {
    flash(c, "bad", "You were logged out meanwhile. Log in, then do it again.");
    return c.redirect(withNext("/login", cameFrom(c.req.raw)));
  }
  if (accessCookie(c.req.raw) ?? refreshCookie(c.req.raw)) flash(c, "bad", "Your session is over. Log in again.");
  return c.redirect(loginAddress(c.req.url));
}

/**
 * Does something for whoever asks. Where the access token has run out and the refresh token is still good, the pair is turned on the way,
 * silently: a page without script could not do it. Null if nobody is logged in, and the cookies are gone then.
 */
async function asVisitor<Result>(c: Context<WebEnv>, work: (member: MemberScope) => Result | Promise<Result>): Promise<Result | null> {
  try {
    const access = (await callerOf(c.req.raw, c.get("scope"))) ?? (await turned(c));
    return access === null ? null : await work(memberWith(c, access));
  } catch (error) {
    if (!(error instanceof AppError && error.code === "token_not_valid")) throw error;
    clearSessionCookies(c);
    c.set("viewer", nobody);
    return null;
  }
}

const nobody = async (): Promise<Viewer | null> => null;

async function turned(c: Context<WebEnv>): Promise<Caller | null> {
  const scope = c.get("scope");
  const token = refreshCookie(c.req.raw);
  // Who brings an access token is that person or nobody, whatever the browser adds.
  if (token === undefined || /^\s*bearer\b/i.test(c.req.header("authorization") ?? "")) return null;
  const { client, tokens } = await sessions.refresh(scope, token).catch(notTooOften);
  turnSessionCookies(c, tokens, client);
  return verifyAccess(scope.settings, tokens.access);
}

/** Only what is no good is ever too often: without it one may at least log in. */
function notTooOften(error: unknown): never {
  throw error instanceof AppError && error.code === "throttled" ? accessTokenError() : error;
}

/** For a page, with its frame riding along; what a form does is done first, and its page asks for its frame then. */
function memberWith(c: Context<WebEnv>, { userId, sessionId }: Caller): MemberScope {
  const member = { ...c.get("scope"), caller: { userId, sessionId } };
  const { scope, viewer } = withViewer(member);
  c.set("viewer", async () => (await viewer()) ?? sessionIsOver());
  c.set("framed", scope);
  const acting = READING.has(c.req.method) ? scope : member;
  c.set("scope", acting);
  return acting;
}

/** A page that has nothing to ask for has not been told yet. */
function sessionIsOver(): never {
  throw accessTokenError();
}

/**
 * Settles who looks at a page that says why not, where that was refused before it was known. Who has sent something gets no other tokens:
 * where it came from may be why it was refused.
 */
export async function lookOn(c: Context<WebEnv>): Promise<void> {
  if (c.get("viewer")) return;
  if (READING.has(c.req.method)) await asVisitor(c, () => {});
  else {
    const access = await callerOf(c.req.raw, c.get("scope"));
    if (access) memberWith(c, access);
  }
}

/** To read for a page that answers a form: its frame rides along there too. */
export const framed = (c: Context<WebEnv>): MemberScope => c.get("framed")!;

/** To do what takes no log-in: whoever is logged in does it as anybody would, also when their session is over. */
export const asNobody = (c: Context<WebEnv>): Scope => ({ ...c.get("scope"), caller: null });
