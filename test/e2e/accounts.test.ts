import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Server } from "../process/support/server";
import { HOSTILE_HOST, launch, Site } from "./support/browser";
import { Client } from "./support/client";

const PASSWORD = "two-clients-one-server";
const NEW_PASSWORD = "another-one-altogether";
const BY_COOKIE = { path: "/api/auth/refresh/" };

let server: Server;
let browser: Browser;
let sites: Site[];
const clients: Client[] = [];
/** What nobody may find on the server's disk or in its log. */
const secrets = new Set<string>();

beforeAll(async () => {
  server = await Server.prepare();
  [browser, sites] = await Promise.all([
    launch(),
    Promise.all([Site.open(), Site.open(), Site.open(HOSTILE_HOST)]),
    server.start(),
  ] as const).then(([chromium, opened]) => [chromium, opened] as const);
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    for (const secret of client.secrets) secrets.add(secret);
    await client.close();
  }
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites ?? []) site.close();
  await server.remove();
});

let people = 0;
const newcomer = () => {
  const username = `browser${++people}`;
  return { username, email: `${username}@example.test`, password: PASSWORD };
};

async function openClient(site: Site): Promise<Client> {
  const client = await Client.open(browser, site, server.url);
  clients.push(client);
  return client;
}

interface Mail {
  to: string;
  subject: string;
  text: string;
}
const mailsTo = async (address: string): Promise<Mail[]> => {
  const answer = await fetch(`${server.url}/dev/mailbox/`, { headers: { accept: "application/json" } });
  return ((await answer.json()) as Mail[]).filter(({ to }) => to === address);
};
/** The link in the newest mail to an address that has one to such a page. */
async function linkTo(page: string, address: string): Promise<string> {
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const links = (await mailsTo(address)).flatMap(({ text }) => text.match(/https?:\/\/\S+/g) ?? []);
    const link = links.find((one) => new URL(one).pathname.startsWith(page));
    if (link) {
      const { searchParams } = new URL(link);
      secrets.add((searchParams.get("key") ?? searchParams.get("token"))!);
      return link;
    }
  }
  throw new Error(`no mail to ${address} has a link to ${page}`);
}

describe("a single-page app on another port that leaves its tokens to the browser", () => {
  it("signs up, verifies by the mailbox's link, refreshes silently, resets the password, logs out", async () => {
    const app = await openClient(sites[0]!);
    const ann = newcomer();
    expect((await app.call("POST", "/api/auth/register/", ann)).status).toBe(201);
    expect(await app.cookies()).toEqual(["access_token", "refresh_token"]);
    expect(await app.page.evaluate(() => document.cookie)).toBe("");
    expect((await app.call("GET", "/api/users/me/")).body).toMatchObject({ username: ann.username, email_verified: false });

    const mail = await app.context.newPage();
    await mail.goto(await linkTo("/verify-email", ann.email));
    expect((await app.call("GET", "/api/users/me/")).body.email_verified, "looking at the link changes nothing").toBe(false);
    await press(mail);
    await expect.poll(async () => (await app.call("GET", "/api/users/me/")).body.email_verified).toBe(true);

    await app.forgetAccess();
    expect((await app.call("GET", "/api/users/me/")).status).toBe(401);
    const refreshed = await app.call("GET", "/api/users/me/", undefined, BY_COOKIE);
    expect({ status: refreshed.status, refreshes: refreshed.refreshes }).toEqual({ status: 200, refreshes: 1 });
    expect((await app.socket()).types).toEqual(["group_users", "status_update", "resume"]);

    expect((await app.call("POST", "/api/auth/password/reset/", { email: ann.email })).status).toBe(200);
    await mail.goto(await linkTo("/reset-password", ann.email));
    for (const field of await mail.locator('input[type="password"]').all()) await field.fill(NEW_PASSWORD);
    await press(mail);
    await expect.poll(async () => (await app.call("GET", "/api/users/me/")).status).toBe(401);
    expect((await app.call("GET", "/api/users/me/", undefined, BY_COOKIE)).status, "the refresh token is over too").toBe(401);
    expect((await app.call("POST", "/api/auth/login/", ann)).status).toBe(401);

    expect((await app.call("POST", "/api/auth/login/", { ...ann, password: NEW_PASSWORD })).status).toBe(200);
    expect((await app.call("GET", "/api/users/me/")).status).toBe(200);
    expect((await app.call("POST", "/api/auth/logout/", {})).status).toBe(200);
    expect(await app.cookies()).toEqual([]);
    expect((await app.call("GET", "/api/users/me/", undefined, BY_COOKIE)).status).toBe(400);
  });
});

