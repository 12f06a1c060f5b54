import type { Context } from "hono";
import { clearSessionCookies, refreshCookie, setSessionCookies } from "../cookies";
import type { AppEnv } from "../http";
import { AppError } from "../lib/errors";
import { callerOf } from "../middleware/authenticate";
import * as sessions from "../modules/auth/sessions";
import type { Caller, MemberScope } from "../scope";
import { verifyAccess } from "../tokens";

/**
 * Does something for whoever asks for a page, by their cookies. Where the access token has run out and the refresh token is still good, the
 * pair is turned on the way, silently: a page has no script that would do it. Null if nobody is logged in, and the cookies are gone then.
 */
export async function asVisitor<Result>(c: Context<AppEnv>, work: (member: MemberScope) => Promise<Result>): Promise<Result | null> {
  try {
    const access = (await callerOf(c.req.raw, c.get("scope"))) ?? (await turned(c));
    return access === null ? null : await work(memberWith(c, access));
  } catch (error) {
    if (!(error instanceof AppError && error.code === "token_not_valid")) throw error;
    clearSessionCookies(c);
    return null;
  }
}

async function turned(c: Context<AppEnv>): Promise<Caller | null> {
  const scope = c.get("scope");
  const token = refreshCookie(c.req.raw);
  if (token === undefined) return null;
  const { client, tokens } = await sessions.refresh(scope, token);
  setSessionCookies(c, tokens, client);
  return verifyAccess(scope.settings, tokens.access);
}

function memberWith(c: Context<AppEnv>, { userId, sessionId }: Caller): MemberScope {
  const member = { ...c.get("scope"), caller: { userId, sessionId } };
  c.set("scope", member);
  return member;
}
