import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { GOOGLE_CLIENTS } from "./clients.mjs";
import { listen, readBody, sendJson, stopServer } from "./server.mjs";

const SCOPE_CLAIMS = {
  openid: ["sub"],
  email: ["email", "email_verified"],
  profile: ["name", "given_name", "family_name"],
};

const SOON = 3600;

/**
 * A real OpenID provider (`oidc-provider`) on this machine, with its own pages for log-in and consent: what Google is to Kith. Anybody may log
 * in, under any name and with any password; what it says of them is what was last put to `/people/<name>`, or else made up.
 *
 * It also answers `/tokeninfo?access_token=` as Google documents its own, which standard providers do not have.
 */
export async function startOpenId({ port = 0, redirectUris = [] } = {}) {
  const { kith, foreign } = GOOGLE_CLIENTS;
  const server = createServer();
  const issuer = await listen(server, port);
  const people = new Map();
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), use: "sig", alg: "RS256", kid: "one" };
  const client = (identity, uris) => ({
    client_id: identity.id,
    client_secret: identity.secret,
    token_endpoint_auth_method: "client_secret_post",
    // A "native" client may come back to any port of this machine.
    application_type: "native",
    redirect_uris: uris,
  });
  const local = ["http://localhost", "http://127.0.0.1"];
  const provider = new Provider(issuer, {
    clients: [
      client(kith, [...local.map((host) => `${host}/api/auth/google/callback/`), ...redirectUris]),
      client(foreign, [foreign.callback]),
    ],
    jwks: { keys: [key] },
    cookies: { keys: [kith.secret] },
    claims: SCOPE_CLAIMS,
    // As Google does: what the scopes give is in the ID token too.
    conformIdTokenClaims: false,
    features: { introspection: { enabled: true, allowedPolicy: () => true } },
    renderError: (ctx, out) => {
      ctx.body = out;
    },
    ttl: { AccessToken: SOON, AuthorizationCode: 60, Grant: SOON, IdToken: SOON, Interaction: SOON, Session: SOON },
    pkce: { required: (_ctx, { clientId }) => clientId === kith.id },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...(people.get(sub) ?? madeUp(sub)) }) }),
  });
  server.on("request", async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    const person = /^\/people\/([^/]+)$/.exec(pathname)?.[1];
    if (person !== undefined && request.method === "PUT") {
      people.set(decodeURIComponent(person), JSON.parse(await readBody(request)));
      return sendJson(response, 200, {});
    }
    if (pathname === "/tokeninfo") return sendJson(response, ...(await tokenInfo(provider, people, searchParams.get("access_token"))));
    return provider.callback()(request, response);
  });
  return { issuer, stop: () => stopServer(server) };
}

const madeUp = (sub) => ({
  email: `${sub.toLowerCase().replace(/[^a-z0-9._-]/g, "")}@example.test`,
  email_verified: true,
  name: sub,
});

async function tokenInfo(provider, people, token) {
  const found = await provider.AccessToken.find(token ?? "");
  if (!found) return [400, { error: "invalid_token", error_description: "Invalid Value" }];
  const { email, email_verified } = people.get(found.accountId) ?? madeUp(found.accountId);
  return [
    200,
    {
      azp: found.clientId,
      aud: found.clientId,
      sub: found.accountId,
      scope: found.scope,
      exp: String(found.exp),
      expires_in: String(found.expiration),
      email,
      email_verified: String(email_verified),
      access_type: "online",
    },
  ];
}
