import { createMiddleware } from "hono/factory";
import { accessCookie, refreshCookie } from "../cookies";
import { AppError } from "../lib/errors";
import type { Caller, MemberScope, Scope } from "../scope";
import { verifyAccess } from "../tokens";

/**
 * Takes the access token from the Authorization header, else from its cookie. That its session still lives is asked by `read` and `commit`, in the batch that
 * does the work: it costs no round trip of its own.
 */
export const requireMember = createMiddleware<{ Variables: { scope: Scope; member: MemberScope } }>(async function requireMember(c, next) {
  const scope = c.get("scope");
  const token = bearer(c.req.header("authorization")) ?? accessCookie(c.req.raw);
  if (token === undefined) throw new AppError("not_authenticated");
  const { userId, sessionId } = await verifyAccess(scope.settings, token);
  const member = { ...scope, caller: { userId, sessionId } };
  c.set("scope", member);
  c.set("member", member);
  await next();
});

/**
 * The token of `Authorization: Bearer <token>`; null without one.
 *
 * @throws AppError `bad_authorization_header` unless exactly one token follows
 */
export function bearer(header: string | undefined): string | null {
  const [scheme, ...rest] = (header ?? "").trim().split(/\s+/);
  if (scheme?.toLowerCase() !== "bearer") return null;
  if (rest.length !== 1) throw new AppError("bad_authorization_header");
  return rest[0]!;
}

/** Whose access token a request that needs none carries; null if it carries no good one. Whether the session lives still is to be asked. */
export async function callerOf(request: Request, { settings }: Scope): Promise<Caller | null> {
  try {
    const token = bearer(request.headers.get("authorization") ?? undefined) ?? accessCookie(request);
    if (token === undefined) return null;
    const { userId, sessionId } = await verifyAccess(settings, token);
    return { userId, sessionId };
  } catch {
    return null;
  }
}

/** Every token that a request carries, whether it is any good or not: what logging out ends. */
export const presentedTokens = (request: Request, ...inBody: unknown[]): unknown[] => [
  /^\s*bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "")?.[1],
  ...inBody,
  accessCookie(request),
  refreshCookie(request),
];
