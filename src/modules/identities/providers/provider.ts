import type { ProviderName } from "../schemas";

/** Who somebody is to a provider. */
export interface Profile {
  /** The provider's own name for them, which never changes. */
  readonly subject: string;
  readonly email: string | null;
  /** The provider says that the address is theirs, and is one to know. */
  readonly emailVerified: boolean;
  readonly firstName: string;
  readonly lastName: string;
}

/** What a browser is sent to the provider with, and what comes back has to fit. */
export interface Challenge {
  readonly state: string;
  readonly nonce: string;
  /** PKCE: the provider gets its hash first and this only with the code. */
  readonly verifier: string;
}

/**
 * An account provider. What it does not vouch for is refused.
 *
 * @throws AppError `provider_refused` for what the provider does not take or was not issued to us, `provider_unavailable`,
 *   `provider_not_configured`
 */
export interface Provider {
  readonly name: ProviderName;
  /** Where to send a browser. */
  authorizationUrl(challenge: Challenge, redirectUri: string): Promise<URL>;
  /**
   * Who came back, by the address they came back to.
   *
   * @throws AppError `access_denied` also
   */
  fromCallback(address: URL, challenge: Challenge, redirectUri: string): Promise<Profile>;
  /** Who it is, by a code that a client got for itself. */
  fromCode(code: string, redirectUri: string, verifier?: string): Promise<Profile>;
  /** Who it is, by an access token that a client got for itself: only if it was issued to us. */
  fromAccessToken(token: string): Promise<Profile>;
  /** Who it is, by an ID token that a client got for itself: only if we are its audience. */
  fromIdToken(token: string, nonce?: string): Promise<Profile>;
}

/** A claim that is a text and says something. */
export const asText = (claim: unknown): string | null => (typeof claim === "string" && claim.trim() !== "" ? claim.trim() : null);
