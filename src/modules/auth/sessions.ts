import { commit } from "../../commit";
import type { Query } from "../../db/statement";
import { deviceName } from "../../lib/device";
import { AppError, throttled } from "../../lib/errors";
import { allowance, keyOf } from "../../limits/limits";
import { read } from "../../read";
import { at, type Caller, type MemberScope, type Scope } from "../../scope";
import {
  type Client,
  type RefreshClaims,
  sessionNamedBy,
  signAccess,
  signRefresh,
  signTicket,
  TICKET_SECONDS,
  verifyAny,
  verifyRefresh,
} from "../../tokens";
import { did, stamp } from "../activity/statements";
import type { LoggedIn, Session, TokenPair } from "./schemas";
import * as rows from "./statements";

const DAY_MS = 86_400_000;
/** A session that is not refreshed for so long is over. */
const IDLE_DAYS = 14;
/** However much it is used: then the password is asked again (NIST 800-63B). */
const ABSOLUTE_DAYS = 30;
/** How long the refresh token before the current one stays good: for answers that got lost and tabs that refresh together. */
const GRACE_MS = 10_000;

const after = (now: Date, ms: number) => new Date(now.getTime() + ms).toISOString();

/**
 * Opens a session in the same batch as `steps`, and signs its tokens.
 *
 * @param who the person's id; of somebody whom `steps` make, the key of their username
 * @param entry `newcomer`: that comes with registering, and is no log-in of its own; `instead`: tokens of sessions that end with it
 * @throws AppError `login_failed` for a person who is suspended, or gone
 */
export async function openSession(
  scope: Scope,
  who: number | string,
  steps: readonly Query[],
  { client, newcomer = false, instead = [] }: { client?: Client | undefined; newcomer?: boolean; instead?: readonly unknown[] } = {},
): Promise<LoggedIn> {
  const whom: rows.Whom = typeof who === "number" ? { id: who, key: null } : { id: null, key: who };
  const opening = { ...beginning(scope), ...whom };
  const over = (await sessionsNamedBy(scope, instead)).map(rows.revokeSession);
  const opened = [...over, rows.refuseSuspended(whom), rows.openSession(opening), ...(newcomer ? [] : [rows.noteLogin(opening)])];
  const [made] = await commit(scope, [...steps, ...opened], rows.newestSession({ ...whom, ...at(scope) }));
  if (!made) throw new AppError("login_failed");
  const { user, sessionId } = made;
  scope.note({ user_id: user.id });
  const pair = await tokenPair(scope, { userId: user.id, sessionId, counter: 0, client }, opening.expiresAt);
  return { ...pair, user };
}

/** A fresh access token and the refresh token that is now the session's current one. */
async function tokenPair(scope: Scope, session: RefreshClaims, expiresAt: string): Promise<TokenPair> {
  const caller = { userId: session.userId, sessionId: session.sessionId };
  const [access, refresh] = await Promise.all([signAccess(scope, caller), signRefresh(scope, session, expiresAt)]);
  return { access, refresh, tokens: { access, refresh } };
}

/** A new session's times and device. */
const beginning = (scope: Scope) => ({
  ...stamp(scope),
  expiresAt: after(scope.now, IDLE_DAYS * DAY_MS),
  endsAt: after(scope.now, ABSOLUTE_DAYS * DAY_MS),
});

/**
 * Rotates: the token's successor becomes the current one, in one round trip. Parallel refreshes with one token all get that same
 * successor within the grace. Reuse of an older one ends the session, its access tokens and its sockets.
 *
 * @throws AppError `token_not_valid`; `throttled` if an address sends too many that are no good
 */
export async function refresh(scope: Scope, token: string): Promise<{ client: Client | undefined; tokens: TokenPair }> {
  scope.note({ event: "refresh" });
  const { counter, client, ...caller } = await verifyRefresh(scope.settings, token);
  scope.note({ user_id: caller.userId });
  const failures = { key: await keyOf(scope.settings, "refresh_address", scope.address()), ...allowance(scope, "refresh_address") };
  const slots = { ...caller, ...failures, ...stamp(scope), counter, graceFrom: after(scope.now, -GRACE_MS) };
  const steps = [
    rows.rotate({ ...slots, expiresAt: after(scope.now, IDLE_DAYS * DAY_MS) }),
    rows.noteReused(slots),
    rows.revokeIfReused(slots),
    rows.countFailedRefresh(slots),
  ];
  const [session] = await commit(scope, steps, rows.sessionState(slots));
  if (!session?.good) throw refusal(scope, session);
  return { client, tokens: await tokenPair(scope, { ...caller, counter: session.counter, client }, session.expiresAt) };
}

