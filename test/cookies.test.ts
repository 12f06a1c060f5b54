import { describe, expect, it } from "vitest";
import { Browser, parseSetCookie } from "./support/browser";
import { aPerson, call, newName, ORIGIN, PASSWORD, type Person } from "./support/people";
import { openSocket } from "./support/socket";
import { later, stopClock } from "./support/time";

const HOSTILE = "https://evil.example";
const APP = "https://app.example.com";
const HOUR_S = 3600;
const FORTNIGHT_S = 14 * 24 * HOUR_S;

const cookiesOf = (headers: Headers) => headers.getSetCookie().map(parseSetCookie);
async function loggedIn(ann: Person, origin?: string): Promise<Browser> {
  const browser = new Browser(origin);
  expect((await browser.post("/api/auth/login/", { username: ann.username, password: PASSWORD })).status).toBe(200);
  return browser;
}

describe("a session in cookies", () => {
  it("comes with every log-in: for scripts invisible, for other sites unsent, for this host alone", async () => {
    const ann = await aPerson();
    const { headers, body } = await call("POST", "/api/auth/login/", { body: { email: ann.email, password: PASSWORD } });
    const cookies = cookiesOf(headers);
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([
      ["__Host-access_token", body.access],
      ["__Secure-refresh_token", ""],
      ["__Host-refresh_token", body.refresh],
    ]);
    for (const { attributes } of cookies) {
      expect(attributes).toMatchObject({ httponly: "", samesite: "Lax", secure: "" });
      expect(attributes).not.toHaveProperty("domain");
    }
    expect(cookies.map(({ attributes }) => attributes.path)).toEqual(["/", "/api/token/refresh", "/"]);
    const ages = cookies.map(({ attributes }) => Number(attributes["max-age"]));
    expect(ages).toEqual([HOUR_S, 0, FORTNIGHT_S]);
  });

  it("has new values at each log-in", async () => {
    const ann = await aPerson();
    const login = () => call("POST", "/api/auth/login/", { body: { username: ann.username, password: PASSWORD } });
    const values = [await login(), await login()].flatMap(({ headers }) => cookiesOf(headers).map(({ value }) => value));
    expect(new Set(values.filter((value) => value !== "")).size).toBe(4);
  });

  it("over plain http has plain names", async () => {
    const username = newName();
    const request = new Request("http://localhost:8787/api/auth/register/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, email: `${username}@example.test`, password: PASSWORD }),
    });
    const { exports } = await import("cloudflare:workers");
    const { headers } = await (exports as any).default.fetch(request);
    const cookies = cookiesOf(headers);
    expect(cookies.map(({ name }) => name)).toEqual(["access_token", "refresh_token", "refresh_token"]);
    for (const { attributes } of cookies) expect(attributes).not.toHaveProperty("secure");
    const me = await (exports as any).default.fetch(
      new Request("http://localhost:8787/api/users/me/", { headers: { cookie: `access_token=${cookies[0]!.value}` } }),
    );
    expect((await me.json()).username).toBe(username);
  });

  it("is as good as a bearer token on every kind of route, the socket included", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    expect((await browser.get("/api/users/me/")).body.id).toBe(ann.id);
    expect((await browser.ask("PATCH", `/api/users/${ann.id}/`, { bio: "By cookie." })).body.bio).toBe("By cookie.");
    const socket = await openSocket("", { cookie: browser.cookiesFor("/ws/main/") });
    expect(await socket.next("group_users")).toMatchObject({ users: [ann.id] });
    const page = await openSocket("", { cookie: browser.cookiesFor("/ws/main/"), origin: APP });
    expect(await page.next("group_users")).toMatchObject({ users: [ann.id] });
    const hostile = await openSocket("", { cookie: browser.cookiesFor("/ws/main/"), origin: HOSTILE });
    expect(await hostile.closing()).toMatchObject({ code: 4401 });
  });

  it("yields to an Authorization header, be that good or bad", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    const browser = await loggedIn(ann);
    expect((await browser.get("/api/users/me/", { authorization: `Bearer ${bob.access}` })).body.id).toBe(bob.id);
    expect((await browser.get("/api/users/me/", { authorization: "Bearer nonsense" })).status).toBe(401);
    expect((await browser.get("/api/users/me/", { authorization: "Basic YTpi" })).body.id).toBe(ann.id);
  });

  it("counts under https only by its prefixed names, and the refresh cookie opens nothing", async () => {
    const ann = await aPerson();
    const { status } = await call("GET", "/api/users/me/", { headers: { cookie: `access_token=${ann.access}` } });
    expect(status).toBe(401);
    const headers = { cookie: `__Host-access_token=${ann.refresh}; __Host-refresh_token=${ann.refresh}` };
    expect((await call("GET", "/api/users/me/", { headers })).status).toBe(401);
    expect((await call("GET", "/api/users/me/", { headers: { cookie: `__Host-access_token=${ann.access}` } })).status).toBe(200);
  });

  it("that is stale breaks no public route", async () => {
    const stale = { cookie: "__Host-access_token=stale; __Host-refresh_token=stale" };
    const username = newName();
    const body = { username, email: `${username}@example.test`, password: PASSWORD };
    expect((await call("POST", "/api/auth/register/", { body, headers: stale })).status).toBe(201);
    expect((await call("POST", "/api/auth/login/", { body, headers: stale })).status).toBe(200);
    expect((await call("GET", "/health", { headers: stale })).status).toBe(200);
    expect((await call("POST", "/api/auth/logout/", { body: {}, headers: stale })).status).toBe(200);
    expect((await call("GET", "/api/users/me/", { headers: stale })).status).toBe(401);
  });

  it("is refreshed without a body, by its cookie", async () => {
    const ann = await aPerson();
    stopClock();
    const browser = await loggedIn(ann);
    const before = browser.cookiesFor("/");
    later(61 * 60);
    expect((await browser.get("/api/users/me/")).status).toBe(401);
    const { status, body } = await browser.post("/api/auth/refresh/");
    expect(status).toBe(200);
    expect(body.access).toEqual(expect.any(String));
    expect(browser.cookiesFor("/")).not.toBe(before);
    expect((await browser.get("/api/users/me/")).body.id).toBe(ann.id);
  });

  it("is over at once when it logs out, and the cookies are taken back as they were given", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    const cookie = browser.cookiesFor("/");
    const { headers } = await browser.post("/api/auth/logout/");
    for (const { value, attributes } of cookiesOf(headers)) {
      expect(value).toBe("");
      expect(attributes).toMatchObject({
        "max-age": "0",
        expires: "Thu, 01 Jan 1970 00:00:00 GMT",
        httponly: "",
        samesite: "Lax",
        secure: "",
      });
    }
    expect(browser.cookiesFor("/api/token/refresh/")).toBe("");
    expect((await call("GET", "/api/users/me/", { headers: { cookie } })).status).toBe(401);
    expect((await call("POST", "/api/auth/refresh/", { body: {}, headers: { cookie } })).status).toBe(401);
    expect((await browser.post("/api/auth/logout/")).status).toBe(200);
    expect((await ann.get("/api/users/me/")).status, "her other session goes on").toBe(200);
  });

  it("is one at a time in a browser, whatever clients log in there", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    for (const [first, second] of [
      ["/api/auth/login/", "/api/token/"],
      ["/api/token/", "/api/auth/login/"],
    ] as const) {
      const browser = new Browser();
      await browser.post(first, { username: ann.username, password: PASSWORD });
      await browser.post(second, { username: bob.username, password: PASSWORD });
      expect((await browser.post("/api/token/refresh/")).status).toBe(200);
      expect((await browser.get("/api/users/me/")).body.id, `${first}, then ${second}`).toBe(bob.id);
    }
  });

  it("outlives a GET of the address that ends it", async () => {
    const browser = await loggedIn(await aPerson());
    for (const path of ["/api/auth/logout/", "/api/logout/", "/api/user/logout/"])
      expect((await browser.get(path, { "sec-fetch-site": "cross-site" })).status, path).toBe(405);
    expect((await browser.get("/api/users/me/")).status).toBe(200);
  });
});

