import { inject } from "vitest";
import { Browser } from "./browser";
import { type Answer, call, newName, ORIGIN } from "./people";
import { FACEBOOK_APPS, GOOGLE_CLIENTS } from "./providers/clients.mjs";

declare module "vitest" {
  interface ProvidedContext {
    ports: Record<"google" | "facebook" | "mute", number>;
  }
}

/** What tests do at the providers: as people in a browser there, and as clients that talk to them on their own. */

const at = (provider: "google" | "facebook" | "mute") => `http://localhost:${inject("ports")[provider]}`;
export const GOOGLE = at("google");
export const FACEBOOK = at("facebook");
export const MUTE = at("mute");
/** An app of ours that gets its codes on its own. */
export const APP_CALLBACK = GOOGLE_CLIENTS.kith.callback;

type ClientName = keyof typeof GOOGLE_CLIENTS;

/** PKCE, RFC 7636 appendix B. */
export const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

export interface Known {
  sub: string;
  email: string;
}

/** Somebody new with an account at Google; with `sub`, somebody known of whom it says something else now. */
export async function atGoogle(said: Record<string, unknown> = {}, sub = newName("g")): Promise<Known> {
  const person = {
    email: `${sub}@example.test`,
    email_verified: true,
    given_name: "Ann",
    family_name: "Smith",
    name: "Ann Smith",
    ...said,
  };
  await fetch(`${GOOGLE}/people/${sub}`, { method: "PUT", body: JSON.stringify(person) });
  return { sub, email: person.email };
}

/** Somebody new with an account at Facebook. */
export async function atFacebook(said: Record<string, unknown> = {}): Promise<Known> {
  const sub = String(Math.floor(Math.random() * 1e15));
  const email = `${newName("f")}@example.test`;
  await fetch(`${FACEBOOK}/people/${sub}`, {
    method: "PUT",
    body: JSON.stringify({ email, first_name: "Bob", last_name: "Jones", name: "Bob Jones", ...said }),
  });
  return { sub, email };
}

/** Goes through Google's pages as a person does: logs in there and agrees, or does not. Answers where the browser is sent back to. */
export async function throughGoogle(url: string, person: Known, agrees = true): Promise<URL> {
  const jar = new Map<string, string>();
  let next = url;
  for (let step = 0; step < 12; step++) {
    if (!next.startsWith(GOOGLE)) return new URL(next);
    const { pathname } = new URL(next);
    const form = pathname.startsWith("/interaction/") && agrees ? await page(next, jar, person) : null;
    const at = pathname.startsWith("/interaction/") && !agrees ? `${next}/abort` : next;
    const answer = await visit(at, jar, form);
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`${at}: ${answer.status} ${await answer.text()}`);
    next = new URL(location, at).href;
  }
  throw new Error("the provider goes round in circles");
}

/** What the form on a page of the provider would send. */
async function page(url: string, jar: Map<string, string>, person: Known): Promise<URLSearchParams> {
  const html = await (await visit(url, jar, null)).text();
  const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? "consent";
  return new URLSearchParams({ prompt, ...(prompt === "login" && { login: person.sub, password: "any" }) });
}

async function visit(url: string, jar: Map<string, string>, form: URLSearchParams | null): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await fetch(url, { redirect: "manual", headers: { cookie }, ...(form && { method: "POST", body: form }) });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(";")[0]!.split("=") as [string, string];
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  return answer;
}

/** The dialog of Facebook. */
export async function throughFacebook(url: string, person: Known, agrees = true): Promise<URL> {
  const answer = await fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams(agrees ? { user: person.sub } : {}) });
  return new URL(answer.headers.get("location")!);
}

export interface Tokens {
  access_token: string;
  id_token: string;
}

/** A code as an app gets it, that asked on its own. */
export async function googleCode(person: Known, client: ClientName = "kith", extra: Record<string, string> = {}): Promise<string> {
  const { id, callback } = GOOGLE_CLIENTS[client];
  const asked = { client_id: id, redirect_uri: callback, response_type: "code", scope: "openid email profile", state: "app" };
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  const back = await throughGoogle(`${GOOGLE}/auth?${new URLSearchParams({ ...asked, ...pkce, ...extra })}`, person);
  return back.searchParams.get("code")!;
}

export async function googleTokens(person: Known, client: ClientName = "kith", extra: Record<string, string> = {}): Promise<Tokens> {
  const { id, secret, callback } = GOOGLE_CLIENTS[client];
  const code = await googleCode(person, client, extra);
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: callback,
    client_id: id,
    client_secret: secret,
    code_verifier: VERIFIER,
  };
  const answer = await fetch(`${GOOGLE}/token`, { method: "POST", body: new URLSearchParams(form) });
  return answer.json();
}

export async function facebookCode(person: Known, app: ClientName = "kith"): Promise<string> {
  const asked = { client_id: FACEBOOK_APPS[app].id, redirect_uri: APP_CALLBACK, state: "app" };
  const back = await throughFacebook(`${FACEBOOK}/v24.0/dialog/oauth?${new URLSearchParams(asked)}`, person);
  return back.searchParams.get("code")!;
}

export async function facebookToken(person: Known, app: ClientName = "kith"): Promise<string> {
  const { id, secret } = FACEBOOK_APPS[app];
  const form = { code: await facebookCode(person, app), redirect_uri: APP_CALLBACK, client_id: id, client_secret: secret };
  const answer = await fetch(`${FACEBOOK}/v24.0/oauth/access_token`, { method: "POST", body: new URLSearchParams(form) });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** An ID token as Limited Login gives it to a phone. */
export async function facebookIdToken({ sub, email }: Known, claims: Record<string, unknown> = {}): Promise<string> {
  const answer = await fetch(`${FACEBOOK}/sign/`, { method: "POST", body: JSON.stringify({ sub, email, given_name: "Bob", ...claims }) });
  return ((await answer.json()) as { id_token: string }).id_token;
}

/** Logs in with what a client has from a provider. */
export const exchange = (provider: "google" | "facebook", body: object, env?: Record<string, unknown>): Promise<Answer> =>
  call("POST", `/api/auth/${provider}/`, { body, ...(env && { env }) });

export const enterByGoogle = async (person: Known): Promise<Answer> =>
  exchange("google", { id_token: (await googleTokens(person)).id_token });

/** A browser that went to the provider and is about to come back. */
export interface Visit {
  browser: Browser;
  /** The path and query that the provider sends it back to. */
  back: string;
}

/** Begins at `path` and goes through the provider's pages. */
export async function awayAndBack(person: Known, { provider = "google", query = "", agrees = true } = {}): Promise<Visit> {
  const browser = new Browser();
  const { status, headers, text } = await browser.get(`/api/auth/${provider}/${query}`);
  if (status !== 302) throw new Error(`start: ${status} ${text}`);
  return { browser, back: await back(provider, headers.get("location")!, person, agrees) };
}

export async function back(provider: string, url: string, person: Known, agrees = true): Promise<string> {
  const address = await (provider === "google" ? throughGoogle : throughFacebook)(url, person, agrees);
  return address.href.replace(ORIGIN, "");
}
