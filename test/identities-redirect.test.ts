import { describe, expect, it, vi } from "vitest";
import { Browser, parseSetCookie } from "./support/browser";
import { everything } from "./support/everything";
import { APP_CALLBACK, atFacebook, atGoogle, awayAndBack, back, enterByGoogle, GOOGLE, MUTE, throughGoogle } from "./support/identities";
import { aPerson, call, ORIGIN } from "./support/people";
import { later, stopClock } from "./support/time";

const ATTEMPT = "__Host-login_attempt";
const APP = "https://app.example.com";
const NOT_STARTED = { status: 400, body: { code: "login_not_started" } };

describe("logging in with Google in a browser", () => {
  it("goes there with PKCE, a state and a nonce, comes back, and sets the cookies of a session", async () => {
    const ann = await atGoogle();
    const { browser, back } = await awayAndBack(ann, { query: "?next=/welcome/?a=b" });
    const { status, headers } = await browser.get(back);
    expect({ status, location: headers.get("location") }).toEqual({ status: 302, location: `${ORIGIN}/welcome/?a=b` });
    expect((await browser.get("/api/users/me/")).body).toMatchObject({
      email: ann.email,
      email_verified: true,
      first_name: "Ann",
      last_name: "Smith",
      username: ann.sub,
    });
    expect((await browser.get("/api/auth/identities/")).body).toMatchObject([{ provider: "google", email: ann.email }]);
  });

  it("asks for a code by S256, with a state and a nonce that are new each time", async () => {
    const asked = async () => new URL((await new Browser().get("/api/auth/google/")).headers.get("location")!);
    const [first, second] = [await asked(), await asked()];
    expect(first.href.startsWith(GOOGLE)).toBe(true);
    expect(Object.fromEntries(first.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "kith",
      scope: "openid email profile",
      redirect_uri: `${ORIGIN}/api/auth/google/callback/`,
      code_challenge_method: "S256",
    });
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(first.searchParams.get(name)!.length, name).toBeGreaterThanOrEqual(32);
      expect(first.searchParams.get(name), name).not.toBe(second.searchParams.get(name));
    }
  });

  it("keeps what it needs in a cookie that no script and no other site sees, for ten minutes and one try", async () => {
    const { headers } = await call("GET", "/api/auth/google/");
    const [cookie, ...others] = headers.getSetCookie().map(parseSetCookie);
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: ATTEMPT,
      attributes: { path: "/", httponly: "", secure: "", samesite: "Lax", "max-age": "600" },
    });
    const { browser, back } = await awayAndBack(await atGoogle());
    expect(browser.has(ATTEMPT)).toBe(true);
    await browser.get(back);
    expect(browser.has(ATTEMPT)).toBe(false);
  });

  it("without `next` answers as a log-in does", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    const { status, body } = await browser.get(back);
    expect({ status, keys: Object.keys(body).sort() }).toEqual({ status: 200, keys: ["access", "refresh", "tokens", "user"] });
  });

  it("a second time is the same person", async () => {
    const ann = await atGoogle();
    const ids = [];
    for (let i = 0; i < 2; i++) {
      const { browser, back } = await awayAndBack(ann);
      ids.push((await browser.get(back)).body.user.id);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it("leads who does not agree back, and says so", async () => {
    const ann = await atGoogle();
    const { browser, back } = await awayAndBack(ann, { agrees: false, query: `?next=${APP}/start?tab=1` });
    const log = vi.spyOn(console, "log");
    const { status, headers } = await browser.get(back);
    expect({ status, location: headers.get("location") }).toEqual({ status: 302, location: `${APP}/start?tab=1&error=access_denied` });
    const line = JSON.parse(log.mock.lastCall![0]);
    expect(line, "the log is not led along").toMatchObject({ event: "login", outcome: "failure", error: "access_denied", status: 302 });
    expect(browser.has("__Host-access_token")).toBe(false);
    const bare = await awayAndBack(ann, { agrees: false });
    expect(await bare.browser.get(bare.back)).toMatchObject({ status: 400, body: { code: "access_denied" } });
  });
});

describe("what comes back from a provider", () => {
  it("is refused without the cookie of the browser that began", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    const before = await everything();
    expect(await new Browser().get(back)).toMatchObject(NOT_STARTED);
    expect(await everything()).toEqual(before);
    expect((await browser.get(back)).status, "with it, it is good").toBe(200);
  });

  it("is refused in another browser that has begun too: nobody is logged in as somebody else", async () => {
    const mallory = await awayAndBack(await atGoogle());
    const victim = await awayAndBack(await atGoogle());
    expect(await victim.browser.get(mallory.back)).toMatchObject(NOT_STARTED);
    expect(victim.browser.has("__Host-access_token")).toBe(false);
  });

  it("is refused with another state, or none", async () => {
    for (const spoil of [(url: URL) => url.searchParams.set("state", "x".repeat(43)), (url: URL) => url.searchParams.delete("state")]) {
      const { browser, back } = await awayAndBack(await atGoogle());
      const url = new URL(back, ORIGIN);
      spoil(url);
      expect(await browser.get(url.pathname + url.search)).toMatchObject(NOT_STARTED);
    }
  });

  it("is good once: again without the cookie, or with it kept on purpose", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    const cookie = browser.cookiesFor("/");
    expect((await browser.get(back)).status).toBe(200);
    expect(await browser.get(back)).toMatchObject(NOT_STARTED);
    expect(await call("GET", back, { headers: { cookie } })).toMatchObject({ status: 400, body: { code: "provider_refused" } });
  });

  it("is refused at the other provider's callback", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    expect(await browser.get(back.replace("/google/", "/facebook/"))).toMatchObject(NOT_STARTED);
  });

  it("is refused after ten minutes, and with a cookie that was tampered with", async () => {
    stopClock();
    const late = await awayAndBack(await atGoogle());
    later(601);
    expect(await late.browser.get(late.back)).toMatchObject(NOT_STARTED);
    const { browser, back } = await awayAndBack(await atGoogle());
    const cookie = browser.cookiesFor("/").replace(/(?<=\.)[^.](?=[^.]*$)/, (first) => (first === "A" ? "B" : "A"));
    expect(await call("GET", back, { headers: { cookie } })).toMatchObject(NOT_STARTED);
  });

  it("is refused with a token of ours in place of the cookie, and the cookie opens nothing else", async () => {
    const ann = await aPerson();
    const { browser, back } = await awayAndBack(await atGoogle());
    const attempt = browser.cookiesFor("/").split("=")[1]!;
    expect(await call("GET", back, { headers: { cookie: `${ATTEMPT}=${ann.access}` } })).toMatchObject(NOT_STARTED);
    expect((await call("GET", "/api/users/me/", { token: attempt })).status).toBe(401);
    expect((await call("POST", "/api/auth/refresh/", { body: { refresh: attempt } })).status).toBe(401);
  });

  it("is refused with a code that was asked for without our verifier", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    const other = await awayAndBack(await atGoogle());
    const injected = new URL(back, ORIGIN);
    injected.searchParams.set("code", new URL(other.back, ORIGIN).searchParams.get("code")!);
    expect(await browser.get(injected.pathname + injected.search)).toMatchObject({ status: 400, body: { code: "provider_refused" } });
  });

  it("by Facebook is taken as Google's is", async () => {
    const bob = await atFacebook();
    const { browser, back } = await awayAndBack(bob, { provider: "facebook", query: "?next=/" });
    expect((await browser.get(back)).headers.get("location")).toBe(`${ORIGIN}/`);
    expect((await browser.get("/api/users/me/")).body).toMatchObject({ email: bob.email, email_verified: false, first_name: "Bob" });
    const again = await awayAndBack(bob, { provider: "facebook", agrees: false, query: "?next=/" });
    expect((await again.browser.get(again.back)).headers.get("location")).toBe(`${ORIGIN}/?error=access_denied`);
  });
});

