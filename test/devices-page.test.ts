import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { leadsTo, Visitor } from "./support/pages";
import { aPerson, call, PASSWORD } from "./support/people";
import { later, stopClock } from "./support/time";

const FIREFOX = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0" };
const ACCESS_S = 60 * 60;

const countOf = (text: string, part: string) => text.split(part).length - 1;
const idOf = async ({ browser }: Visitor) =>
  (await browser.get("/api/auth/sessions/")).body.find((session: { current: boolean }) => session.current).id;

describe("the page of one's devices", () => {
  it("lists them, and says which one it is on", async () => {
    const { person, visitor } = await Visitor.new();
    await call("POST", "/api/auth/login/", { body: { username: person.username, password: PASSWORD }, headers: FIREFOX });
    const { status, text } = await visitor.open("/devices");
    expect(status).toBe(200);
    expect(text).toContain("Firefox on Linux");
    expect(countOf(text, "this one")).toBe(1);
    expect(countOf(text, 'action="/devices/')).toBe(4);
  });

  it("looks as its owner has chosen; pages for nobody follow the system", async () => {
    const { person, visitor } = await Visitor.new();
    const look = async () => (await visitor.open("/devices")).text.match(/<html[^>]*>|<meta name="color-scheme"[^>]*>/g);
    const system = ['<html lang="en" data-font="medium">', '<meta name="color-scheme" content="light dark"/>'];
    expect(await look(), "and follows the system until they choose").toEqual(system);
    await person.patch("/preferences/theme/", { theme: "light" });
    expect(await look()).toEqual(['<html lang="en" data-theme="light" data-font="medium">', '<meta name="color-scheme" content="light"/>']);
    await person.patch("/preferences/theme/", { theme: "system" });
    expect(await look()).toEqual(system);
    await query("update preferences set theme = 'dark' where user_id = ?", person.id);
    expect((await look())?.[0], "as one that was chosen before choices were noted").toContain('data-theme="dark"');
    await person.patch("/preferences/theme/", { theme: "dark", font_size: "large" });
    const { text } = await visitor.open("/devices");
    expect(text).toContain('<html lang="en" data-theme="dark" data-font="large">');
    expect(text).toContain('<meta name="color-scheme" content="dark"/>');
    const page = await call("GET", "/forgot-password/");
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).toContain('<meta name="color-scheme" content="light dark"/>');
  });

  it("turns the tokens on its way when the access token has run out", async () => {
    stopClock();
    const { visitor } = await Visitor.new();
    const { browser } = visitor;
    later(ACCESS_S + 1);
    expect((await browser.get("/api/users/me/")).status).toBe(401);
    expect((await visitor.open("/devices")).status).toBe(200);
    expect((await browser.get("/api/users/me/")).status, "and leaves the browser with the new ones").toBe(200);
    browser.forget("__Host-access_token");
    expect((await visitor.open("/devices")).status, "or when its cookie is gone").toBe(200);
  });

  it("turns them once for pages that are asked for together", async () => {
    stopClock();
    const { browser } = (await Visitor.new()).visitor;
    later(ACCESS_S + 1);
    const cookie = browser.cookiesFor("/");
    const pages = await Promise.all(Array.from({ length: 5 }, () => call("GET", "/devices/", { headers: { cookie } })));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it("leads who is nobody to log in, and takes dead cookies away", async () => {
    const { person, visitor } = await Visitor.new();
    await person.delete("/api/auth/sessions/");
    expect(visitor.browser.has("__Host-access_token")).toBe(true);
    expect(leadsTo(await visitor.open("/devices"))).toEqual({ status: 302, location: "/login?next=/devices" });
    expect(visitor.browser.has("__Host-access_token")).toBe(false);
    expect((await call("GET", "/devices", { headers: { cookie: "__Host-refresh_token=nonsense" } })).status).toBe(302);
  });

  it("ends one, all others, or its own", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const other = await Visitor.as(ann);
    const otherId = await idOf(other);
    expect(leadsTo(await visitor.post(`/devices/${otherId}/end`))).toEqual({ status: 303, location: "/devices" });
    expect((await other.browser.get("/api/users/me/")).status).toBe(401);
    expect((await visitor.post(`/devices/${otherId}/end`)).status, "twice is harmless").toBe(303);

    const { id: bobs } = (await (await aPerson()).get("/api/auth/sessions/")).body[0];
    await visitor.post(`/devices/${bobs}/end`);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
    await visitor.post("/devices/end-others");
    expect((await ann.get("/api/users/me/")).status).toBe(401);
    expect((await visitor.browser.get("/api/users/me/")).status).toBe(200);
    expect(leadsTo(await visitor.post(`/devices/${await idOf(visitor)}/end`))).toEqual({ status: 303, location: "/login" });
    expect(visitor.browser.has("__Host-access_token")).toBe(false);
  });

  it("shows a user agent as text, whatever it is", async () => {
    const { person, visitor } = await Visitor.new();
    const evil = { "user-agent": '<img src=x onerror="alert(1)">' };
    await call("POST", "/api/auth/login/", { body: { username: person.username, password: PASSWORD }, headers: evil });
    const { text } = await visitor.open("/devices");
    expect(text).not.toContain("<img src=x");
    expect(text).toContain("&lt;img");
  });
});
