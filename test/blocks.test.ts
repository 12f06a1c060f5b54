import { describe, expect, it } from "vitest";
import { happen, pause, query } from "./support/hub";
import { type Answer, befriend, call, PASSWORD, type Person, people } from "./support/people";
import { knowledgeOf, replay } from "./support/replay";
import type { Frame, Socket } from "./support/socket";

const NOBODY = 999_999;
const GONE = { status: 404, body: { detail: "Not found." } };

const block = (by: Person, whom: { id: number }) => by.post(`/api/users/${whom.id}/block/`);
const unblock = (by: Person, whom: { id: number }) => by.delete(`/api/users/${whom.id}/block/`);
const leave = (person: Person) => call("DELETE", "/api/users/me/", { token: person.access, body: { password: PASSWORD } });
const ask = (from: Person, to: { id: number }, headers?: Record<string, string>) =>
  from.post("/api/friends/request/", { to_user: to.id }, headers);
const brief = ({ status, body }: Answer) => ({ status, body });

async function cast(): Promise<[Person, Person, Person]> {
  return (await people("ann", "bob", "cid")) as [Person, Person, Person];
}

/** What a socket has heard, once all that is under way has arrived. */
async function heardBy(socket: Socket, listener: Person): Promise<Frame[]> {
  await pause(30);
  const before = socket.lastSeq();
  await happen(listener);
  await socket.until(() => socket.lastSeq() > before, "a mark behind what came before");
  return socket.frames.slice(0, -1);
}
const durable = (frames: Frame[]) => frames.filter(({ type, seq }) => seq !== undefined && type !== "resume");

const asOf = (person: Person, frame: Frame) => ({
  ...frame,
  notification_id: undefined,
  ...(frame.user_id === person.id && { user_id: "they" }),
});

/** Everything that one can read of somebody, by their id. */
const WAYS: ((of: { id: number }) => [string, string, object?])[] = [
  ({ id }) => ["GET", `/api/users/${id}/`],
  ({ id }) => ["GET", `/api/users/${id}/friends/`],
  ({ id }) => ["GET", `/api/users/${id}/friendship-status/`],
  ({ id }) => ["GET", `/api/users/${id}/friend-request/`],
  ({ id }) => ["POST", "/api/friends/request/", { to_user: id }],
  ({ id }) => ["POST", `/api/users/${id}/send-friend-request/`, {}],
  ({ id }) => ["DELETE", `/api/friends/${id}/`],
  ({ id }) => ["PATCH", "/api/users/me/visibility/", { profile: { people: [id] } }],
];
const approach = async (by: Person, whom: { id: number }) => {
  const answers = await Promise.all(WAYS.map((way) => by.ask(...way(whom))));
  return answers.map(({ status, text }) => ({ status, text: text.replaceAll(String(whom.id), "<id>") }));
};