describe("where a browser is sent afterwards", () => {
  const start = (next: string, env?: Record<string, unknown>) =>
    call("GET", `/api/auth/google/?next=${encodeURIComponent(next)}`, env ? { env } : {});

  it("is never another's page, or what only looks like ours", async () => {
    for (const next of [
      "https://evil.example/",
      "//evil.example/",
      "/\\evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "https:evil.example",
      "https://kith.test@evil.example/",
      "https://kith.test.evil.example/",
      "https://someone@kith.test/",
      "javascript:alert(1)",
      "data:text/html,x",
      "evil.example",
      "http://app.example.com/",
      "https://app.example.com:8443/",
      `/${"é".repeat(1000)}`,
    ]) {
      const { status, body, headers } = await start(next);
      const refused = { status: 400, body: { next: ["Only a path of this server, or an address of an allowed origin."] } };
      expect({ status, body }, next).toEqual(refused);
      expect(headers.getSetCookie(), next).toEqual([]);
    }
  });

  it("may be a path of this server, an allowed origin and, in development, this machine", async () => {
    for (const next of ["/", "/a/b?c#d", `${ORIGIN}/x`, APP_CALLBACK, "http://localhost:3000/done"])
      expect((await start(next)).status, next).toBe(302);
    expect((await start("http://localhost:3000/done", { ENVIRONMENT: "production" })).status).not.toBe(302);
  });
});

