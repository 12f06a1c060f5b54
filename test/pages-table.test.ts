import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeAdmin } from "./support/admins";
import { everything } from "./support/everything";
import { meterD1 } from "./support/meter";
import { PAGES } from "./support/page-grants";
import { FORM_COOKIE, FORM_FIELD, flashOf, Visitor } from "./support/pages";
import { type Answer, call, ORIGIN } from "./support/people";
import { fill, pageRoutes, type Route } from "./support/routes";
import { later, stopClock } from "./support/time";

/** What holds for every page, whatever it shows. */

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const HTML = { accept: "text/html,*/*;q=0.8" };
const MOST_OF_A_FORM = 2;
const ACCESS_S = 60 * 60;

const routes = pageRoutes();
const of = (method: string, ...audiences: string[]) =>
  routes.filter((route) => route.method === method && audiences.includes(PAGES[route.name]!));
const asset = ({ name }: Route) => name.includes("/assets/");
/** It would log the visitor out who is to see what comes behind it: test/seed2-pages.test.ts. */
const leaves = ({ name }: Route) => / \/logout\/$/.test(name);
const opened = (route: Route) => !asset(route) && !leaves(route);
/** A level of privacy is of something that has a name. */
const address = ({ path }: Route, id = 1) => fill(path.replace(":subject", "email"), id);

const isPage = ({ headers, text }: Answer) =>
  headers.get("content-type")?.toLowerCase() === "text/html; charset=utf-8" && text.startsWith("<!doctype html>");

describe("the table of pages", () => {
  it("has every route of a page, and no other", () => {
    expect(routes.map(({ name }) => name).sort()).toEqual(Object.keys(PAGES).sort());
  });
});

describe("a page", () => {
  it("runs and loads only what is ours, is kept by nobody and tells no other site where one came from", async () => {
    const { visitor } = await Visitor.new();
    for (const route of of("GET", "everybody", "members").filter(opened)) {
      const answer = await visitor.open(address(route));
      const { headers, text } = answer;
      if (!isPage(answer)) {
        expect([302, 200], `${route.name}: ${answer.status}`).toContain(answer.status);
        continue;
      }
      expect(headers.get("content-security-policy"), route.name).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' wss:\/\/kith\.test; (frame-src 'self'; )?form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get("referrer-policy"), route.name).toBe("same-origin");
      expect(headers.get("cache-control"), route.name).toBe("no-store");
      expect(text, route.name).not.toMatch(
        /<script(?! type="module" src="\/assets\/[^"]*"><\/script>)|<style|\sstyle=|\son[a-z]+="|javascript:/,
      );
      expect(text.match(/<h1[ >]/g), route.name).toHaveLength(1);
      for (const [, id] of text.matchAll(/<(?:input(?! type="hidden")|select|textarea)\b[^>]* id="([^"]+)"/g))
        expect(text, `${route.name}: ${id}`).toContain(`<label for="${id}"`);
    }
  });

  it("of members leads anybody else to log in, and back", async () => {
    for (const route of of("GET", "members", "admins")) {
      const { status, headers } = await call("GET", address(route), { headers: HTML });
      expect({ status, to: headers.get("location") }, route.name).toEqual({ status: 302, to: `/login?next=${address(route)}` });
    }
    const { headers } = await call("GET", "/devices?a=b&c=/", { headers: HTML });
    expect(headers.get("location")).toBe("/login?next=/devices%3Fa%3Db%26c%3D/");
    for (const route of of("POST", "members", "admins")) {
      const answer = await call("POST", address(route), { body: new URLSearchParams(FORM_FIELD), headers: { ...HTML, ...FORM_COOKIE } });
      expect({ status: answer.status, to: answer.headers.get("location") }, route.name).toEqual({ status: 302, to: "/login" });
    }
  });

  it("of admins is refused to others", async () => {
    const { visitor } = await Visitor.new();
    for (const route of of("GET", "admins")) {
      const answer = await visitor.open(address(route));
      expect({ status: answer.status, page: isPage(answer) }, route.name).toEqual({ status: 403, page: true });
    }
    const before = await everything();
    const all = { reason: "x", role: "admin" };
    for (const route of of("POST", "admins")) expect((await visitor.post(address(route), all)).status, route.name).toBe(403);
    expect(await everything(), "and nothing has changed").toEqual(before);
  });

  it("costs one round trip to the database, and another where tokens are turned on the way", async () => {
    stopClock();
    const { person, visitor } = await Visitor.new();
    await makeAdmin(person);
    const { id: group } = (await person.post("/api/friends/groups/", { name: "Team" })).body;
    const meter = meterD1();
    const dear: Record<string, unknown> = {};
    for (const route of of("GET", "everybody", "members", "admins").filter(opened)) {
      later(ACCESS_S + 1);
      meter.take();
      const { status } = await visitor.open(address(route, route.path.includes("/groups/") ? group : person.id));
      const { trips } = meter.take();
      if (trips > 2) dear[route.name] = { status, trips };
    }
    expect(dear).toEqual({});
    later(ACCESS_S + 1);
    meter.take();
    await visitor.open("/devices");
    expect(meter.take().trips, "the frame and the refresh are counted").toBe(2);
    meter.stop();
  });
});

