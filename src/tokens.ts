import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { AppError, accessTokenError } from "./lib/errors";
import type { Caller, Scope } from "./scope";
import type { Settings } from "./settings";

/** Tokens are signed and never stored: what they name is a row in `sessions` (design promise 5). Claims as SimpleJWT has them. */

export const ACCESS_MINUTES = 60;
export const TICKET_SECONDS = 30;
const ISSUER = "kith";

export interface AccessClaims extends Caller {
  /** Seconds since the epoch. */
  exp: number;
  jti: string;
}

/** A client that a refresh token was issued for: two kinds share an address and want different answers there (contracts §7). */
export type Client = "movieconnect";

export interface RefreshClaims extends Caller {
  /** Which refresh of its session this is. */
  counter: number;
  client?: Client | undefined;
}

type TokenType = "access" | "refresh" | "ticket";

type Signing = Pick<Scope, "settings" | "now">;

export const signAccess = (scope: Signing, caller: Caller): Promise<string> => sign(scope, "access", caller, ACCESS_MINUTES * 60);

/** `expiresAt` is the session's own end, so a refresh token never outlives its session. */
export const signRefresh = (scope: Signing, { counter, client, ...caller }: RefreshClaims, expiresAt: string): Promise<string> =>
  sign(scope, "refresh", caller, Math.floor((Date.parse(expiresAt) - scope.now.getTime()) / 1000), { counter, ...(client && { client }) });

/** Opens one socket, once, within `TICKET_SECONDS`. */
export const signTicket = (scope: Signing, caller: Caller): Promise<string> => sign(scope, "ticket", caller, TICKET_SECONDS);

/** @throws AppError `token_not_valid` in the shape that SimpleJWT gives for an access token */
export async function verifyAccess(settings: Settings, token: string): Promise<AccessClaims> {
  const claims = await verify(settings, token);
  if (!claims) throw accessTokenError();
  if (claims.tokenType !== "access") throw accessTokenError("Token has wrong type");
  return claims;
}

/** @throws AppError `token_not_valid` in the shape that SimpleJWT gives for a refresh token */
export async function verifyRefresh(settings: Settings, token: string): Promise<RefreshClaims> {
  const claims = await verify(settings, token);
  if (!claims) throw new AppError("token_not_valid");
  if (claims.tokenType !== "refresh" || claims.counter === undefined)
    throw new AppError("token_not_valid", { detail: "Token has wrong type" });
  return { userId: claims.userId, sessionId: claims.sessionId, counter: claims.counter, client: claims.client };
}

/** @throws AppError `token_not_valid` */
export async function verifyTicket(settings: Settings, token: string): Promise<AccessClaims> {
  const claims = await verify(settings, token);
  if (claims?.tokenType !== "ticket") throw accessTokenError();
  return claims;
}

/**
 * An access or a refresh token; `counter` is only in the latter.
 *
 * @throws AppError `token_not_valid`
 */
export async function verifyAny(settings: Settings, token: string): Promise<Caller & { counter?: number }> {
  const claims = await verify(settings, token);
  if (!claims || claims.tokenType === "ticket") throw new AppError("token_not_valid");
  return claims;
}

/** Whose session a token of ours names, also when it has run out: enough to end the session, for nothing else. */
export const sessionNamedBy = (settings: Settings, token: string): Promise<Caller | null> => verifySignature(settings, token, new Date(0));

/** When a token of ours runs out, as an ISO time. */
export const expiryOf = (token: string): string => new Date(decodeJwt(token).exp! * 1000).toISOString();

/** For how long a token of ours was made, in seconds. */
export const lifetimeOf = (token: string): number => decodeJwt(token).exp! - decodeJwt(token).iat!;

async function sign(
  { settings, now }: Signing,
  type: TokenType,
  { userId, sessionId }: Caller,
  seconds: number,
  extra: { counter?: number; client?: Client } = {},
): Promise<string> {
  const { current } = await settings.signingKeys();
  const iat = Math.floor(now.getTime() / 1000);
  const jti = crypto.randomUUID().replaceAll("-", "");
  return new SignJWT({ token_type: type, user_id: userId, sid: sessionId, ...extra })
    .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: current.kid })
    .setIssuer(ISSUER)
    .setIssuedAt(iat)
    .setExpirationTime(iat + seconds)
    .setJti(jti)
    .sign(current.key);
}

interface Claims extends AccessClaims {
  tokenType: TokenType;
  counter?: number;
  client?: Client;
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** Verified tokens that an isolate remembers: about 5 MB. */
const MAX_VERIFIED = 8192;

/**
 * Null for anything that we did not sign, that has run out or that lacks a claim. A client sends the same access token with each request
 * for an hour, and checking its signature costs as much as the rest of a small read; so it is checked once an isolate. That it has not run
 * out is asked each time, and whether its session lives is D1's to say in any case.
 */
async function verify(settings: Settings, token: string): Promise<Claims | null> {
  const verified = remembered(settings);
  const known = verified.get(token);
  if (known) return known.exp * 1000 > Date.now() ? known : null;
  const claims = await verifySignature(settings, token);
  if (!claims) return null;
  if (verified.size >= MAX_VERIFIED) for (const oldest of verified.keys()) if (verified.delete(oldest)) break;
  verified.set(token, claims);
  return claims;
}

/** Part of the settings, so that it goes when the keys do. */
const memory = new WeakMap<Settings, Map<string, Claims>>();

function remembered(settings: Settings): Map<string, Claims> {
  const known = memory.get(settings) ?? new Map<string, Claims>();
  memory.set(settings, known);
  return known;
}

async function verifySignature(settings: Settings, token: string, now = new Date()): Promise<Claims | null> {
  const { all } = await settings.signingKeys();
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = all.get(kid ?? "");
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  };
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ["HS256"],
      typ: "JWT",
      issuer: ISSUER,
      currentDate: now,
      requiredClaims: ["exp", "iat", "jti", "user_id", "sid", "token_type"],
    });
    const { token_type, user_id, sid, counter, client, exp, jti } = payload;
    if (!isId(user_id) || !isId(sid)) return null;
    return {
      userId: user_id,
      sessionId: sid,
      tokenType: token_type as TokenType,
      exp: exp!,
      jti: jti!,
      ...(typeof counter === "number" && { counter }),
      ...(client === "movieconnect" && { client }),
    };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}
