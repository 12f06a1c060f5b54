import { jwtVerify, SignJWT } from "jose";
import { AppError } from "../../lib/errors";
import type { Caller, Scope } from "../../scope";
import type { Challenge } from "./providers/provider";
import type { ProviderName } from "./schemas";

/** Long enough to find one's password at the provider. */
export const ATTEMPT_SECONDS = 600;
/** In the header, so that nothing else that we sign can pass for an attempt, nor an attempt for anything else. */
const TYPE = "kith-attempt+jwt";

/**
 * A log-in, or the linking of an identity, that a browser has begun at a provider. The browser itself keeps it, signed: who does not have it
 * cannot finish what it began (RFC 9700, 4.7), and nothing is stored for those who never come back.
 */
export interface Attempt extends Challenge {
  readonly provider: ProviderName;
  /** Where the browser wants to be afterwards. */
  readonly next: string | null;
  /** The session that wants an identity linked; null to log in. */
  readonly linkTo: Caller | null;
}

export async function signAttempt({ settings, now }: Scope, attempt: Attempt): Promise<string> {
  const { current } = await settings.signingKeys();
  const iat = Math.floor(now.getTime() / 1000);
  return new SignJWT({ attempt })
    .setProtectedHeader({ alg: "HS256", typ: TYPE, kid: current.kid })
    .setIssuedAt(iat)
    .setExpirationTime(iat + ATTEMPT_SECONDS)
    .sign(current.key);
}

/** @throws AppError `login_not_started` unless this browser began it, with this provider and `state`, not long ago */
export async function readAttempt(
  { settings, now }: Scope,
  signed: string | undefined,
  provider: ProviderName,
  state: string | null,
): Promise<Attempt> {
  const { all } = await settings.signingKeys();
  const keyOf = ({ kid }: { kid?: string }) => all.get(kid ?? "") ?? notStarted();
  const verified = await jwtVerify<{ attempt: Attempt }>(signed ?? "", keyOf, {
    algorithms: ["HS256"],
    typ: TYPE,
    currentDate: now,
    requiredClaims: ["exp"],
  }).catch(notStarted);
  const { attempt } = verified.payload;
  if (attempt.provider !== provider || attempt.state !== state) notStarted();
  return attempt;
}

function notStarted(): never {
  throw new AppError("login_not_started");
}