describe("a form", () => {
  it("costs a look and a commit at most, and so it does where it comes back with what is wrong", async () => {
    const { person, visitor } = await Visitor.new();
    await makeAdmin(person);
    const { id } = (await Visitor.new()).person;
    const meter = meterD1();
    const dear: Record<string, unknown> = {};
    for (const route of of("POST", "members", "admins").filter((route) => !leaves(route))) {
      await visitor.open("/forgot-password");
      meter.take();
      const { status } = await visitor.post(address(route, id));
      const { trips } = meter.take();
      if (trips > MOST_OF_A_FORM) dear[route.name] = { status, trips };
    }
    meter.stop();
    expect(dear).toEqual({});
  });

  it("is refused from another site, and without its browser's secret, and then nothing has happened", async () => {
    const { person, visitor } = await Visitor.new();
    await makeAdmin(person);
    const own = await ownCookie(visitor);
    const before = await everything();
    for (const route of routes.filter(({ method }) => method === "POST")) {
      const path = address(route);
      const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
        visitor.raw(path, new URLSearchParams(fields), headers);
      for (const [what, answer] of [
        ["no secret", await post({})],
        ["another's secret", await post({ csrfmiddlewaretoken: "f".repeat(32) })],
        ["nonsense", await post({ csrfmiddlewaretoken: "x" })],
      ] as const) {
        expect({ status: answer.status, page: isPage(answer) }, `${route.name}: ${what}`).toEqual({ status: 403, page: true });
        expect(answer.text, `${route.name}: ${what}`).toContain("CSRF verification failed. Request aborted.");
      }
      for (const headers of [
        { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "cross-site", origin: "null" },
      ])
        expect((await post({ csrfmiddlewaretoken: own }, headers)).status, `${route.name}: another site`).toBe(403);
    }
    expect(await everything()).toEqual(before);
  });
});

describe("a session that is over", () => {
  it("is said where one has to log in, and from there it goes on where one was", async () => {
    const { visitor } = await Visitor.new();
    await visitor.open("/forgot-password");
    const cookie = visitor.browser.cookiesFor("/");
    const told = async ({ headers }: Answer) => {
      const said = headers.getSetCookie().find((line) => line.startsWith("__Host-flash=")) ?? "";
      return [headers.get("location"), flashOf(await call("GET", "/login", { headers: { ...HTML, cookie: said.split(";")[0]! } }))];
    };
    const post = (headers: Record<string, string> = {}) => {
      const body = new URLSearchParams({ csrfmiddlewaretoken: /csrftoken=([0-9a-f]{32})/.exec(cookie)![1]! });
      return call("POST", "/devices/end-others", { body, headers: { ...HTML, cookie, ...headers } });
    };
    await call("POST", "/api/auth/logout/", { body: {}, headers: { cookie, origin: ORIGIN } });
    const meanwhile = "You were logged out meanwhile. Log in, then do it again.";
    expect(await told(await post({ referer: `${ORIGIN}/devices?page=2` }))).toEqual(["/login?next=/devices%3Fpage%3D2", meanwhile]);
    for (const referer of ["https://evil.example/devices", `${ORIGIN}.evil.example/`, `${ORIGIN}//evil.example/`, "junk"])
      expect(await told(await post({ referer })), referer).toEqual(["/login", meanwhile]);
    const page = await call("GET", "/devices", { headers: { ...HTML, cookie } });
    expect(await told(page)).toEqual(["/login?next=/devices", "Your session is over. Log in again."]);
    expect(await told(await call("GET", "/devices", { headers: HTML }))).toEqual(["/login?next=/devices", ""]);
  });
});

