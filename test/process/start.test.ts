import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Person, send } from "./support/client";
import { ROOT, Server, until } from "./support/server";

/** What a run of the server could have touched; sources may change while tests run. */
const tree = () => execFileSync("git", ["status", "--porcelain", "--", ".", ":!src", ":!test", ":!docs"], { cwd: ROOT, encoding: "utf8" });

describe("npm start", () => {
  let server: Server;
  let before: string;

  beforeAll(async () => {
    before = tree();
    server = await Server.prepare();
    await server.start();
  });
  afterAll(() => server.remove());

  it("brings two strangers together, live", async () => {
    const ann = await Person.register(server.url, "ann");
    const bob = await Person.register(server.url, "bob");
    const inbox = bob.socket();
    await inbox.next("resume");
    const { status, body } = await ann.ask("POST", "/api/friends/request/", { to_user: bob.id });
    expect(status).toBe(201);
    expect((await inbox.next("notification")).notification.text).toBe("ann sent you a friend request.");
    expect((await inbox.next("friend_request")).request).toMatchObject({ id: body.id, sender: { username: "ann" } });
    inbox.close();
  });

  it("refuses TRACE, which says back what a browser keeps from scripts, and methods that nobody knows", async () => {
    const raw = async (method: string, path: string) => {
      const asked = request(`${server.url}${path}`, { method, headers: { cookie: "access_token=a-secret-of-the-browser" } }).end();
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      return { status: answer.statusCode, allow: answer.headers.allow, body: await text(answer) };
    };
    for (const method of ["TRACE", "PROPFIND", "PURGE"])
      for (const [path, allow] of [
        ["/api/users/", "GET, HEAD, OPTIONS"],
        ["/api/auth/login/", "POST, OPTIONS"],
      ] as const)
        expect(await raw(method, path)).toEqual({
          status: 405,
          allow,
          body: JSON.stringify({ detail: `Method "${method}" not allowed.` }),
        });
    expect((await raw("GET", "/api/auth/login/")).status).toBe(405);
    expect((await raw("GET", "/health")).status, "it asks as it should").toBe(200);
  });

  it("shows the mails that it would have sent", async () => {
    const email = "eve@example.test";
    const { status } = await send(server.url, "POST", "/api/auth/register/", {
      body: { username: "eve", email, password: "correct-horse-battery" },
    });
    expect(status).toBe(201);
    const { body: mails } = await send(server.url, "GET", `/dev/mailbox/?to=${email}`);
    expect(mails).toMatchObject([{ to: email, subject: "Confirm your e-mail address for Kith" }]);
    const key = new RegExp(`^${server.url}/verify-email/\\?key=(\\S+)$`, "m").exec(mails[0].text)![1];
    expect((await send(server.url, "POST", "/api/auth/email/verify/", { body: { key } })).status).toBe(200);
  });

  it("is filled by npm run seed, which may be repeated", async () => {
    const first = await server.run("seed");
    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain("Added 8 people, 8 profiles, 8 friendships, 5 requests.");
    const second = await server.run("seed");
    expect(second.code, second.output).toBe(0);
    expect(second.output).toContain("Added 0 people, 0 profiles, 0 friendships, 0 requests.");

    const password = /password of all of them: (\S+)/.exec(second.output)![1];
    const ada = await send(server.url, "POST", "/api/auth/login/", { body: { username: "ada", password } });
    const sync = await send(server.url, "GET", "/api/sync/", { token: ada.body.access });
    expect(sync.body.friends.map(({ username }: { username: string }) => username)).toEqual(["alan", "barbara", "grace"]);
    expect(sync.body.incoming).toHaveLength(2);
    expect(sync.body.unread).toBeGreaterThan(0);
  });

  it("lets npm run db read beside it", async () => {
    const { code, output } = await server.run("db", "--", "select username, status from users where username = 'grace'");
    expect(code, output).toBe(0);
    expect(output).toMatch(/username\s+status[\s\S]+grace\s+online[\s\S]+1 row/);
    expect(await server.query("select count(*) as n from users", "select 1 as one")).toEqual([[{ n: 11 }], [{ one: 1 }]]);
  });

  it("tells what is wrong with a question to the database", async () => {
    expect(await server.run("db")).toMatchObject({ code: 1, output: expect.stringContaining("Say what to ask") });
    expect(await server.run("db", "--", "selec 1")).toMatchObject({ code: 1, output: expect.stringContaining("syntax error") });
  });

  it("lets npm run role make an admin beside it", async () => {
    const ann = await send(server.url, "POST", "/api/auth/login/", { body: { username: "ann", password: "correct-horse-battery" } });
    const admin = () => send(server.url, "GET", "/api/admin/audit/", { token: ann.body.access });
    expect((await admin()).status).toBe(403);
    expect(await server.run("role", "--", "Ann", "admin")).toEqual({ code: 0, output: "ann was member and is now admin.\n" });
    const { status, body } = await admin();
    expect({ status, body }).toMatchObject({
      status: 200,
      body: [{ actor: null, action: "set_role", target: { username: "ann" }, details: { to: "admin" } }],
    });
  });

  it("says what npm run role did not do, and why", async () => {
    const nobody = "x'; delete from users; --";
    const words = [[], ["ann", "king"], ["zoe", "admin"], [nobody, "admin"], ["ann", "admin"]];
    const [usage, king, zoe, strange, again] = await Promise.all(words.map((each) => server.run("role", "--", ...each)));
    expect(usage).toMatchObject({ code: 1, output: expect.stringContaining("npm run role -- ada admin") });
    expect(king).toEqual({ code: 1, output: 'There is no role "king". Roles are member, pharmacist, admin.\n' });
    expect(zoe).toEqual({ code: 1, output: "There is nobody called zoe.\n" });
    expect(strange).toEqual({ code: 1, output: `There is nobody called ${nobody}.\n` });
    expect(again).toEqual({ code: 0, output: "ann was admin already.\n" });
    expect(await server.query("select count(*) as n from audit_log")).toEqual([[{ n: 1 }]]);
  });

  it("does not share its data with a second server", async () => {
    const { code, output } = await server.run("start");
    expect(code).toBe(1);
    expect(output).toContain(`already running on this data, at ${server.url}`);
  });

  it("runs beside another one", async () => {
    const other = await Server.prepare();
    try {
      await other.start();
      expect((await send(server.url, "GET", "/health")).status).toBe(200);
      expect((await Person.register(other.url, "ann")).id).toBe(1);
    } finally {
      await other.remove();
    }
  });

  it("leaves no tracked file changed, and none untracked", () => {
    expect(tree()).toBe(before);
  });

  it("gives its port back when it is stopped, and keeps its data", async () => {
    await server.stop();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    await server.start();
    const ann = await send(server.url, "POST", "/api/auth/login/", { body: { username: "ann", password: "correct-horse-battery" } });
    expect(ann.status).toBe(200);
  });
});

describe("npm start where it cannot", () => {
  it("says that the port is taken, and what to do", async () => {
    const server = await Server.prepare();
    const other = createServer().listen(server.port, "127.0.0.1");
    try {
      await until(() => other.listening, "the port", 1000);
      const { code, output } = await server.run("start");
      expect(code).toBe(1);
      expect(output).toContain(`Port ${server.port} is taken`);
      expect(output).toMatch(/PORT=\d+ STATE_DIR=\S+ npm start/);
    } finally {
      other.close();
      await server.remove();
    }
  });

  it("tells the other scripts' users to start it first", async () => {
    const server = await Server.prepare();
    for (const words of [["seed"], ["listen", "--", "token"], ["db", "--", "select 1"], ["role", "--", "ann", "admin"]]) {
      const { code, output } = await server.run(...words);
      expect(code).toBe(1);
      expect(output).toContain("npm start");
    }
    await server.remove();
  });
});