describe("a forged write", () => {
  const FOREIGN = [
    { origin: HOSTILE },
    { origin: "null" },
    { origin: "http://kith.test" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: HOSTILE, "sec-fetch-site": "same-origin" },
    { origin: HOSTILE, authorization: "Basic YTpi" },
    { "sec-fetch-site": "cross-site", authorization: "Negotiate abc" },
  ] as Record<string, string>[];
  const OWN = [{}, { origin: ORIGIN, "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "same-origin" }, { origin: APP }] as Record<
    string,
    string
  >[];

  it.each(FOREIGN)("with %o is refused, and changes nothing", async (headers) => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    const { status, body } = await browser.ask("PATCH", `/api/users/${ann.id}/`, { bio: "Forged." }, headers);
    expect({ status, code: body.code }).toEqual({ status: 403, code: "csrf_failed" });
    expect((await ann.get("/api/users/me/")).body.bio).toBeNull();
  });

  it.each(OWN)("is not what a write with %o is", async (headers) => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    expect((await browser.ask("PATCH", `/api/users/${ann.id}/`, { bio: "Mine." }, headers)).status).toBe(200);
  });

  it.each(FOREIGN)("cannot log a browser in, or out: %o", async (headers) => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    for (const [path, body] of Object.entries({
      "/api/auth/login/": { username: ann.username, password: PASSWORD },
      "/api/auth/register/": { username: newName(), email: `${newName()}@example.test`, password: PASSWORD },
      "/api/auth/refresh/": {},
      "/api/auth/logout/": {},
      "/api/token/": { username: ann.username, password: PASSWORD },
    })) {
      const answer = await browser.post(path, body, headers);
      expect({ path, status: answer.status, cookies: answer.headers.getSetCookie() }).toEqual({ path, status: 403, cookies: [] });
    }
    expect((await browser.get("/api/users/me/")).status).toBe(200);
  });

  it("as a form is refused like any other, and as text it is no body that we take", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    const form = new URLSearchParams({ bio: "Forged." });
    expect((await browser.ask("PATCH", `/api/users/${ann.id}/`, form, { origin: HOSTILE })).status).toBe(403);
    const text = { "content-type": "text/plain" };
    expect((await browser.ask("PATCH", `/api/users/${ann.id}/`, '{"bio":"Forged."}', { ...text, origin: HOSTILE })).status).toBe(403);
    expect((await browser.ask("PATCH", `/api/users/${ann.id}/`, '{"bio":"Forged."}', text)).status).toBe(415);
    expect((await ann.get("/api/users/me/")).body.bio).toBeNull();
  });

  it("is nothing that a bearer token can be used for: no page has it unless it was given", async () => {
    const ann = await aPerson();
    for (const headers of [{}, { origin: HOSTILE }, { "sec-fetch-site": "cross-site" }])
      expect((await call("PATCH", `/api/users/${ann.id}/`, { token: ann.access, body: { bio: "Hello." }, headers })).status).toBe(200);
  });

  it("reads are no writes: they answer, and no foreign page may look at the answer", async () => {
    const browser = await loggedIn(await aPerson());
    const { status, headers } = await browser.get("/api/users/me/", { origin: HOSTILE });
    expect({ status, allowed: headers.get("access-control-allow-origin") }).toEqual({ status: 200, allowed: null });
  });
});