/** Why a refresh failed. Whatever it was, reuse has ended the session: that it comes too often does not undo it. */
function refusal({ now, note }: Scope, session: rows.SessionState | undefined): AppError {
  if (session?.revokedAt === now.toISOString()) note({ outcome: "reuse" });
  if (session?.wait) return throttled(session.wait);
  return session?.revokedAt ? blacklisted() : new AppError("token_not_valid");
}

/**
 * Ends the sessions that the tokens name, over or not, and answers how many those are. Tokens that are no good name none: logging out never
 * fails, unless nobody can log in.
 */
export async function logout(scope: Scope, tokens: readonly unknown[]): Promise<number> {
  await scope.settings.signingKeys();
  scope.note({ event: "logout" });
  const callers = await sessionsNamedBy(scope, tokens);
  if (callers.length === 0) return 0;
  scope.note({ user_id: callers[0]!.userId });
  await commit(scope, callers.flatMap(ending));
  return callers.length;
}

type Ending = Parameters<typeof rows.noteLogout>[0];
const ending = (session: Ending): Query[] => [rows.noteLogout(session), rows.revokeSession(session)];

async function sessionsNamedBy(scope: Scope, tokens: readonly unknown[]) {
  const given = [...new Set(tokens)].filter((token): token is string => typeof token === "string" && token !== "");
  const named = await Promise.all(given.map((token) => sessionNamedBy(scope.settings, token)));
  const callers = named.filter((caller): caller is Caller => caller !== null);
  return callers.map(({ userId, sessionId }) => ({ userId, sessionId, ...stamp(scope) }));
}

/**
 * Ends the session that a refresh token names, and those that other tokens of the same request do.
 *
 * @throws AppError `token_not_valid`, "Token is blacklisted" if the session was over already
 */
export async function end(scope: Scope, refreshToken: string, others: readonly unknown[]): Promise<void> {
  scope.note({ event: "logout" });
  const { userId, sessionId } = await verifyRefresh(scope.settings, refreshToken);
  scope.note({ user_id: userId });
  const slots = { userId, sessionId, ...stamp(scope) };
  const also = (await sessionsNamedBy(scope, others)).flatMap(ending);
  await commit(scope, [rows.refuseUnlessLive(slots), ...ending(slots), ...also]).catch((error) => {
    throw error instanceof AppError && error.code === "not_found" ? blacklisted() : error;
  });
}

const blacklisted = () => new AppError("token_not_valid", { detail: "Token is blacklisted" });

/** @throws AppError `token_not_valid` unless the token could be used now */
export async function verify(scope: Scope, token: string): Promise<void> {
  const { userId, sessionId, counter = null } = await verifyAny(scope.settings, token);
  const slots = { userId, sessionId, counter, now: scope.now.toISOString(), graceFrom: after(scope.now, -GRACE_MS) };
  const [[session]] = await scope.db.batch([rows.isGood(slots)]);
  if (!session?.good) throw new AppError("token_not_valid");
}

const mine = ({ caller, now }: MemberScope) => rows.liveSessions({ ...caller, now: now.toISOString() });
const withDevice = (session: Omit<Session, "device">): Session => ({ ...session, device: deviceName(session.user_agent) });

/** The caller's live sessions, last used first. */
export async function list(scope: MemberScope): Promise<Session[]> {
  const [sessions] = await read(scope, mine(scope));
  return sessions.map(withDevice);
}

/** @throws AppError `not_found` if the caller has no such live session */
export async function revoke(scope: MemberScope, sessionId: number): Promise<void> {
  const slots = { userId: scope.caller.userId, sessionId, now: scope.now.toISOString() };
  const act = sessionId === scope.caller.sessionId ? "logout" : "session_end";
  await commit(scope, [rows.refuseUnlessLive(slots), rows.revokeSession(slots), did(scope, act)]);
}

export async function revokeOthers(scope: MemberScope): Promise<void> {
  const slots = { ...scope.caller, ...stamp(scope) };
  await commit(scope, [rows.noteOthersEnded(slots), rows.revokeOtherSessions(slots)]);
}

/** A ticket that opens one socket: for clients that do not want their access token in an address. */
export async function ticket(scope: MemberScope): Promise<{ ticket: string; expires_in: number }> {
  await read(scope);
  return { ticket: await signTicket(scope, scope.caller), expires_in: TICKET_SECONDS };
}
