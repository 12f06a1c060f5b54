import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { logLine } from "../src/lib/log";
import { GRANTS, type MemberGrant } from "./support/grants";
import { linkTo } from "./support/mail";
import { aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";
import { liveRoutes } from "./support/routes";

/** What has been written to the console since the test began. */
let lines: string[];
beforeEach(() => {
  lines = [];
  for (const level of ["log", "error", "warn", "info", "debug"] as const)
    vi.spyOn(console, level).mockImplementation((...parts) => void lines.push(parts.map(String).join(" ")));
});
afterEach(() => void vi.restoreAllMocks());

const entries = () => lines.map((line) => JSON.parse(line));
const REQUEST_KEYS = [
  "d1_round_trips",
  "d1_rows_read",
  "d1_rows_written",
  "level",
  "method",
  "ms",
  "path",
  "request_id",
  "status",
  "time",
  "user_id",
];

describe("the log", () => {
  it("has one line of JSON for each request, that says who did what and how it ended", async () => {
    const ann = await aPerson();
    lines = [];
    const { headers } = await ann.get("/api/users/?search=secret-search&limit=3");
    expect(entries()).toHaveLength(1);
    const [line] = entries();
    expect(Object.keys(line).sort()).toEqual(REQUEST_KEYS);
    expect(line).toMatchObject({
      level: "info",
      request_id: headers.get("x-request-id"),
      method: "GET",
      path: "/api/users/",
      status: 200,
      user_id: ann.id,
      d1_round_trips: 1,
    });
    expect(Date.parse(line.time)).not.toBeNaN();
  });

  it("has one for a preflight", async () => {
    await call("OPTIONS", "/api/users/", { headers: { origin: "https://app.example.com", "access-control-request-method": "GET" } });
    expect(entries()).toMatchObject([{ method: "OPTIONS", path: "/api/users/", status: 200, d1_round_trips: 0 }]);
  });

  it("says why a request was refused, by code", async () => {
    const ann = await aPerson();
    lines = [];
    await call("POST", "/api/auth/login/", { body: { username: ann.username, password: "wrong" } });
    await call("GET", "/api/users/me/");
    await ann.put(`/api/users/${ann.id + 1}/`, { bio: "x" });
    await call("GET", "/nowhere/");
    await call("DELETE", "/api/users/", { headers: { origin: "https://app.example.com" } });
    expect(entries().map(({ status, error, user_id, level }) => ({ status, error, user_id, level }))).toEqual([
      { status: 401, error: "login_failed", user_id: ann.id, level: "info" },
      { status: 401, error: "not_authenticated", user_id: null, level: "info" },
      { status: 403, error: "permission_denied", user_id: ann.id, level: "info" },
      { status: 404, error: "not_found", user_id: null, level: "info" },
      { status: 405, error: "method_not_allowed", user_id: null, level: "info" },
    ]);
  });

  it("says who got in, who did not, and from where; an address is in no other line", async () => {
    const from = { "cf-connecting-ip": "203.0.113.5" };
    const post = (path: string, body: unknown) => call("POST", path, { body, headers: from });
    const username = newName();
    const registered = await post("/api/auth/register/", { username, email: `${username}@example.test`, password: PASSWORD });
    const { id } = registered.body.user;
    await post("/api/auth/login/", { username, password: PASSWORD });
    await call("GET", "/api/users/me/", { token: registered.body.access, headers: from });
    for (let i = 0; i < 11; i++) await post("/api/auth/login/", { username, password: "wrong" });
    await post("/api/auth/login/", { username: newName("nobody"), password: "wrong" });
    const { refresh } = registered.body;
    const second = (await post("/api/auth/refresh/", { refresh })).body.refresh;
    await post("/api/auth/refresh/", { refresh: second });
    await post("/api/auth/refresh/", { refresh });
    await post("/api/auth/logout/", { refresh });
    await call("GET", "/api/users/me/", { headers: from });
    await call("PUT", `/api/users/${id}/`, { token: (await aPerson()).access, body: { bio: "x" }, headers: from });

    await call("GET", "/ws/main/?token=x", { headers: { ...from, upgrade: "websocket", origin: "https://app.example.com" } });

    const events = entries().filter(({ address }) => address === "203.0.113.5");
    const failure = { event: "login", outcome: "failure", user_id: id, error: "login_failed" };
    expect(events.map(({ event, outcome, user_id, error }) => ({ event, outcome, user_id, ...(error && { error }) }))).toEqual([
      { event: "register", outcome: "success", user_id: id },
      { event: "login", outcome: "success", user_id: id },
      ...Array.from({ length: 9 }, () => failure),
      { ...failure, outcome: "locked" },
      { event: "login", outcome: "throttled", user_id: null, error: "throttled" },
      { event: "login", outcome: "failure", user_id: null, error: "login_failed" },
      { event: "refresh", outcome: "success", user_id: id },
      { event: "refresh", outcome: "success", user_id: id },
      { event: "refresh", outcome: "reuse", user_id: id, error: "token_not_valid" },
      { event: "logout", outcome: "success", user_id: id },
      { event: "access", outcome: "denied", user_id: null, error: "not_authenticated" },
      { event: "access", outcome: "denied", user_id: id + 1, error: "permission_denied" },
      { event: "access", outcome: "denied", user_id: null, error: "token_not_valid" },
    ]);
    expect(entries().find(({ status, path }) => status === 200 && path === "/api/users/me/")).not.toHaveProperty("address");
  });

  it("says whose address was confirmed, and whose changed", async () => {
    const ann = await aPerson();
    const email = `${newName()}@example.test`;
    const confirm = async (address: string) => call("POST", "/api/auth/email/verify/", { body: { key: (await linkTo(address)).key } });
    await confirm(ann.email);
    await ann.post("/api/auth/email/change/", { email, password: PASSWORD });
    await confirm(email);
    await call("POST", "/api/auth/email/verify/", { body: { key: "x" } });
    const said = entries().filter(({ event }) => event === "email_confirm");
    expect(said.map(({ outcome, user_id }) => ({ outcome, user_id }))).toEqual([
      { outcome: "success", user_id: ann.id },
      { outcome: "success", user_id: ann.id },
      { outcome: "failure", user_id: null },
    ]);
  });

  it("holds nothing of what people sent or got: no password, token, address, query or hash", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const phone = await ann.elsewhere();
    const refreshed = (await call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh } })).body;
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    await call("GET", `/api/users/me/?token=${ann.access}&password=${PASSWORD}`, { headers: { cookie: `access_token=${ann.access}` } });
    await call("GET", `/ws/main/?ticket=${ticket}`);
    await call("POST", "/api/auth/login/", { body: { email: bob.email, password: "a-wrong-password" } });
    await call("POST", "/api/auth/register/", { body: { username: newName(), email: "some@address.example", password: "sunshine" } });
    await call("POST", "/api/auth/login/", { body: { username: "typed-into-the-wrong-field", password: "x" } });
    await call("POST", "/api/auth/login/", { body: '{"password":"half-a-body', headers: { "content-type": "application/json" } });
    await ann.get("/api/users/?search=somebody");
    await ann.patch(`/api/users/${ann.id}/`, { bio: "a private bio" });
    await ann.post("/api/friends/request/", { to_user: bob.id }, { "idempotency-key": "a-private-key" });
    await call("POST", "/api/auth/logout/", { body: { refresh: phone.refresh } });

    const { results } = await env.DB.prepare("select password_hash from users").all<{ password_hash: string }>();
    const log = lines.join("\n");
    expect(lines.length).toBeGreaterThan(15);
    expect(log, "it is the log of this story").toContain(`"user_id":${ann.id}`);
    const tokens = [ann.access, ann.refresh, phone.access, refreshed.access, refreshed.refresh, ticket];
    const words = [
      PASSWORD,
      "a-wrong-password",
      "sunshine",
      "half-a-body",
      "typed-into",
      "somebody",
      "private",
      "example.test",
      "address.example",
      "search=",
      "token=",
    ];
    const secrets = [
      ...words,
      ann.username,
      ...tokens.flatMap((token) => token.split(".").slice(1)),
      ...results.map((row) => row.password_hash),
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
  });

  it("cannot be given a second line by anything that is sent", async () => {
    const forged = '%0a{"level":"info","forged":true}%0d%0a';
    await call("GET", `/api/${forged}/?a=${forged}`, {
      headers: { "user-agent": '"}{"forged":true}', "x-request-id": '"}{"forged":true}' },
    });
    await call("POST", "/api/auth/login/", { body: { username: 'x\n{"forged":true}\r\n', password: "\u2028x" } });
    expect(lines).toHaveLength(2);
    for (const [i, entry] of entries().entries()) {
      expect(lines[i]).not.toMatch(/[\n\r]/);
      expect(entry.forged).toBeUndefined();
    }
    logLine("info", { what: 'a\nb\u2028c"}' });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ what: 'a\nb\u2028c"}' });
  });
});

