import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from "jose";
import { askForOwn, judged, refused } from "./network";

/** Keys of a provider, which an isolate remembers and asks for again when a token names one that it does not know. */
export type Keys = ReturnType<typeof createRemoteJWKSet>;
export const keysAt = (url: string): Keys => createRemoteJWKSet(new URL(url), { [customFetch]: askForOwn });

interface Expected {
  issuer: string | string[];
  audience: string;
  now: Date;
  nonce?: string | undefined;
}

/** Only with a key that the provider publishes: neither "none" nor a secret that somebody could share with it. */
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

/**
 * What an ID token claims, when the provider has signed it, for us, and it has not run out.
 *
 * @throws AppError `provider_refused`, `provider_unavailable` while the keys cannot be had
 */
export async function verifyIdToken(token: string, keys: Keys, { issuer, audience, now, nonce }: Expected): Promise<JWTPayload> {
  const options = { issuer, audience, currentDate: now, algorithms: ALGORITHMS, requiredClaims: ["sub", "iat", "exp"] };
  const { payload } = await judged(jwtVerify(token, keys, options));
  // For several, it is the one's who asked for it. (For one, Google names the phone app there that asked on its behalf.)
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload.azp !== audience) throw refused();
  if (nonce !== undefined && payload.nonce !== nonce) throw refused();
  return payload;
}
