import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { anAdmin } from "./support/admins";
import { Browser } from "./support/browser";
import { everything } from "./support/everything";
import { evict, insideHub, query, upTo } from "./support/hub";
import { mailsTo } from "./support/mail";
import { type Answer, aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";
import { upgrade } from "./support/socket";
import { live, stopClock } from "./support/time";

const says = ({ status, body }: Answer) => ({ status, body });
const GONE = { status: 204, body: null };
const leave = (person: Person, body: unknown = { password: PASSWORD }) => person.ask("DELETE", "/api/users/me/", body);
const me = async (person: Person) => (await person.get("/api/users/me/")).status;
const asks = async (from: Person, to: Person): Promise<number> => (await from.post("/api/friends/request/", { to_user: to.id })).body.id;
const login = (username: string) => call("POST", "/api/auth/login/", { body: { username, password: PASSWORD } });
const notes = async (person: Person): Promise<any[]> => (await person.get("/api/notifications/")).body;
/** All but what is counted of network addresses, which are nobody's. */
async function allOfPeople() {
  const { attempts, ...others } = await everything();
  return { ...others, attempts: (attempts as { key: string }[]).filter(({ key }) => !key.includes("_address:")) };
}
const inTwentyMinutes = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1_200_000 });

/** What a hub has in its storage, and when it rings. */
const storageOf = (person: Person) =>
  insideHub(person, async (_, { storage }) => ({ notes: [...storage.kv.list()], alarm: await storage.getAlarm() }));

