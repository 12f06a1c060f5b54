import { beforeEach, describe, expect, it, vi } from "vitest";
import { leadsTo, secretOf, Visitor } from "./support/pages";
import { aPerson, befriend, call, ORIGIN, PASSWORD } from "./support/people";

/** What was tried against the pages, and does not work. */

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const HTML = { accept: "text/html" };

describe("the secret of a browser's forms", () => {
  it("goes with the session: whoever logs in, by whatever door, voids the forms of who was there", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson();
    const form = await visitor.open("/settings");
    expect(leadsTo(await visitor.submit(form, "/settings", { name: "Ann" })).status, "it is good until then").toBe(302);
    for (const [path, fields] of [
      ["/login", { username: bob.username }],
      ["/api/auth/login/", { username: bob.username }],
      ["/dj-rest-auth/login/", { email: bob.email }],
    ] as const) {
      const before = secretOf(visitor);
      await visitor.browser.post(path, { ...fields, password: PASSWORD });
      expect(secretOf(visitor), path).not.toBe(before);
    }
    expect((await visitor.submit(form, "/settings", { name: "Late" })).status).toBe(403);
    expect([(await ann.get("/profile/")).body.first_name, (await bob.get("/profile/")).body.first_name]).toEqual(["Ann", ""]);
  });

  it("stays as it is for a refresh, and for what other sites make a browser ask for", async () => {
    const { visitor } = await Visitor.new();
    await visitor.open("/settings");
    const before = secretOf(visitor);
    await visitor.browser.post("/api/auth/refresh/", {});
    // A post from elsewhere comes without the cookies that are Lax: its answer must not set others.
    const foreign = { ...HTML, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    for (const path of ["/settings", "/login", "/nowhere"]) {
      const { status, headers } = await call("POST", path, { body: new URLSearchParams({ name: "x" }), headers: foreign });
      expect({ status, sets: headers.getSetCookie() }, path).toEqual({ status: 403, sets: [] });
    }
    await visitor.open("/login?back=", { "sec-fetch-site": "cross-site" });
    expect(secretOf(visitor)).toBe(before);
  });
});

describe("a browser's cookies", () => {
  it("under https count by the names that no neighbouring host can set", async () => {
    const ann = await aPerson();
    const tossed = (name: string, value: string) => ({ ...HTML, cookie: `__Secure-${name}=${value}` });
    for (const headers of [tossed("access_token", ann.access), tossed("refresh_token", ann.refresh)])
      expect((await call("GET", "/devices", { headers })).status).toBe(302);
    const own = { ...HTML, cookie: `__Host-access_token=${ann.access}` };
    expect((await call("GET", "/devices", { headers: own })).status, "the other is good").toBe(200);
    const refresh = { cookie: `__Secure-refresh_token=${ann.refresh}`, origin: ORIGIN };
    expect((await call("POST", "/api/auth/refresh/", { body: {}, headers: refresh })).status).toBe(400);
    expect((await call("POST", "/api/token/refresh/", { body: {}, headers: refresh })).status, "where its path leads").toBe(200);
  });

  it("do not speak for who brings an access token that is no good", async () => {
    const { visitor } = await Visitor.new();
    visitor.browser.forget("__Host-access_token");
    const answer = await visitor.open("/devices", { authorization: "Bearer junk" });
    expect(leadsTo(answer)).toEqual({ status: 302, location: "/login?next=/devices" });
    expect((await visitor.open("/devices")).status, "without it they do").toBe(200);
  });

  it("that are dead are taken away even where too many came from that address, so that one can log in", async () => {
    const dead = await aPerson();
    await call("POST", "/api/auth/logout/", { token: dead.access });
    const strict = { env: { RATE_LIMITS: "strict" }, headers: { ...HTML, cookie: `__Host-refresh_token=${dead.refresh}` } };
    for (let tries = 0; tries < 101; tries++) await call("GET", "/login", strict);
    const refused = await call("POST", "/api/auth/refresh/", { body: { refresh: dead.refresh }, env: strict.env });
    expect(refused.status, "they are too many").toBe(429);
    const { status, headers } = await call("GET", "/login", strict);
    expect({ status, cleared: headers.getSetCookie().some((line) => line.startsWith("__Host-refresh_token=;")) }).toEqual({
      status: 200,
      cleared: true,
    });
  });
});

describe("a friend who hides", () => {
  it("is no friend on the start page, as one who has left is none", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson();
    const empty = (await visitor.open("/")).text.includes("Find people");
    await befriend(ann, bob);
    await ann.delete("/api/notifications/");
    const seen = await visitor.open("/");
    await bob.patch("/api/users/me/", { visibility: "private" });
    const hidden = await visitor.open("/");
    await bob.ask("DELETE", "/api/users/me/", { password: PASSWORD });
    const gone = await visitor.open("/");
    const content = ({ text }: { text: string }) => text.slice(text.indexOf("<h1")).replace(/[0-9a-f]{64}/g, "");
    expect(content(hidden)).toBe(content(gone));
    expect(content(hidden)).not.toBe(content(seen));
    expect(empty).toBe(true);
  });
});
