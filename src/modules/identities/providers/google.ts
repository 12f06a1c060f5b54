import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  fetchUserInfo,
  genericGrantRequest,
  skipSubjectCheck,
  tokenIntrospection,
} from "openid-client";
import { AppError } from "../../../lib/errors";
import type { ProviderClient } from "../../../providers";
import type { Scope } from "../../../scope";
import type { Settings } from "../../../settings";
import { type Keys, keysAt, verifyIdToken } from "./id-token";
import { ask, askForOwn, judged, OURS_AS_WE_BEGAN, refused, unavailable } from "./network";
import { asText, type Profile, type Provider } from "./provider";

const GOOGLE = "https://accounts.google.com";
const SCOPE = "openid email profile";
/** How long an isolate goes by what a provider says of itself. */
const MEMORY_MS = 3_600_000;

interface Known {
  until: number;
  configuration: Configuration;
  keys: Keys;
}

/** Part of the settings, so that it goes when they do. Only what has arrived: a request must not wait for another's fetch. */
const memory = new WeakMap<Settings, Known>();

/** Google, or whatever OpenID provider `GOOGLE_ISSUER` names. */
export function google({ settings, now }: Scope): Provider {
  const { issuer, tokenInfo } = settings.providers.google;
  const client = settings.providers.google.client ?? notSetUp();

  async function known(): Promise<Known> {
    const found = memory.get(settings);
    if (found && found.until > now.getTime()) return found;
    const fresh = await discover(client, issuer);
    memory.set(settings, fresh);
    return fresh;
  }

  async function fromIdToken(token: string, nonce?: string): Promise<Profile> {
    const { keys } = await known();
    const expected = { issuer: namesOf(issuer), audience: client.id, now, nonce };
    return profileOf(await verifyIdToken(token, keys, expected), issuer);
  }

  async function fromUserInfo(token: string, subject: string | undefined): Promise<Profile> {
    const { configuration } = await known();
    return profileOf(await judged(fetchUserInfo(configuration, token, subject ?? skipSubjectCheck)), issuer);
  }

  /** The subject of an access token, when it was issued to us. */
  async function subjectOf(token: string): Promise<string | undefined> {
    const { configuration } = await known();
    if (tokenInfo !== "") return subjectByTokenInfo(tokenInfo, token, client.id);
    if (!configuration.serverMetadata().introspection_endpoint) throw notIntrospectable();
    const { active, client_id, sub } = await judged(tokenIntrospection(configuration, token));
    if (!active || client_id !== client.id) throw refused();
    return sub;
  }

  return {
    name: "google",
    async authorizationUrl({ state, nonce, verifier }, redirectUri) {
      const { configuration } = await known();
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
    },
    async fromCallback(address, { state, nonce, verifier }, redirectUri) {
      const { configuration } = await known();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const cameTo = new URL(`${redirectUri}${address.search}`);
      const { id_token } = await judged(authorizationCodeGrant(configuration, cameTo, checks), OURS_AS_WE_BEGAN);
      return fromIdToken(id_token!, nonce);
    },
    async fromCode(code, redirectUri, verifier) {
      const { configuration } = await known();
      const parameters = { code, redirect_uri: redirectUri, ...(verifier && { code_verifier: verifier }) };
      const tokens = await judged(genericGrantRequest(configuration, "authorization_code", parameters));
      // Without the scope `openid` there is no ID token; that the access token is ours is certain here.
      return tokens.id_token ? fromIdToken(tokens.id_token) : fromUserInfo(tokens.access_token, undefined);
    },
    fromAccessToken: async (token) => fromUserInfo(token, await subjectOf(token)),
    fromIdToken,
  };
}

/** Google's documentation has both. */
const namesOf = (issuer: string) => (issuer === GOOGLE ? [issuer, "accounts.google.com"] : [issuer]);

async function discover({ id, secret }: ProviderClient, issuer: string): Promise<Known> {
  const url = new URL(issuer);
  const execute = url.protocol === "http:" ? [allowInsecureRequests] : [];
  const found = await discovery(url, id, secret, ClientSecretPost(secret), { [customFetch]: askForOwn, execute }).catch(() => {
    throw unavailable();
  });
  const { jwks_uri } = found.serverMetadata();
  if (!jwks_uri) throw unavailable();
  found[customFetch] = ask;
  return { until: Date.now() + MEMORY_MS, configuration: found, keys: keysAt(jwks_uri) };
}

async function subjectByTokenInfo(address: string, token: string, audience: string): Promise<string | undefined> {
  const answer = await ask(`${address}?${new URLSearchParams({ access_token: token })}`);
  const { aud, sub } = answer.ok ? ((await answer.json().catch(() => ({}))) as { aud?: unknown; sub?: unknown }) : {};
  if (aud !== audience) throw refused();
  return typeof sub === "string" ? sub : undefined;
}

function profileOf(claims: Record<string, unknown>, issuer: string): Profile {
  const { sub, email_verified, name } = claims;
  const email = asText(claims.email);
  const verified = email_verified === true || email_verified === "true";
  return {
    subject: asText(sub)!,
    email,
    emailVerified: verified && (issuer !== GOOGLE || speaksFor(email, claims.hd)),
    firstName: asText(claims.given_name) ?? asText(name) ?? "",
    lastName: asText(claims.family_name) ?? "",
  };
}

/**
 * Whether an address is Google's to vouch for: its own, or of a domain that it hosts (`hd`). An account there may have any other address too,
 * which was looked at once, when the account was made, and may be somebody else's since (developers.google.com, "Verify the Google ID token").
 */
function speaksFor(email: string | null, hosted: unknown): boolean {
  const domain = email?.toLowerCase().split("@").at(-1);
  return domain !== undefined && ["gmail.com", "googlemail.com", asText(hosted)?.toLowerCase()].includes(domain);
}

function notSetUp(): never {
  throw new AppError("provider_not_configured", {
    detail: "Logging in with Google is not set up: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.",
  });
}

const notIntrospectable = () =>
  new AppError("provider_not_configured", {
    detail: "This provider does not say whom an access token was issued to: set GOOGLE_TOKENINFO_URL, or send a code or an ID token.",
  });