describe("deleting an account", () => {
  it.each([
    ["DELETE", "/api/users/me/"],
    ["POST", "/api/auth/delete-account/"],
  ])("takes the password: %s %s", async (method, path) => {
    const ann = await aPerson();
    inTwentyMinutes();
    expect(says(await ann.ask(method, path, { password: "wrong-password" }))).toEqual({
      status: 400,
      body: { password: ["Your password was entered incorrectly. Please enter it again."] },
    });
    expect(says(await ann.ask(method, path))).toEqual({ status: 400, body: { password: ["This field is required."] } });
    expect(await me(ann), "nothing has happened").toBe(200);
    expect(says(await ann.ask(method, path, { password: PASSWORD }))).toEqual(GONE);
    expect(await me(ann)).toBe(401);
  });

  it("lets nobody guess the password more often than a log-in does", async () => {
    const ann = await aPerson();
    for (let i = 0; i < 10; i++) expect((await leave(ann, { password: "wrong-password" })).status).toBe(400);
    const { status, headers } = await leave(ann);
    expect({ status, wait: headers.get("retry-after") }).toEqual({ status: 429, wait: expect.stringMatching(/^\d+$/) });
    inTwentyMinutes();
    expect(says(await leave(ann))).toEqual(GONE);
  });

  it("takes no password just after a log-in, but no wrong one either", async () => {
    const ann = await aPerson();
    expect((await leave(ann, { password: "wrong-password" })).status).toBe(400);
    expect(says(await leave(ann, undefined))).toEqual(GONE);
  });

  it("is for who has no password a matter of logging in again", async () => {
    const ann = await aPerson();
    const later = await ann.elsewhere();
    await query("update users set password_hash = '!' where id = ?", ann.id);
    await query(
      "update sessions set created_at = '2020-01-01T00:00:00.000Z' where id in (select min(id) from sessions where user_id = ?)",
      ann.id,
    );
    expect((await leave(ann, { password: "!" })).status).toBe(400);
    expect(says(await leave(ann, {}))).toMatchObject({ status: 403, body: { code: "session_not_fresh" } });
    expect(says(await leave(later, {}))).toEqual(GONE);
  });

  it("is not put off by refreshing: a session is as old as its log-in", async () => {
    const ann = await aPerson();
    inTwentyMinutes();
    const { body } = await call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh } });
    ann.access = body.access;
    expect((await leave(ann, {})).status).toBe(400);
  });

  it("ends every token, ticket, cookie and socket at once", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const sockets = [await ann.socket(), await phone.socket()];
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    const browser = new Browser();
    await browser.post("/api/auth/login/", { username: ann.username, password: PASSWORD });
    expect((await browser.get("/api/users/me/")).status).toBe(200);

    expect(says(await leave(ann))).toEqual(GONE);
    expect([await me(ann), await me(phone)]).toEqual([401, 401]);
    expect((await browser.get("/api/users/me/")).status).toBe(401);
    for (const { refresh } of [ann, phone]) expect((await call("POST", "/api/auth/refresh/", { body: { refresh } })).status).toBe(401);
    for (const query of [`?ticket=${ticket}`, `?token=${phone.access}`]) expect((await upgrade(query)).status).toBe(401);
    for (const socket of sockets) expect((await socket.closing()).code).toBe(4401);
    expect((await login(ann.username)).status).toBe(401);
    expect((await leave(ann)).status, "again").toBe(401);
  });

  it("takes the cookies of the browser that asks for it", async () => {
    const ann = await aPerson();
    const browser = new Browser();
    await browser.post("/api/auth/login/", { username: ann.username, password: PASSWORD });
    expect((await browser.ask("DELETE", "/api/users/me/", { password: PASSWORD })).status).toBe(204);
    expect(browser.cookiesFor("/api/users/me/")).toBe("");
  });

  it("leaves no row and no word of the person, and everybody else's as they were", async () => {
    const [bob, cid] = (await people("bob", "cid")) as [Person, Person];
    await befriend(bob, cid);
    const before = await allOfPeople();
    const ann = await aPerson("zaphod");
    await ann.elsewhere();
    await ann.patch(`/api/users/${ann.id}/`, { bio: "Just this guy." });
    const now = new Date().toISOString();
    await query(
      "insert into identities (user_id, provider, subject, created_at, last_used_at) values (?, 'google', 's', ?2, ?2)",
      ann.id,
      now,
    );
    await query(
      "insert into email_links (user_id, purpose, email, nonce, secret_hash, created_at, expires_at) values (?, 'change', 'a@x.test', 'n', 'h', ?2, ?2)",
      ann.id,
      now,
    );
    await query("insert into idempotency_keys (user_id, key, fingerprint, answer, created_at) values (?, 'k', 'f', '{}', ?)", ann.id, now);
    await query(
      "insert into outbox (user_id, address, template, params, created_at, due_at) values (?, 'a@x.test', 'reset', '{}', ?2, ?2)",
      ann.id,
      now,
    );
    expect(JSON.stringify(await everything())).toContain("zaphod");
    await leave(ann);
    // How often an address was mailed to outlives the account for an hour, as a keyed hash: or leaving would begin the count anew.
    const counted = () => query<{ key: string }>("select key from attempts where key like 'register_target:%' order by rowid");
    const hers = (await counted()).filter(({ key }) => !JSON.stringify(before).includes(key));
    expect(hers).toEqual([{ key: expect.stringMatching(/^register_target:[0-9a-f]{32}$/) }]);
    await query("delete from attempts where key = ?", hers[0]!.key);
    expect(await allOfPeople()).toEqual(before);
  });

  it("says goodbye by mail, if the address was shown to be theirs", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await query("update users set email_verified_at = created_at where id = ?", ann.id);
    for (const person of [ann, bob]) await leave(person);
    const [mail] = await mailsTo(ann.email);
    expect(mail).toMatchObject({
      to: ann.email,
      subject: "Your account at Kith is deleted",
      text: expect.stringContaining("Nobody can bring it back"),
    });
    expect(await mailsTo(bob.email)).toEqual([]);
  });

  it("frees the name and the address, but not the id", async () => {
    const ann = await aPerson();
    await leave(ann);
    const { status, body } = await call("POST", "/api/auth/register/", {
      body: { username: ann.username, email: ann.email, password: PASSWORD },
    });
    expect(status).toBe(201);
    expect(body.user.id).toBeGreaterThan(ann.id);
    expect(await me(ann), "the tokens from before name nobody").toBe(401);
  });

  it("twice at once happens once", async () => {
    const ann = await aPerson();
    const answers = await Promise.all([1, 2, 3].map(() => leave(ann)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
  });

  it("is not for the last admin", async () => {
    const root = await anAdmin();
    expect(says(await leave(root))).toMatchObject({ status: 409, body: { code: "last_admin" } });
    expect(await me(root)).toBe(200);
    await anAdmin();
    expect(says(await leave(root))).toEqual(GONE);
  });

  it("is asked for with any body or with none, and never with GET", async () => {
    const ann = await aPerson();
    for (const wrong of [new URLSearchParams({ password: "wrong" }), { password: "wrong" }])
      expect((await leave(ann, wrong)).body).toEqual({ password: [expect.stringContaining("incorrectly")] });
    for (const path of ["/api/auth/delete-account/", "/api/auth/logout/"])
      expect((await call("GET", path, { token: ann.access })).status, path).toBe(405);
    expect((await leave(ann, { password: "" })).body).toEqual({ password: ["This field may not be blank."] });
    expect(await me(ann)).toBe(200);
  });
});

