import { describe, expect, it } from "vitest";
import { Browser } from "./support/browser";
import { aPerson, call, ORIGIN, PASSWORD, type Person } from "./support/people";
import { later, stopClock } from "./support/time";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
const ACCESS_S = 60 * 60;

async function loggedIn(ann: Person): Promise<Browser> {
  const browser = new Browser(ORIGIN);
  await browser.post("/api/auth/login/", { username: ann.username, password: PASSWORD }, { "user-agent": FIREFOX });
  return browser;
}
const form = (browser: Browser, path: string) => browser.ask("POST", path, new URLSearchParams());
const countOf = (text: string, part: string) => text.split(part).length - 1;

describe("the page of one's devices", () => {
  it("lists them, says which one it is on, and runs nothing", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    const { status, headers, text } = await browser.get("/devices/");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).toContain("Firefox on Linux");
    expect(countOf(text, "this one")).toBe(1);
    expect(countOf(text, 'type="submit"')).toBe(3);
    expect(text).not.toContain("<script");
  });

  it("looks as its owner has chosen; pages for nobody follow the system", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    expect((await browser.get("/devices/")).text).toContain('<html lang="en" data-theme="light" data-font="medium">');
    await ann.patch("/preferences/theme/", { theme: "dark", font_size: "large" });
    const { text } = await browser.get("/devices/");
    expect(text).toContain('<html lang="en" data-theme="dark" data-font="large">');
    expect(text).toContain('<meta name="color-scheme" content="dark"/>');
    for (const path of ["/devices/", "/forgot-password/"]) {
      const page = await call("GET", path);
      expect(page.text).toContain('<html lang="en">');
      expect(page.text).toContain('<meta name="color-scheme" content="light dark"/>');
    }
  });

  it("turns the tokens on its way when the access token has run out", async () => {
    stopClock();
    const browser = await loggedIn(await aPerson());
    later(ACCESS_S + 1);
    expect((await browser.get("/api/users/me/")).status).toBe(401);
    expect((await browser.get("/devices/")).status).toBe(200);
    expect((await browser.get("/api/users/me/")).status, "and leaves the browser with the new ones").toBe(200);
    browser.forget("__Host-access_token");
    expect((await browser.get("/devices/")).status, "or when its cookie is gone").toBe(200);
  });

  it("turns them once for pages that are asked for together", async () => {
    stopClock();
    const browser = await loggedIn(await aPerson());
    later(ACCESS_S + 1);
    const cookie = browser.cookiesFor("/");
    const pages = await Promise.all(Array.from({ length: 5 }, () => call("GET", "/devices/", { headers: { cookie } })));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it("tells who is nobody to log in, and takes dead cookies away", async () => {
    const ann = await aPerson();
    expect((await call("GET", "/devices/")).status).toBe(401);
    expect((await call("POST", "/devices/end-others/")).status).toBe(401);
    const browser = await loggedIn(ann);
    await ann.delete("/api/auth/sessions/");
    expect(browser.has("__Host-access_token")).toBe(true);
    const { status, text } = await browser.get("/devices/");
    expect({ status, said: text.includes("not logged in") }).toEqual({ status: 401, said: true });
    expect(browser.cookiesFor("/")).toBe("");
    expect((await call("GET", "/devices/", { headers: { cookie: "__Host-refresh_token=nonsense" } })).status).toBe(401);
  });

  it("ends one, all others, or its own", async () => {
    const ann = await aPerson();
    const [browser, other] = [await loggedIn(ann), await loggedIn(ann)];
    const idOf = async (one: Browser) => (await one.get("/api/auth/sessions/")).body.find((session: any) => session.current).id;
    const otherId = await idOf(other);
    const { status, headers } = await form(browser, `/devices/${otherId}/end/`);
    expect({ status, to: headers.get("location") }).toEqual({ status: 303, to: "/devices/" });
    expect((await other.get("/api/users/me/")).status).toBe(401);
    expect((await form(browser, `/devices/${otherId}/end/`)).status, "twice is harmless").toBe(303);

    const { id: bobs } = (await (await aPerson()).get("/api/auth/sessions/")).body[0];
    await form(browser, `/devices/${bobs}/end/`);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
    await form(browser, "/devices/end-others/");
    expect((await ann.get("/api/users/me/")).status).toBe(401);
    expect((await browser.get("/api/users/me/")).status).toBe(200);
    await form(browser, `/devices/${await idOf(browser)}/end/`);
    expect(browser.cookiesFor("/")).toBe("");
  });

  it("does nothing that another site asks for", async () => {
    const ann = await aPerson();
    const browser = await loggedIn(ann);
    const { status } = await browser.ask("POST", "/devices/end-others/", new URLSearchParams(), { origin: "https://evil.example" });
    expect(status).toBe(403);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
  });

  it("shows a user agent as text, whatever it is", async () => {
    const ann = await aPerson();
    const evil = '<img src=x onerror="alert(1)">';
    await call("POST", "/api/auth/login/", { body: { username: ann.username, password: PASSWORD }, headers: { "user-agent": evil } });
    const { text } = await (await loggedIn(ann)).get("/devices/");
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img");
  });
});