describe("MovieConnect's client", () => {
  it("signs up, logs in and out, and never sees its access token", async () => {
    const app = await openClient(sites[1]!);
    const bob = { ...newcomer(), age: "2001-12-31" };
    const signedUp = await app.call("POST", "/api/user/signup/", bob);
    expect(signedUp).toMatchObject({ status: 201, body: { username: bob.username, refresh: expect.any(String) } });
    expect((await app.call("GET", "/api/user/profile/")).body.username).toBe(bob.username);
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
    expect((await app.call("POST", "/api/user/logout/", {})).status).toBe(200);
    expect((await app.call("POST", "/api/token/refresh/", { refresh: login.body.refresh })).status).toBe(401);
  });
});

describe("a page of another site", () => {
  it("gets nothing out of a browser that is logged in, and nothing done", async () => {
    const app = await openClient(sites[0]!);
    const cid = newcomer();
    const { id } = (await app.call("POST", "/api/auth/register/", cid)).body.user;
    const hostile = await app.context.newPage();
    await hostile.goto(`${sites[2]!.origin}/`);

    const stolen = await hostile.evaluate(
      async ({ api, id }) => {
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
            body: new URLSearchParams({ username: "browser1", password: "x" }),
          }),
          socket: await new Promise((done) => {
            const socket = new WebSocket(`${api.replace("http", "ws")}/ws/main/`);
            socket.onmessage = () => done("a frame");
            socket.onclose = ({ code }) => done(code);
          }),
        };
      },
      { api: server.url, id },
    );
    expect(stolen).toEqual({
      read: "refused",
      blindRead: "opaque 0 ",
      write: "refused",
      blindLogout: "opaque 0 ",
      blindLogin: "opaque 0 ",
      socket: 4401,
    });

    // A form takes the whole window along, and with it cookies that are Lax for links.
    const eve = newcomer();
    await fetch(`${server.url}/api/auth/register/`, { method: "POST", body: new URLSearchParams(eve) });
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
          { action: `${server.url}${path}`, fields },
        ),
      ]);
      return answer!.status();
    };
    expect(await form("/api/auth/login/", { username: eve.username, password: PASSWORD })).toBe(403);
    expect(await form("/api/auth/logout/", {})).toBe(403);
    expect(await form("/login/", { email: eve.email, password: PASSWORD })).toBe(403);

    const { status, body } = await app.call("GET", "/api/users/me/");
    expect({ status, username: body.username, bio: body.bio }).toEqual({ status: 200, username: cid.username, bio: null });
  });
});

describe("all that went before", () => {
  it("has left no password, token or link's secret on the disk, nor in the log", async () => {
    expect(secrets.size).toBeGreaterThan(10);
    for (const secret of [PASSWORD, NEW_PASSWORD]) secrets.add(secret);
    await server.stop();
    const places = new Map([...server.stored(), ["the log", Buffer.from(server.said)]]);
    const holding = (text: string) => [...places].filter(([, bytes]) => bytes.includes(text)).map(([name]) => name);
    expect(holding("browser1@example.test"), "what is stored can be found").not.toEqual([]);
    expect(holding("userId"), "in a hub too").not.toEqual([]);
    for (const secret of secrets) expect(holding(secret), secret).toEqual([]);
  });
});

/** The one button of a page. */
const press = (page: Page) => page.locator("main button").first().click();