describe("who knew them", () => {
  it("hears of it live: friends, and whoever had asked or was asked", async () => {
    const [ann, bob, cid, dan, eve] = (await people("ann", "bob", "cid", "dan", "eve")) as [Person, Person, Person, Person, Person];
    await befriend(ann, bob);
    await asks(ann, cid);
    await asks(dan, ann);
    const sockets = await Promise.all([bob, cid, dan, eve].map((person) => person.socket()));
    const [ofBob, ofCid, ofDan, ofEve] = sockets as [any, any, any, any];
    const asked = (await notes(cid))[0].id;
    const accepted = (await notes(bob))[0].id;

    await leave(ann);
    const over = (status: string) => ({ type: "friend_update", user_id: ann.id, status, request: null });
    await ofBob.next("friend_update");
    expect(ofBob.durable()).toMatchObject([{ type: "notification_delete", notification_id: accepted }, over("unfriended")]);
    await ofCid.next("friend_update");
    expect(ofCid.durable()).toMatchObject([{ type: "notification_delete", notification_id: asked }, over("cancelled")]);
    await ofDan.next("friend_update");
    expect(ofDan.durable()).toMatchObject([over("cancelled")]);
    expect(ofEve.durable(), "and nobody else does").toEqual([]);
    for (const [i, person] of [bob, cid, dan].entries()) {
      const log = await query<{ seq: number }>("select seq from events where user_id = ? order by seq", person.id);
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length));
      expect(sockets[i]!.lastSeq()).toBe(log.length);
    }
  });

  it("finds them in no list any more", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    await befriend(bob, cid);
    await asks(ann, cid);
    const lists = ["/api/friends/", "/api/friends/requests/", "/api/notifications/", "/api/users/", `/api/users/?search=${ann.username}`];
    const seen = async (person: Person) => (await Promise.all(lists.map((path) => person.get(path)))).map(({ text }) => text).join();
    for (const person of [bob, cid]) expect(await seen(person)).toContain(ann.username);
    await leave(ann);
    for (const person of [bob, cid]) expect(await seen(person)).not.toContain(ann.username);
    expect((await bob.get("/api/friends/")).body, "bob and cid are still friends").toHaveLength(1);
    for (const path of [`/api/users/${ann.id}/`, `/api/users/${ann.id}/friends/`]) expect((await bob.get(path)).status).toBe(404);
    expect((await bob.post("/api/friends/request/", { to_user: ann.id })).status).toBe(404);
  });

  it("who was away catches up without a gap", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const since = (await bob.get("/api/sync/")).body.seq;
    await leave(ann);
    const socket = await bob.socket(since);
    expect(await socket.next("friend_update")).toMatchObject({ user_id: ann.id, status: "unfriended" });
    expect(socket.seqs()).toEqual([since + 1, since + 2]);
  });

  it("may be asking or answering in this very moment: nothing is left hanging", async () => {
    const [ann, ...others] = await Promise.all(Array.from({ length: 9 }, () => aPerson()));
    const requests = await Promise.all(others.slice(0, 4).map((one) => asks(ann!, one)));
    const answers = await Promise.all([
      ...others.slice(0, 2).map((one, i) => one.put(`/api/friends/request/${requests[i]}/`, { action: "accept" })),
      leave(ann!),
      ...others.slice(2, 4).map((one, i) => one.put(`/api/friends/request/${requests[i + 2]}/`, { action: "accept" })),
      ...others.slice(4).map((one) => one.post("/api/friends/request/", { to_user: ann!.id })),
    ]);
    for (const { status } of answers) expect([200, 201, 204, 404]).toContain(status);
    for (const table of ["friendships", "friend_requests", "notifications"])
      expect(await query(`select * from ${table}`), table).toEqual([]);
    for (const one of others) {
      const log = await query<{ seq: number; body: string }>("select seq, body from events where user_id = ? order by seq", one.id);
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length));
      if (log.length > 0) expect(JSON.parse(log.at(-1)!.body), "the last word").toMatchObject({ user_id: ann!.id, request: null });
    }
  });

  it("is told nothing when it is refused", async () => {
    const [root, bob] = [await anAdmin(), await aPerson()];
    await befriend(root, bob);
    const before = await everything();
    expect((await leave(root)).status).toBe(409);
    expect(await everything()).toEqual(before);
  });

  it("may be a thousand friends, and as many who were asked", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)";
    const name = newName();
    await query(
      `insert into users (username, username_key, email, password_hash)
        ${numbers} select ?1 || i, ?1 || i, ?1 || i || '@example.test', 'x' from n`,
      name,
    );
    const now = new Date().toISOString();
    const crowd = "select id from users where username like ?1 || '%'";
    await query(
      `insert into events (user_id, seq, type, body, created_at) select id, 1, 'notification', '{}', ?2 from (${crowd})`,
      name,
      now,
    );
    for (const [from, to] of ["?2, id", "id, ?2"].map((pair) => pair.split(", ")))
      await query(
        `insert into friendships (user_id, friend_id, created_at) select ${from}, ${to}, ?3 from (${crowd} order by id limit 1000)`,
        name,
        ann.id,
        now,
      );
    await query(
      `insert into friend_requests (sender_id, receiver_id, created_at) select ?2, id, ?3 from (${crowd} order by id limit 1000 offset 1000)`,
      name,
      ann.id,
      now,
    );
    await query(
      `insert into notifications (recipient_id, sender_id, type, text, created_at) select id, ?2, 'friend_request', 'x', ?3 from (${crowd})`,
      name,
      ann.id,
      now,
    );
    await befriend(ann, bob);
    const socket = await bob.socket();

    expect(says(await leave(ann))).toEqual(GONE);
    expect((await socket.next("friend_update")).user_id).toBe(ann.id);
    const logs = await query<{ n: number; head: number; types: string }>(
      `select count(*) as n, max(seq) as head, group_concat(type order by seq) as types from events where user_id in (${crowd}) group by user_id`,
      name,
    );
    expect(logs).toHaveLength(2000);
    for (const log of logs) expect(log).toEqual({ n: 3, head: 3, types: "notification,notification_delete,friend_update" });
    for (const table of ["friendships", "friend_requests", "notifications"])
      expect(await query(`select * from ${table}`), table).toEqual([]);
  });
});

describe("the hub of who is gone", () => {
  it("keeps nothing, and nothing wakes it", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    expect((await storageOf(ann)).notes).not.toEqual([]);
    await leave(ann);
    await socket.closing();
    await socket.close();
    await vi.waitFor(async () => expect(await storageOf(ann)).toEqual({ notes: [], alarm: null }));
    await evict(ann);
    expect(await storageOf(ann)).toEqual({ notes: [], alarm: null });
  });

  it("is emptied too when nobody has listened for long", async () => {
    const ann = await aPerson();
    await insideHub(ann, (_, { storage }) => storage.kv.put("userId", ann.id));
    await leave(ann);
    await vi.waitFor(async () => expect(await storageOf(ann)).toEqual({ notes: [], alarm: null }));
  });

  it("finds out by itself if nobody tells it", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    await query("delete from users where id = ?", ann.id);
    await live(150, ann);
    expect((await socket.closing()).code).toBe(4401);
    expect((await storageOf(ann)).notes).toEqual([]);
    await evictDurableObject(env.HUB.get(env.HUB.idFromName(String(ann.id))) as DurableObjectStub);
    expect(await storageOf(ann)).toEqual({ notes: [], alarm: null });
  });
});
