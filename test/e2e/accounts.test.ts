import type { Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { HOSTILE_HOST, Site } from "./support/browser";
import { Client } from "./support/client";
import { shared, stage } from "./support/stage";

const PASSWORD = "two-clients-one-server";
const NEW_PASSWORD = "another-one-altogether";
const BY_COOKIE = { path: "/api/auth/refresh/" };

const here = stage();
const sites = shared(() => [Site.open(), Site.open(), Site.open(HOSTILE_HOST)]);
const clients: Client[] = [];
/** What nobody may find on the server's disk or in its log. */
const secrets = new Set<string>();

afterEach(async () => {
  for (const client of clients.splice(0)) {
    for (const secret of client.secrets) secrets.add(secret);
    await client.close();
  }
});

let people = 0;
const newcomer = () => {
  const username = `browser${++people}`;
  return { username, email: `${username}@example.test`, password: PASSWORD };
};

async function openClient(site: Site): Promise<Client> {
  const client = await Client.open(here.browser, site, here.server.url);
  clients.push(client);
  return client;
}

/** Opens the newest mail to an address in the mailbox, and follows its button to a page of ours. */
async function followMail(app: Client, address: string, path: string): Promise<Page> {
  const mailbox = await app.context.newPage();
  await expect
    .poll(async () => {
      await mailbox.goto(`${here.server.url}/dev/mailbox/`);
      await mailbox.locator("li a", { hasText: address }).first().click();
      return mailbox.frameLocator("iframe").locator(`a[href*="${path}"]`).count();
    })
    .toBeGreaterThan(0);
  const button = mailbox.frameLocator("iframe").locator(`a[href*="${path}"]`).first();
  const [page] = await Promise.all([app.context.waitForEvent("page"), button.click()]);
  await page.waitForLoadState();
  await mailbox.close();
  const { searchParams } = new URL(page.url());
  secrets.add((searchParams.get("key") ?? searchParams.get("token"))!);
  return page;
}

/** The one button of a page, which leads to one that says that it is done. No page is left: ours turn tokens, and keep the browser logged in. */
async function press(page: Page): Promise<void> {
  await Promise.all([page.waitForURL(/\/done\/?$/), page.locator("main button").first().click()]);
  await page.waitForLoadState();
  await page.close();
}

/** Whether the address of whoever is logged in there was shown to be theirs. */
const isVerified = async (app: Client): Promise<boolean> => (await app.call("GET", "/api/users/me/")).body.email_verified;

async function verify(app: Client, address: string): Promise<void> {
  const page = await followMail(app, address, "/verify-email/");
  expect(await isVerified(app), "looking at the link changes nothing").toBe(false);
  await press(page);
  await expect.poll(() => isVerified(app)).toBe(true);
}

async function reset(app: Client, address: string): Promise<void> {
  expect((await app.call("POST", "/api/auth/password/reset/", { email: address })).status).toBe(200);
  const page = await followMail(app, address, "/reset-password/");
  for (const field of await page.locator('input[type="password"]').all()) await field.fill(NEW_PASSWORD);
  await press(page);
  await expect.poll(async () => (await app.call("GET", "/api/users/me/")).status, { message: "every session is over" }).toBe(401);
}

describe("a single-page app on another port that leaves its tokens to the browser", () => {
  it("signs up, verifies by the mailbox's link, refreshes silently, resets the password, logs out", async () => {
    const app = await openClient(sites[0]!);
    const ann = newcomer();
    expect((await app.call("POST", "/api/auth/register/", ann)).status).toBe(201);
    expect(await app.cookies()).toEqual(["access_token", "refresh_token"]);
    expect(await app.page.evaluate(() => document.cookie)).toBe("");
    expect((await app.call("GET", "/api/users/me/")).body).toMatchObject({ username: ann.username, email_verified: false });

    await verify(app, ann.email);

    await app.forgetAccess();
    expect((await app.call("GET", "/api/users/me/")).status).toBe(401);
    const refreshed = await app.call("GET", "/api/users/me/", undefined, BY_COOKIE);
    expect({ status: refreshed.status, refreshes: refreshed.refreshes }).toEqual({ status: 200, refreshes: 1 });
    expect((await app.socket()).types).toEqual(["group_users", "status_update", "resume"]);

    await reset(app, ann.email);
    const after = await app.call("GET", "/api/users/me/", undefined, BY_COOKIE);
    expect([400, 401], "the refresh token is over too; the page that says so takes its cookie").toContain(after.status);
    expect((await app.call("POST", "/api/auth/login/", ann)).status).toBe(401);

    expect((await app.call("POST", "/api/auth/login/", { ...ann, password: NEW_PASSWORD })).status).toBe(200);
    expect((await app.call("GET", "/api/users/me/")).status).toBe(200);
    expect((await app.call("POST", "/api/auth/logout/", {})).status).toBe(200);
    expect(await app.cookies(), "only that of the pages' forms is left").toEqual(["csrftoken"]);
    expect((await app.call("GET", "/api/users/me/", undefined, BY_COOKIE)).status).toBe(400);
  });
});

describe("MovieConnect's client", () => {
  it("does the same, and never sees its access token", async () => {
    const app = await openClient(sites[1]!);
    const bob = { ...newcomer(), age: "2001-12-31" };
    const signedUp = await app.call("POST", "/api/user/signup/", bob);
    expect(signedUp).toMatchObject({ status: 201, body: { username: bob.username, refresh: expect.any(String) } });
    expect((await app.call("GET", "/api/user/profile/")).body.username).toBe(bob.username);
    await verify(app, bob.email);
    expect((await app.call("POST", "/api/user/logout/", {})).body).toEqual({ detail: "Successfully logged out." });
    expect((await app.call("GET", "/api/user/profile/")).status).toBe(401);

    const { username } = bob;
    const login = await app.call("POST", "/api/token/", { username, password: PASSWORD });
    expect(Object.keys(login.body)).toEqual(["refresh"]);
    for (const token of [login.body.refresh, undefined]) {
      await app.forgetAccess();
      const path = "/api/token/refresh/";
      const profile = await app.call("GET", "/api/user/profile/", undefined, { path, ...(token !== undefined && { token }) });
      expect({ status: profile.status, refreshes: profile.refreshes }).toEqual({ status: 200, refreshes: 1 });
    }
    await reset(app, bob.email);
    expect((await app.call("POST", "/api/token/", { username, password: PASSWORD })).status).toBe(401);
    const again = await app.call("POST", "/api/token/", { username, password: NEW_PASSWORD });
    expect((await app.call("POST", "/api/user/logout/", {})).status).toBe(200);
    for (const { refresh } of [login.body, again.body])
      expect((await app.call("POST", "/api/token/refresh/", { refresh })).status).toBe(401);
  });
});

describe("a page of another site", () => {
  it("gets nothing out of a browser that is logged in, and nothing done", async () => {
    const app = await openClient(sites[0]!);
    const cid = newcomer();
    const { id } = (await app.call("POST", "/api/auth/register/", cid)).body.user;
    const eve = newcomer();
    await fetch(`${here.server.url}/api/auth/register/`, { method: "POST", body: new URLSearchParams(eve) });
    const evesLogin = { username: eve.username, password: PASSWORD };
    const untouched = async () => {
      const { status, body } = await app.call("GET", "/api/users/me/");
      expect({ status, username: body.username, bio: body.bio }).toEqual({ status: 200, username: cid.username, bio: null });
    };
    const hostile = await app.context.newPage();
    await hostile.goto(`${sites[2]!.origin}/`);

    const stolen = await hostile.evaluate(
      async ({ api, id, evesLogin }) => {
        const attempt = (method: string, path: string, init: RequestInit = {}) =>
          fetch(api + path, { method, credentials: "include", ...init }).then(
            async (answer) => `${answer.type} ${answer.status} ${await answer.text()}`,
            () => "refused",
          );
        const json = { headers: { "content-type": "application/json" }, body: JSON.stringify({ bio: "Stolen." }) };
        return {
          read: await attempt("GET", "/api/users/me/"),
          blindRead: await attempt("GET", "/api/users/me/", { mode: "no-cors" }),
          write: await attempt("PATCH", `/api/users/${id}/`, json),
          blindLogout: await attempt("POST", "/api/auth/logout/", { mode: "no-cors" }),
          blindLogin: await attempt("POST", "/api/auth/login/", {
            mode: "no-cors",
            body: new URLSearchParams(evesLogin),
          }),
          socket: await new Promise((done) => {
            const socket = new WebSocket(`${api.replace("http", "ws")}/ws/main/`);
            socket.onmessage = () => done("a frame");
            socket.onclose = ({ code }) => done(code);
          }),
        };
      },
      { api: here.server.url, id, evesLogin },
    );
    expect(stolen).toEqual({
      read: "refused",
      blindRead: "opaque 0 ",
      write: "refused",
      blindLogout: "opaque 0 ",
      blindLogin: "opaque 0 ",
      socket: 4401,
    });
    await untouched();

    // A form takes the whole window along, and with it cookies that are Lax for links.
    const form = async (path: string, fields: Record<string, string>): Promise<number> => {
      await hostile.goto(`${sites[2]!.origin}/`);
      const [answer] = await Promise.all([
        hostile.waitForNavigation(),
        hostile.evaluate(
          ({ action, fields }) => {
            const form = document.createElement("form");
            Object.assign(form, { method: "POST", action });
            for (const [name, value] of Object.entries(fields))
              form.append(Object.assign(document.createElement("input"), { name, value }));
            document.body.append(form);
            form.submit();
          },
          { action: `${here.server.url}${path}`, fields },
        ),
      ]);
      return answer!.status();
    };
    expect(await form("/api/auth/login/", evesLogin)).toBe(403);
    expect(await form("/api/auth/logout/", {})).toBe(403);
    expect(await form("/login/", { email: eve.email, password: PASSWORD })).toBe(403);

    await untouched();
  });
});

describe("all that went before", () => {
  it("has left no password, token or link's secret on the disk, nor in the log", async () => {
    expect(secrets.size).toBeGreaterThan(10);
    for (const secret of [PASSWORD, NEW_PASSWORD]) secrets.add(secret);
    await here.server.stop();
    const places = new Map([...here.server.stored(), ["the log", Buffer.from(here.server.said)]]);
    const holding = (text: string) => [...places].filter(([, bytes]) => bytes.includes(text)).map(([name]) => name);
    expect(holding("browser1@example.test"), "what is stored can be found").not.toEqual([]);
    expect(holding("userId"), "in a hub too").not.toEqual([]);
    for (const secret of secrets) expect(holding(secret), secret).toEqual([]);
  });
});