describe("Who is blocked", () => {
  it("is not there for whoever blocked them, nor these for them", async () => {
    const [ann, bob, cid] = await cast();
    await befriend(ann, bob);
    await befriend(cid, ann);
    await befriend(cid, bob);
    const before = await approach(bob, ann);
    expect((await block(ann, bob)).status).toBe(200);
    const absent = await approach(bob, { id: NOBODY });
    expect(before).not.toEqual(absent);
    expect(await approach(bob, ann)).toEqual(absent);
    const own = 2; // whoever blocked somebody may see that it is so
    const without = (answers: unknown[]) => answers.filter((_, i) => i !== own);
    expect(without(await approach(ann, bob))).toEqual(without(absent));
    for (const [one, other] of [
      [ann, bob],
      [bob, ann],
    ] as const)
      for (const path of ["/api/users/", `/api/users/?search=${other.username}`, `/api/users/${cid.id}/friends/`, "/api/friends/"]) {
        const ids = (await one.get(path)).body.map(({ id }: any) => id);
        expect(ids, path).not.toContain(other.id);
        expect((await one.get(`${path}${path.includes("?") ? "&" : "?"}page=1`)).body.count, path).toBe(ids.length);
      }
    expect((await cid.get(`/api/users/${ann.id}/`)).status).toBe(200);
  });

  it("is in the list of whoever blocked them, as no more than who it is, and in nobody else's", async () => {
    const [ann, bob, cid] = await cast();
    const answer = await block(ann, bob);
    const item = { id: bob.id, username: bob.username, since: expect.any(String) };
    expect(brief(answer)).toEqual({ status: 200, body: item });
    await block(ann, cid);
    await block(bob, cid);
    const { body } = await ann.get("/api/users/blocked/");
    expect(body.map(({ id }: any) => id)).toEqual([bob.id, cid.id].sort((a, b) => a - b));
    expect(body).toContainEqual(answer.body);
    const first = await ann.get("/api/users/blocked/?limit=1");
    expect([first.body.length, first.headers.get("link")]).toEqual([1, expect.stringContaining('rel="next"')]);
    expect((await ann.get("/api/users/blocked/?page=1&page_size=1")).body.count).toBe(2);
    expect((await cid.get("/api/users/blocked/")).body).toEqual([]);
    expect((await ann.get(`/api/users/${bob.id}/friendship-status/`)).body).toMatchObject({ is_blocked: true, blocked_by: ann.id });
  });

  it("may be blocked again, which changes nothing and tells nobody", async () => {
    const [ann, bob] = await cast();
    const first = await block(ann, bob);
    const socket = await bob.socket();
    const again = await block(ann, bob);
    expect(brief(again)).toEqual(brief(first));
    expect(durable(await heardBy(socket, bob))).toEqual([]);
  });

  it("must be somebody whom one sees or knows, and not oneself", async () => {
    const [ann, bob, cid] = await cast();
    await cid.patch("/api/users/me/visibility/", { profile: "private" });
    await block(bob, ann);
    for (const whom of [{ id: NOBODY }, cid, bob]) {
      expect(brief(await block(ann, whom))).toEqual(GONE);
      expect(brief(await unblock(ann, whom))).toEqual(GONE);
    }
    expect(brief(await block(ann, ann))).toMatchObject({ status: 400, body: { code: "block_self" } });
    expect((await ann.get("/api/users/blocked/")).body).toEqual([]);
  });

  it("may be somebody who hides, if they asked to be friends or are", async () => {
    const [ann, bob, cid] = await cast();
    await befriend(ann, bob);
    for (const one of [bob, cid]) await one.patch("/api/users/me/visibility/", { profile: "private" });
    await ask(cid, ann);
    expect((await block(ann, bob)).status).toBe(200);
    expect((await block(ann, cid)).status).toBe(200);
    expect((await ann.get("/api/friends/requests/")).body).toEqual([]);
    expect((await cid.get("/api/friends/requests/?direction=outgoing")).body).toEqual([]);
  });

  it("is unblocked by whoever blocked them, also when they hide; again is as well", async () => {
    const [ann, bob] = await cast();
    await block(ann, bob);
    await bob.patch("/api/users/me/visibility/", { profile: "private" });
    expect((await unblock(ann, bob)).status).toBe(204);
    expect(brief(await unblock(ann, bob))).toEqual(GONE);
    await bob.patch("/api/users/me/visibility/", { profile: "public" });
    expect((await unblock(ann, bob)).status).toBe(204);
  });

  it("stays blocked by the one when the other takes theirs back", async () => {
    const [ann, bob] = await cast();
    await Promise.all([query("insert into blocks values (?1, ?2, ''), (?2, ?1, '')", ann.id, bob.id)]);
    expect((await unblock(ann, bob)).status).toBe(204);
    expect(brief(await ann.get(`/api/users/${bob.id}/`))).toEqual(GONE);
    await unblock(bob, ann);
    expect((await ann.get(`/api/users/${bob.id}/`)).status).toBe(200);
  });
});

