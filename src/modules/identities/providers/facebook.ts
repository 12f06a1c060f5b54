import { decodeJwt } from "jose";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  genericGrantRequest,
} from "openid-client";
import { AppError } from "../../../lib/errors";
import type { FacebookSettings, ProviderClient } from "../../../providers";
import type { Scope } from "../../../scope";
import { type Keys, keysAt, verifyIdToken } from "./id-token";
import { ask, clientUnknown, judged, OURS_AS_WE_BEGAN, refused } from "./network";
import { asText, type Profile, type Provider } from "./provider";

const VERSION = "v24.0";
const SCOPE = "email public_profile";
const FIELDS = "id,name,first_name,last_name,email";
const WEB = "https://www.facebook.com";
/** Who else signs ID tokens: Limited Login of its phone SDKs. */
const LIMITED = "https://limited.facebook.com";

/** By the address of the keys. */
const keysOf = new Map<string, Keys>();

/**
 * Facebook: OAuth 2 and the Graph API; OpenID Connect only for the tokens of Limited Login. It names an address, but nowhere promises that it
 * has been verified, so it counts as unverified.
 */
export function facebook({ settings, now }: Scope): Provider {
  const { issuer, graph } = settings.providers.facebook;
  const client = settings.providers.facebook.client ?? notSetUp();
  const configuration = configure(client, settings.providers.facebook);

  /** What the Graph API answers; null if it does not take the token that it is asked with. */
  async function read(path: string, parameters: Record<string, string>): Promise<Record<string, unknown> | null> {
    const answer = await ask(`${graph}/${VERSION}/${path}?${new URLSearchParams(parameters)}`);
    return answer.ok ? ((await answer.json().catch(() => null)) as Record<string, unknown> | null) : null;
  }

  async function fromOurToken(token: string): Promise<Profile> {
    // An app may be set to take calls only with a proof that they come from a server that has the secret.
    const proof = await hmac(client.secret, token);
    const said = await read("me", { fields: FIELDS, access_token: token, appsecret_proof: proof });
    return profileOf(said?.id, said?.email, said?.first_name ?? said?.name, said?.last_name);
  }

  return {
    name: "facebook",
    async authorizationUrl({ state, verifier }, redirectUri) {
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
    },
    async fromCallback(address, { state, verifier }, redirectUri) {
      const cameTo = new URL(`${redirectUri}${address.search}`);
      const checks = { expectedState: state, pkceCodeVerifier: verifier };
      const { access_token } = await judged(authorizationCodeGrant(configuration, cameTo, checks), OURS_AS_WE_BEGAN);
      return fromOurToken(access_token);
    },
    async fromCode(code, redirectUri, verifier) {
      const parameters = { code, redirect_uri: redirectUri, ...(verifier && { code_verifier: verifier }) };
      const { access_token } = await judged(genericGrantRequest(configuration, "authorization_code", parameters));
      return fromOurToken(access_token);
    },
    async fromAccessToken(token) {
      const answer = await read("debug_token", { input_token: token, access_token: `${client.id}|${client.secret}` });
      if (answer === null) throw clientUnknown();
      const { is_valid, app_id, user_id } = (answer.data ?? {}) as Record<string, unknown>;
      if (is_valid !== true || app_id !== client.id) throw refused();
      const profile = await fromOurToken(token);
      if (profile.subject !== user_id) throw refused();
      return profile;
    },
    async fromIdToken(token, nonce) {
      const issuedBy = issuer === WEB && issuerOf(token) === LIMITED ? LIMITED : issuer;
      const keys = remembered(`${issuedBy}/.well-known/oauth/openid/jwks/`);
      const claims = await verifyIdToken(token, keys, { issuer: issuedBy, audience: client.id, now, nonce });
      return profileOf(claims.sub, claims.email, claims.given_name ?? claims.name, claims.family_name);
    },
  };
}

function configure({ id, secret }: ProviderClient, { issuer, graph }: FacebookSettings): Configuration {
  const server = {
    issuer,
    authorization_endpoint: `${issuer}/${VERSION}/dialog/oauth`,
    token_endpoint: `${graph}/${VERSION}/oauth/access_token`,
  };
  const made = new Configuration(server, id, secret, ClientSecretPost(secret));
  made[customFetch] = ask;
  if (graph.startsWith("http:")) allowInsecureRequests(made);
  return made;
}

function profileOf(id: unknown, email: unknown, firstName: unknown, lastName: unknown): Profile {
  const subject = asText(id);
  if (subject === null) throw refused();
  return { subject, email: asText(email), emailVerified: false, firstName: asText(firstName) ?? "", lastName: asText(lastName) ?? "" };
}

/** Before it is verified: good for nothing but to choose the keys. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw refused();
  }
}

function remembered(address: string): Keys {
  const keys = keysOf.get(address) ?? keysAt(address);
  keysOf.set(address, keys);
  return keys;
}

async function hmac(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(text))).toHex();
}

function notSetUp(): never {
  throw new AppError("provider_not_configured", {
    detail: "Logging in with Facebook is not set up: set FACEBOOK_CLIENT_ID and FACEBOOK_CLIENT_SECRET.",
  });
}