describe("linking in a browser", () => {
  /** Logged in by cookie, as somebody who has nothing else linked. */
  async function loggedIn() {
    const person = await aPerson();
    const browser = new Browser();
    await browser.post("/api/auth/login/", { username: person.username, password: "correct-horse-battery" });
    return { person, browser };
  }

  it("links to the session that began, and then logs that person in", async () => {
    const { person, browser } = await loggedIn();
    const ann = await atGoogle();
    const { body } = await browser.post("/api/auth/identities/google/redirect/", { next: "/settings" });
    const answer = await browser.get(await back("google", body.url, ann));
    expect(answer.headers.get("location")).toBe(`${ORIGIN}/settings`);
    expect((await person.get("/api/auth/identities/")).body).toMatchObject([{ provider: "google", email: ann.email }]);
    expect((await enterByGoogle(ann)).body.user.id).toBe(person.id);
  });

  it("does not begin because another site says so", async () => {
    const { browser } = await loggedIn();
    const path = "/api/auth/identities/google/redirect/";
    expect((await browser.post(path, {}, { origin: "https://evil.example", "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await browser.get(path)).status).toBe(405);
    expect((await browser.post(path)).status).toBe(200);
  });

  it("ends with the session that began it", async () => {
    const { person, browser } = await loggedIn();
    const ann = await atGoogle();
    const { body } = await browser.post("/api/auth/identities/google/redirect/", { next: "/settings" });
    const address = await back("google", body.url, ann);
    await person.delete("/api/auth/sessions/");
    expect((await browser.get(address)).headers.get("location")).toBe(`${ORIGIN}/settings?error=token_not_valid`);
    expect((await person.get("/api/auth/identities/")).body).toEqual([]);
  });

  it("does not take what is somebody else's", async () => {
    const ann = await atGoogle();
    await enterByGoogle(ann);
    const { person, browser } = await loggedIn();
    const { body } = await browser.post("/api/auth/identities/google/redirect/", {});
    expect(await browser.get(await back("google", body.url, ann))).toMatchObject({ status: 409, body: { code: "identity_taken" } });
    expect((await person.get("/api/auth/identities/")).body).toEqual([]);
  });
});

describe("a provider that cannot be used", () => {
  it("says what has to be set", async () => {
    for (const [provider, title] of [
      ["google", "Google"],
      ["facebook", "Facebook"],
    ] as const)
      for (const missing of ["ID", "SECRET"]) {
        const name = `${provider.toUpperCase()}_CLIENT_${missing}`;
        const { status, body } = await call("GET", `/api/auth/${provider}/`, { env: { [name]: undefined } });
        expect({ status, body }).toMatchObject({ status: 503, body: { code: "provider_not_configured" } });
        expect(body.detail).toContain(`with ${title} is not set up`);
        expect(body.detail).toContain(name);
      }
  });

  it("is not trusted over plain http in production", async () => {
    expect((await call("GET", "/api/auth/google/", { env: { ENVIRONMENT: "production" } })).status).toBe(503);
    expect((await call("GET", "/api/auth/facebook/", { env: { ENVIRONMENT: "production" } })).status).toBe(503);
  });

  it("answers 503 when it is down or does not answer in time, before and after a browser was there", async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(ms / 20));
    for (const issuer of ["http://localhost:1", MUTE]) {
      const { status, body } = await call("GET", "/api/auth/google/", { env: { GOOGLE_ISSUER: issuer } });
      expect({ status, code: body.code }).toEqual({ status: 503, code: "provider_unavailable" });
    }
    for (const [ms] of patience.mock.calls) expect(ms).toBeLessThanOrEqual(30_000);
    patience.mockRestore();
    const { browser, back: address } = await awayAndBack(await atFacebook(), { provider: "facebook" });
    const headers = { cookie: browser.cookiesFor("/") };
    const { status } = await call("GET", address, { headers, env: { FACEBOOK_GRAPH_URL: "http://localhost:1" } });
    expect(status).toBe(503);
  });

  it("of the standard kind is found by its own description, which has to be its own", async () => {
    const other = GOOGLE.replace("localhost", "127.0.0.1");
    expect((await call("GET", "/api/auth/google/", { env: { GOOGLE_ISSUER: other } })).status).toBe(503);
    expect((await throughGoogle(`${GOOGLE}/auth?client_id=kith`, await atGoogle()).catch(({ message }) => message)) as string).toContain(
      "400",
    );
  });
});