describe("A block ends", () => {
  it("a friendship, with all that came of it, and brings nothing of it back", async () => {
    const [ann, bob] = await cast();
    await befriend(ann, bob);
    for (const [one, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const { id } = (await one.post("/api/friends/groups/", { name: "Close" })).body;
      await one.put(`/api/friends/groups/${id}/members/${other.id}/`);
      await one.patch("/api/users/me/visibility/", { fields: { email: { level: "specific", people: [other.id], groups: [id] } } });
    }
    expect((await ann.get(`/api/users/${bob.id}/`)).body.email).toBe(bob.email);
    await block(ann, bob);
    await unblock(ann, bob);
    for (const [one, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      expect((await one.get("/api/friends/")).body).toEqual([]);
      expect((await one.get("/api/friends/groups/")).body).toMatchObject([{ count: 0, members: [] }]);
      expect((await one.get("/api/users/me/visibility/")).body.fields.email.people).toEqual([]);
      expect((await one.get(`/api/users/${other.id}/`)).body).toMatchObject({ id: other.id, email: "" });
    }
    await befriend(bob, ann);
  });

  it.each([
    ["of theirs", (ann: Person, bob: Person) => ask(bob, ann)],
    ["of mine", (ann: Person, bob: Person) => ask(ann, bob)],
  ])("a request %s, which nobody can answer any more", async (_, begin) => {
    const [ann, bob] = await cast();
    const { id } = (await begin(ann, bob)).body;
    await block(ann, bob);
    expect(await query("select status from friend_requests where id = ?", id)).toEqual([{ status: "cancelled" }]);
    for (const one of [ann, bob]) {
      for (const action of ["accept", "reject"])
        expect(await one.put(`/api/friends/request/${id}/`, { action })).toMatchObject({ status: 404, body: { code: "no_such_request" } });
      expect((await one.delete(`/api/friends/request/${id}/`)).status).toBe(404);
      expect((await one.get("/api/notifications/")).body).toEqual([]);
      expect((await one.get("/api/notifications/unread-count/")).body).toEqual({ unread: 0 });
    }
  });

  it("what the two have caused in each other's notifications, and leaves all others", async () => {
    const [ann, bob, cid] = await cast();
    await befriend(ann, bob);
    await ask(cid, ann);
    await ask(cid, bob);
    await block(ann, bob);
    for (const one of [ann, bob]) expect((await one.get("/api/notifications/")).body).toMatchObject([{ sender: { id: cid.id } }]);
  });
});

describe("Live", () => {
  it("both hear what has ended, and know then what the server knows", async () => {
    const [ann, bob] = await cast();
    const sockets = [await ann.socket(), await bob.socket()] as const;
    await befriend(ann, bob);
    await block(bob, ann);
    for (const [i, [one, other]] of (
      [
        [ann, bob],
        [bob, ann],
      ] as const
    ).entries()) {
      const frames = await heardBy(sockets[i]!, one);
      expect(frames).toContainEqual(
        expect.objectContaining({ type: "friend_update", user_id: other.id, status: "unfriended", request: null }),
      );
      expect(replay(durable(frames))).toEqual(knowledgeOf((await one.get("/api/sync/")).body));
      const of = frames.filter(({ type, user_id }) => type === "status_update" && user_id === other.id).map(({ status }) => status);
      expect(of).toEqual(["online", "offline"]);
    }
    await ann.patch(`/api/users/${ann.id}/`, { status: "busy" });
    expect((await heardBy(sockets[1], bob)).filter(({ status }) => status === "busy")).toEqual([]);
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id] });
  });

  it("strangers hear nothing", async () => {
    const [ann, bob] = await cast();
    const sockets = [await ann.socket(), await bob.socket()] as const;
    await block(ann, bob);
    expect(durable(await heardBy(sockets[0], ann))).toEqual([]);
    const his = await heardBy(sockets[1], bob);
    expect(his.map(({ type }) => type)).toEqual(["group_users", "status_update", "resume"]);
  });

  it.each([
    ["a friend", befriend],
    ["one who asked", (ann: Person, bob: Person) => ask(bob, ann)],
    ["one who was asked", (ann: Person, bob: Person) => ask(ann, bob)],
  ])("%s hears what they would hear if the account were gone", async (_, begin) => {
    const heard: unknown[][] = [];
    for (const end of [block, leave]) {
      const [ann, bob] = await cast();
      await ann.socket();
      await begin(ann, bob);
      const { seq } = (await bob.get("/api/sync/")).body;
      const listening = await bob.socket();
      const before = listening.frames.length;
      expect((await end(ann, bob)).status).toBeLessThan(300);
      const live = (await heardBy(listening, bob)).slice(before);
      const later = durable(await heardBy(await bob.socket(seq), bob));
      heard.push([live, later].map((frames) => frames.map((frame) => asOf(ann, frame))));
      expect(live.map(({ status }) => status)).toContain(begin === befriend ? "offline" : "cancelled");
    }
    expect(heard[0]).toEqual(heard[1]);
  });
});