describe("when D1 fails", () => {
  /** As drizzle and D1 put it: with the statement and what was bound to it. */
  const accident = () =>
    Object.assign(new Error("D1_ERROR: no such column: password_hash in select 'ann@example.test' at offset 7"), {
      cause: new Error("SQLITE_ERROR"),
    });

  it("the answer shows a request id and nothing else, and so does the log", async () => {
    const ann = await aPerson();
    lines = [];
    vi.spyOn(env.DB, "batch").mockRejectedValueOnce(accident());
    const { status, body, headers } = await ann.get("/api/users/me/");
    const request_id = headers.get("x-request-id");
    expect({ status, body }).toEqual({ status: 500, body: { detail: "Internal server error.", code: "internal", request_id } });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(entries()).toHaveLength(1);
    expect(entries()[0]).toMatchObject({ level: "error", status: 500, request_id, user_id: ann.id, error: "Error" });
    for (const word of ["select", "password_hash", "example.test", "offset", "    at "]) expect(lines.join()).not.toContain(word);
    expect((await ann.get("/api/users/me/")).status, "the next one works").toBe(200);
  });

  it("nobody is let in: every member's route fails closed", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const members = liveRoutes().filter(({ name }) => GRANTS[name] && "granted" in GRANTS[name]);
    expect(members.length).toBeGreaterThan(30);
    for (const { name, method } of members) {
      const { path, body } = await (GRANTS[name] as MemberGrant).granted({ ann, bob, cid });
      const failing = vi.spyOn(env.DB, "batch").mockRejectedValue(accident());
      const answer = await call(method, path, { token: ann.access, body });
      expect({ name, status: answer.status, keys: Object.keys(answer.body) }).toEqual({
        name,
        status: 500,
        keys: ["detail", "code", "request_id"],
      });
      failing.mockRestore();
      // Back to where they began: strangers, with nothing pending.
      await env.DB.batch(
        ["friend_requests", "friendships", "notifications", "friend_groups", "blocks"].map((table) =>
          env.DB.prepare(`delete from ${table}`),
        ),
      );
    }
  });

  it("nobody gets a token", async () => {
    const ann = await aPerson();
    const fail = () => vi.spyOn(env.DB, "batch").mockRejectedValueOnce(accident());
    const newcomer = { username: newName(), email: `${newName()}@example.test`, password: PASSWORD };
    for (const [path, body] of [
      ["/api/auth/register/", newcomer],
      ["/api/auth/login/", { username: ann.username, password: PASSWORD }],
      ["/api/auth/refresh/", { refresh: ann.refresh }],
      ["/api/auth/verify/", { token: ann.access }],
      ["/api/auth/logout/", { refresh: ann.refresh }],
    ] as const) {
      fail();
      const answer = await call("POST", path, { body });
      expect({ path, status: answer.status, keys: Object.keys(answer.body) }).toEqual({
        path,
        status: 500,
        keys: ["detail", "code", "request_id"],
      });
    }
    vi.restoreAllMocks();
    expect((await call("POST", "/api/auth/register/", { body: newcomer })).status, "nothing of the failed one was kept").toBe(201);
  });

  it("work that an answer does not wait for fails by itself, without its words", async () => {
    const ann = await aPerson();
    lines = [];
    const { batch } = env.DB;
    const failing = vi.spyOn(env.DB, "batch");
    failing.mockImplementationOnce(batch.bind(env.DB)).mockRejectedValueOnce(accident());
    const { status } = await call("PATCH", `/api/users/${ann.id}/`, { token: ann.access, body: { status: "busy" }, env: {} });
    expect({ status, asked: failing.mock.calls.length }).toEqual({ status: 200, asked: 2 });
    const late = entries().find(({ message }) => message === "deferred work failed");
    expect(late).toMatchObject({ level: "error", error: "Error", request_id: expect.any(String) });
    expect(lines.join()).not.toMatch(/select|example\.test/);
  });
});
