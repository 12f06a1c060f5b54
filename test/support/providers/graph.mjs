import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { FACEBOOK_APPS } from "./clients.mjs";
import { listen, readBody, sendJson, stopServer } from "./server.mjs";

const APPS = new Map(Object.values(FACEBOOK_APPS).map((app) => [app.id, app]));
const HOUR_S = 3600;

/**
 * A stand-in for Facebook, which has no server to run at home: a fake of the provider, not of anything of ours. It answers what Facebook
 * documents for log-in built by hand: the dialog, `oauth/access_token`, `me` and `debug_token` of the Graph API, and the keys of Limited
 * Login's ID tokens. Codes are good once, for their redirect address and PKCE verifier; app secrets and `appsecret_proof` are checked.
 * In place of the dialog's page, `POST` to its address says who agrees (`user`) or that nobody does; `/people/<id>` says what is known of a
 * person, and `/sign/` signs an ID token as a phone's SDK would get it.
 */
export async function startGraph({ port = 0, redirectUris = [] } = {}) {
  const server = createServer();
  const address = await listen(server, port);
  const graph = new Graph(address, redirectUris, await generateKeyPair("RS256", { extractable: true }));
  server.on("request", async (request, response) => {
    const url = new URL(request.url, address);
    const body = await readBody(request);
    const route = `${request.method} ${url.pathname.replace(/^\/v\d+\.\d+/, "")}`;
    const [status, answer] = await graph.answer(route, url.searchParams, body);
    if (status === 302) response.writeHead(302, { location: answer }).end();
    else sendJson(response, status, answer);
  });
  return { address, stop: () => stopServer(server) };
}

const hash = (verifier) => createHash("sha256").update(verifier).digest("base64url");
const oauthError = (message) => [400, { error: { message, type: "OAuthException", code: 190 } }];

class Graph {
  people = new Map();
  codes = new Map();
  tokens = new Map();

  constructor(address, redirectUris, keys) {
    this.address = address;
    this.redirectUris = redirectUris;
    this.keys = keys;
  }

  answer(route, query, body) {
    const person = /^PUT \/people\/(\w+)$/.exec(route)?.[1];
    if (person) return this.introduce(person, JSON.parse(body));
    switch (route) {
      case "POST /dialog/oauth":
        return this.dialog(query, new URLSearchParams(body));
      case "POST /oauth/access_token":
        return this.exchange(new URLSearchParams(body));
      case "GET /me":
        return this.me(query);
      case "GET /debug_token":
        return this.debug(query);
      case "GET /.well-known/oauth/openid/jwks/":
        return this.publish();
      case "POST /sign/":
        return this.sign(JSON.parse(body));
      default:
        return oauthError("Unknown path components");
    }
  }

  introduce(id, person) {
    this.people.set(id, person);
    return [200, {}];
  }

  dialog(query, form) {
    const back = new URL(query.get("redirect_uri"));
    if (!APPS.has(query.get("client_id")) || !this.redirectUris.includes(back.href)) return oauthError("URL blocked");
    back.searchParams.set("state", query.get("state"));
    if (!form.has("user")) {
      for (const [name, value] of Object.entries({ error: "access_denied", error_code: "200", error_reason: "user_denied" }))
        back.searchParams.set(name, value);
      return [302, back.href];
    }
    const code = randomBytes(24).toString("base64url");
    const [app, redirectUri, challenge] = ["client_id", "redirect_uri", "code_challenge"].map((name) => query.get(name));
    this.codes.set(code, { app, redirectUri, challenge, user: form.get("user") });
    back.searchParams.set("code", code);
    return [302, back.href];
  }

  exchange(form) {
    const app = APPS.get(form.get("client_id"));
    if (app?.secret !== form.get("client_secret")) return oauthError("Error validating client secret.");
    const found = this.codes.get(form.get("code"));
    this.codes.delete(form.get("code"));
    const fits = found?.app === app.id && found.redirectUri === form.get("redirect_uri");
    if (!fits || (found.challenge && found.challenge !== hash(form.get("code_verifier") ?? "")))
      return oauthError("This authorization code has been used.");
    const token = randomBytes(24).toString("base64url");
    this.tokens.set(token, { app: app.id, user: found.user });
    return [200, { access_token: token, token_type: "bearer", expires_in: HOUR_S }];
  }

  me(query) {
    const token = query.get("access_token");
    const found = this.tokens.get(token);
    if (!found) return oauthError("Invalid OAuth access token.");
    const proof = createHmac("sha256", APPS.get(found.app).secret).update(token).digest("hex");
    if (query.get("appsecret_proof") !== proof) return oauthError("Invalid appsecret_proof provided in the API argument");
    const fields = query.get("fields").split(",");
    const known = Object.entries({ id: found.user, ...this.people.get(found.user) });
    return [200, Object.fromEntries(known.filter(([field]) => fields.includes(field)))];
  }

  debug(query) {
    const [id, secret] = query.get("access_token").split("|");
    if (APPS.get(id)?.secret !== secret) return oauthError("Invalid OAuth access token signature.");
    const found = this.tokens.get(query.get("input_token"));
    if (!found) return [200, { data: { is_valid: false, error: { code: 190, message: "Invalid OAuth access token." } } }];
    return [200, { data: { app_id: found.app, is_valid: true, type: "USER", user_id: found.user, scopes: ["email", "public_profile"] } }];
  }

  async publish() {
    return [200, { keys: [{ ...(await exportJWK(this.keys.publicKey)), alg: "RS256", use: "sig", kid: "one" }] }];
  }

  async sign({ aud = FACEBOOK_APPS.kith.id, ...claims }) {
    const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "one" });
    const signed = await token.setIssuer(this.address).setAudience(aud).setIssuedAt().setExpirationTime("1h").sign(this.keys.privateKey);
    return [200, { id_token: signed }];
  }
}