describe("A kept answer", () => {
  const key = { "idempotency-key": "try-1" };

  it("shows nobody who has hidden since: a retry is answered as for nobody", async () => {
    const [ann, bob] = await cast();
    await bob.patch(`/api/users/${bob.id}/`, { bio: "Mine." });
    const first = await ask(ann, bob, key);
    expect((await ask(ann, bob, key)).text).toBe(first.text);
    await bob.patch("/api/users/me/visibility/", { fields: { bio: "private" } });
    const later = await ask(ann, bob, key);
    expect(later.body).toEqual({ ...first.body, receiver: { ...first.body.receiver, bio: null } });
    await bob.patch("/api/users/me/visibility/", { profile: "private" });
    expect(brief(await ask(ann, bob, key))).toEqual(brief(await ask(ann, { id: NOBODY })));
    expect((await ask(ann, { id: NOBODY }, key)).status).toBe(422);
  });

  it("goes with a block, for both", async () => {
    const [ann, bob, cid] = await cast();
    const [, mine, theirs] = [await ask(ann, bob, key), await ask(bob, ann, key), await ask(cid, bob, key)];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    await block(bob, ann);
    const nobody = brief(await ask(ann, { id: NOBODY }));
    expect(brief(await ask(ann, bob, key))).toEqual(nobody);
    expect(brief(await ask(bob, ann, key))).toEqual(nobody);
    expect((await ask(cid, bob, key)).text).toBe(theirs.text);
  });

  it("leaves its key used, by a block as by a deletion", async () => {
    const answers = [];
    for (const end of [block, leave]) {
      const [ann, bob] = await cast();
      await ask(bob, ann, key);
      await end(ann, bob);
      answers.push([brief(await ask(bob, { id: NOBODY }, key)), brief(await ask(bob, ann, key))]);
      expect((await bob.get("/api/users/me/export/")).body.idempotency_keys).toMatchObject([{ key: "try-1" }]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject([{ status: 422 }, { status: 404 }]);
  });

  it("does not tell by its key a name that hides, or blocks, from one that nobody has", async () => {
    const [ann, bob, cid] = await cast();
    await ask(bob, cid, key);
    const byName = async (username: string) => brief(await bob.post("/api/friends/request/", { username }, key));
    const nobody = await byName("nobody_has_it");
    expect(nobody.status).toBe(422);
    await ann.patch("/api/users/me/visibility/", { profile: "private" });
    expect(await byName(ann.username)).toEqual(nobody);
    await ann.patch("/api/users/me/visibility/", { profile: "public" });
    await block(ann, bob);
    expect(await byName(ann.username)).toEqual(nobody);
  });

  it("to whoever asked is the same however they hide who asked first", async () => {
    const [ann, bob] = await cast();
    await bob.patch("/api/users/me/visibility/", { profile: "private" });
    await ask(bob, ann);
    const first = await ask(ann, bob, key);
    expect(first.body).toMatchObject({ status: "accepted", sender: { id: bob.id } });
    expect((await ask(ann, bob, key)).text).toBe(first.text);
  });
});

describe("Blocking", () => {
  it("may be done so often in an hour", async () => {
    const [ann, bob, cid] = await cast();
    await query(
      "insert into attempts (key, count, resets_at) values (?, 200, ?)",
      `block:#${ann.id}`,
      new Date(Date.now() + 60_000).toISOString(),
    );
    const strict = (whom: Person) =>
      call("POST", `/api/users/${whom.id}/block/`, { token: ann.access, body: {}, env: { RATE_LIMITS: "strict" } });
    expect((await strict(bob)).status).toBe(429);
    expect((await ann.get("/api/users/blocked/")).body).toEqual([]);
    await query("delete from attempts");
    expect([(await strict(bob)).status, (await strict(cid)).status]).toEqual([200, 200]);
  });
});