describe("a refusal", () => {
  it("says what to do, around it the frame of whoever is logged in", async () => {
    const { person, visitor } = await Visitor.new();
    const large = new URLSearchParams({ bio: "x".repeat(300_000) });
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const refusals: [Answer, string][] = [
      [await visitor.raw("/devices/end-others", large), "write less"],
      [await visitor.raw("/devices/end-others", new URLSearchParams()), "reload it, and try again."],
      [await visitor.raw("/devices/end-others", new URLSearchParams(), foreign), "try there."],
      [await visitor.open("/nowhere"), "The address may be wrong"],
      [await visitor.open("/admin"), "ask whoever runs this site"],
    ];
    for (const [{ status, text }, advice] of refusals) {
      expect(text, `${status}`).toContain(advice);
      expect(text, `${status}`).toContain(`data-user="${person.id}"`);
    }
    expect(refusals.map(([{ status }]) => status)).toEqual([413, 403, 403, 404, 403]);
    await call("POST", "/api/auth/logout/", { body: {}, headers: { cookie: visitor.browser.cookiesFor("/"), origin: ORIGIN } });
    const late = await visitor.raw("/devices/end-others", new URLSearchParams());
    expect({ status: late.status, frame: late.text.includes('href="/login"') }).toEqual({ status: 403, frame: true });
  });
});

/** What would be taken from the browser's own forms. */
async function ownCookie(visitor: Visitor): Promise<string> {
  await visitor.open("/forgot-password");
  const secret = /csrftoken=([0-9a-f]{32})/.exec(visitor.browser.cookiesFor("/"))?.[1];
  expect((await visitor.raw("/devices/end-others", new URLSearchParams({ csrfmiddlewaretoken: secret! }))).status, "it is good").toBe(303);
  return secret!;
}

describe("what browsers load", () => {
  it("may be kept for ever under its version, and is what a page asks for", async () => {
    const { text } = await call("GET", "/forgot-password/", { headers: HTML });
    const loaded = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(loaded.length).toBeGreaterThan(3);
    for (const path of new Set(loaded)) {
      const { status, headers } = await call("GET", path);
      expect({ status, caching: headers.get("cache-control") }, path).toEqual({
        status: 200,
        caching: "public, max-age=31536000, immutable",
      });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    const other = await call("GET", "/assets/0/kith.css");
    expect({ status: other.status, caching: other.headers.get("cache-control") }).toEqual({ status: 200, caching: "no-cache" });
    for (const name of ["nothing.css", "constructor", "__proto__"]) expect((await call("GET", `/assets/0/${name}`)).status).toBe(404);
  });
});

describe("without a website", () => {
  it("its addresses are nobody's, and the pages that mails lead to stay", async () => {
    const env = { PAGES: "off" };
    const { person, visitor } = await Visitor.new();
    await makeAdmin(person);
    const { id: group } = (await person.post("/api/friends/groups/", { name: "Team" })).body;
    const cookie = visitor.browser.cookiesFor("/");
    const mailed = /^GET \/(assets|verify-email|resend-email|forgot-password|reset-password)\//;
    const website = of("GET", "everybody", "members", "admins").filter(({ name }) => !mailed.test(name));
    expect(website.length).toBeGreaterThan(0);
    for (const route of website.filter((route) => !leaves(route))) {
      const path = address(route, route.path.includes("/groups/") ? group : person.id);
      const open = (changes: object) => call("GET", path, { headers: { ...HTML, cookie }, ...changes });
      const [on, off] = [await open({}), await open({ env })];
      expect({ on: on.status !== 404, off: off.status }, route.name).toEqual({ on: true, off: 404 });
    }
    const forms = of("POST", "everybody", "members", "admins").filter(({ name }) => !mailed.test(name.replace("POST", "GET")));
    expect(forms.length).toBeGreaterThan(30);
    for (const route of forms)
      expect((await call("POST", address(route), { body: new URLSearchParams({ a: "b" }), env })).body, route.name).toEqual({
        detail: "Not found.",
      });
    const forgot = await call("GET", "/forgot-password", { headers: HTML, env });
    expect({ status: forgot.status, leads: forgot.text.includes('href="/login"') }).toEqual({ status: 200, leads: false });
  });
});

describe("an address that is nobody's", () => {
  it("is a page to a browser, JSON to a program, and JSON to both under the API", async () => {
    const page = await call("GET", "/nowhere", { headers: HTML });
    expect({ status: page.status, page: isPage(page) }).toEqual({ status: 404, page: true });
    for (const [path, headers] of [
      ["/nowhere", {}],
      ["/api/nowhere/", HTML],
    ] as const)
      expect((await call("GET", path, { headers })).body, path).toEqual({ detail: "Not found." });
  });
});
