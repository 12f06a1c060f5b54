import { describe, expect, it } from "vitest";
import { logOf, query, upTo } from "./support/hub";
import { type Answer, befriend, type Person, people } from "./support/people";
import type { Socket } from "./support/socket";

const AT_ONCE = 20;

const atOnce = (act: (i: number) => Promise<Answer>, times = AT_ONCE): Promise<Answer[]> =>
  Promise.all(Array.from({ length: times }, (_, i) => act(i)));

/** How many got each status: `{ 201: 1, 400: 19 }`. */
function tally(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const requestsBetween = (a: Person, b: Person) =>
  query<{ id: number; sender_id: number; status: string }>(
    "select id, sender_id, status from friend_requests where low_id = min(?1, ?2) and high_id = max(?1, ?2) order by id",
    a.id,
    b.id,
  );
const notificationsOf = (person: Person) =>
  query<{ type: string }>("select type from notifications where recipient_id = ? order by id", person.id);
const friendsOf = async (person: Person): Promise<number[]> =>
  (await query<{ friend_id: number }>("select friend_id from friendships where user_id = ? order by friend_id", person.id)).map(
    ({ friend_id }) => friend_id,
  );

/** The types of a socket's durable events, in order, once all have arrived. The log must be 1..n. */
async function heardBy(socket: Socket, person: Person): Promise<string[]> {
  const log = await logOf(person);
  expect(log).toEqual(upTo(log.length));
  await socket.until(() => socket.lastSeq() === log.length, `seq ${log.length}`);
  expect(socket.seqs()).toEqual(log);
  return socket.durable().map(({ type }) => type);
}

const ask = (from: Person, to: Person, headers?: Record<string, string>) => from.post("/api/friends/request/", { to_user: to.id }, headers);

/** Ann and Bob, each listening. */
async function two() {
  const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
  return { ann, bob, hers: await ann.socket(), his: await bob.socket() };
}

describe(`${AT_ONCE} at once`, () => {
  it("requests: one row, one notification, one event of each kind; the others are told that it is pending", async () => {
    const { ann, bob, hers, his } = await two();
    const answers = await atOnce(() => ask(ann, bob));
    expect(tally(answers)).toEqual({ 201: 1, 400: AT_ONCE - 1 });
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe("request_pending");
    expect(await requestsBetween(ann, bob)).toHaveLength(1);
    expect(await notificationsOf(bob)).toEqual([{ type: "friend_request" }]);
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request"]);
    expect(await heardBy(hers, ann)).toEqual(["friend_update"]);
  });

  it("accepts: one friendship, one notification, one event", async () => {
    const { ann, bob, hers, his } = await two();
    const { id } = (await ask(ann, bob)).body;
    const answers = await atOnce((i) =>
      i % 2 ? bob.put(`/api/friends/request/${id}/`, { action: "accept" }) : bob.post(`/api/users/${ann.id}/accept-friend-request/`),
    );
    expect(tally(answers)).toEqual({ 200: 1, 404: AT_ONCE - 1 });
    expect([await friendsOf(ann), await friendsOf(bob)]).toEqual([[bob.id], [ann.id]]);
    expect(await notificationsOf(ann)).toEqual([{ type: "friend_request_accepted" }]);
    expect(await heardBy(hers, ann)).toEqual(["friend_update", "notification", "friend_update"]);
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request", "friend_update"]);
  });

  it("requests that cross: one row, accepted; the two are friends", async () => {
    const { ann, bob, hers, his } = await two();
    const answers = await atOnce((i) => (i % 2 ? ask(ann, bob) : ask(bob, ann)));
    expect(tally(answers)).toEqual({ 201: 2, 400: AT_ONCE - 2 });
    const rows = await requestsBetween(ann, bob);
    expect(rows).toMatchObject([{ status: "accepted" }]);
    expect([await friendsOf(ann), await friendsOf(bob)]).toEqual([[bob.id], [ann.id]]);
    const [asker, asked] = rows[0]!.sender_id === ann.id ? [ann, bob] : [bob, ann];
    expect(await notificationsOf(asked)).toEqual([{ type: "friend_request" }]);
    expect(await notificationsOf(asker)).toEqual([{ type: "friend_request_accepted" }]);
    expect(await heardBy(asked === ann ? hers : his, asked)).toEqual(["notification", "friend_request", "friend_update"]);
    expect(await heardBy(asker === ann ? hers : his, asker)).toEqual(["friend_update", "notification", "friend_update"]);
  });

  it("cancels: one", async () => {
    const { ann, bob, his } = await two();
    const { id } = (await ask(ann, bob)).body;
    expect(tally(await atOnce(() => ann.delete(`/api/friends/request/${id}/`)))).toEqual({ 204: 1, 404: AT_ONCE - 1 });
    expect(await notificationsOf(bob)).toEqual([]);
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request", "notification_delete", "friend_update"]);
  });

  it("endings of a friendship: one", async () => {
    const { ann, bob, hers, his } = await two();
    await befriend(ann, bob);
    const before = [(await heardBy(hers, ann)).length, (await heardBy(his, bob)).length];
    const answers = await atOnce((i) => (i % 2 ? ann.delete(`/api/friends/${bob.id}/`) : bob.delete(`/api/friends/${ann.id}/`)));
    expect(tally(answers)).toEqual({ 204: 1, 404: AT_ONCE - 1 });
    expect([await friendsOf(ann), await friendsOf(bob)]).toEqual([[], []]);
    expect((await heardBy(hers, ann)).slice(before[0])).toEqual(["friend_update"]);
    expect((await heardBy(his, bob)).slice(before[1])).toEqual(["friend_update"]);
  });

  it("readings of one notification: all see it read, one event", async () => {
    const { ann, bob, his } = await two();
    await ask(ann, bob);
    const [{ id }] = (await bob.get("/api/notifications/")).body;
    const answers = await atOnce((i) => (i % 2 ? bob.put(`/api/notifications/${id}/read/`) : bob.put("/api/notifications/read-all/")));
    expect(tally(answers)).toEqual({ 200: AT_ONCE });
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request", "notification_update"]);
  });

  it("deletions of one notification: one", async () => {
    const { ann, bob, his } = await two();
    await ask(ann, bob);
    const [{ id }] = (await bob.get("/api/notifications/")).body;
    expect(tally(await atOnce(() => bob.delete(`/api/notifications/${id}/`)))).toEqual({ 204: 1, 404: AT_ONCE - 1 });
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request", "notification_delete"]);
  });

  it("people who ask the same person: each once, and the log has no gap", async () => {
    const askers = await people(...Array.from({ length: 8 }, () => "asker"));
    const bob = (await people("bob"))[0]!;
    const his = await bob.socket();
    expect(tally(await Promise.all(askers.flatMap((asker) => [ask(asker, bob), ask(asker, bob)])))).toEqual({ 201: 8, 400: 8 });
    expect(await notificationsOf(bob)).toHaveLength(8);
    const heard = await heardBy(his, bob);
    expect(heard.filter((type) => type === "notification")).toHaveLength(8);
    expect(heard).toHaveLength(16);
  });
});

describe("Of two answers to one request, one counts", () => {
  it("accept against cancel, whoever is first", async () => {
    const { ann, bob, hers, his } = await two();
    const winners = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const { id } = (await ask(ann, bob)).body;
      const accept = () => bob.put(`/api/friends/request/${id}/`, { action: "accept" });
      const cancel = () => ann.delete(`/api/friends/request/${id}/`);
      const [first, second] = round % 2 ? [accept, cancel] : [cancel, accept];
      const statuses = (await Promise.all([first(), second()])).map(({ status }) => status);
      const [accepted, cancelled] = round % 2 ? statuses : statuses.reverse();
      expect([
        [200, 404],
        [404, 204],
      ]).toContainEqual([accepted, cancelled]);
      winners.add(accepted === 200 ? "accept" : "cancel");
      expect(await friendsOf(ann)).toEqual(accepted === 200 ? [bob.id] : []);
      expect(await friendsOf(bob)).toEqual(accepted === 200 ? [ann.id] : []);
      expect((await requestsBetween(ann, bob)).at(-1)?.status).toBe(accepted === 200 ? "accepted" : "cancelled");
      if (accepted === 200) await ann.delete(`/api/friends/${bob.id}/`);
    }
    expect([...winners].sort()).toEqual(["accept", "cancel"]);
    await heardBy(hers, ann);
    await heardBy(his, bob);
  });

  it("accept against reject", async () => {
    const { ann, bob, hers } = await two();
    for (let round = 0; round < 6; round++) {
      const { id } = (await ask(ann, bob)).body;
      const answers = await Promise.all(
        ["accept", "reject"].map((action) => bob.put(`/api/friends/request/${id}/`, { action })).sort(() => (round % 2 ? 1 : -1)),
      );
      expect(tally(answers)).toEqual({ 200: 1, 404: 1 });
      const { status } = (await requestsBetween(ann, bob)).at(-1)!;
      expect(await friendsOf(ann)).toEqual(status === "accepted" ? [bob.id] : []);
      if (status === "accepted") await ann.delete(`/api/friends/${bob.id}/`);
    }
    const heard = await heardBy(hers, ann);
    expect(heard.filter((type) => type === "notification")).toHaveLength(6);
  });
});

describe("One Idempotency-Key", () => {
  it("at once, again and later: one request, and everybody gets its answer", async () => {
    const { ann, bob, hers, his } = await two();
    const answers = await atOnce(() => ask(ann, bob, { "idempotency-key": "k-1" }));
    answers.push(await ask(ann, bob, { "idempotency-key": "k-1" }));
    expect(tally(answers)).toEqual({ 201: AT_ONCE + 1 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await requestsBetween(ann, bob)).toHaveLength(1);
    expect(await notificationsOf(bob)).toHaveLength(1);
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request"]);
    expect(await heardBy(hers, ann)).toEqual(["friend_update"]);
  });

  it("for crossed requests: each gets their own answer again, and nothing happens twice", async () => {
    const { ann, bob, his } = await two();
    const first = await ask(ann, bob, { "idempotency-key": "same" });
    const answers = await atOnce(() => ask(bob, ann, { "idempotency-key": "same" }));
    expect(tally(answers)).toEqual({ 201: AT_ONCE });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]!.body).toMatchObject({ id: first.body.id, status: "accepted" });
    expect((await ask(ann, bob, { "idempotency-key": "same" })).text).toBe(first.text);
    expect(await heardBy(his, bob)).toEqual(["notification", "friend_request", "friend_update"]);
  });

  it("with another body is refused, and nothing happens", async () => {
    const { ann, bob } = await two();
    const eve = (await people("eve"))[0]!;
    await ask(ann, bob, { "idempotency-key": "k-2" });
    const answers = await atOnce(() => ask(ann, eve, { "idempotency-key": "k-2" }), 5);
    expect(tally(answers)).toEqual({ 422: 5 });
    expect(await requestsBetween(ann, eve)).toEqual([]);
    expect(tally([await ask(bob, eve, { "idempotency-key": "k-2" })])).toEqual({ 201: 1 }); // keys are per person
  });

  it("of a refused request is free for the next try", async () => {
    const { ann, bob } = await two();
    const { id } = (await ask(ann, bob)).body;
    expect((await ask(ann, bob, { "idempotency-key": "k-3" })).status).toBe(400);
    await ann.delete(`/api/friends/request/${id}/`);
    expect((await ask(ann, bob, { "idempotency-key": "k-3" })).status).toBe(201);
  });
});

describe("A block against all that makes two people known to each other", () => {
  const block = (by: Person, whom: Person) => by.post(`/api/users/${whom.id}/block/`);
  const between = async (a: Person, b: Person) => ({
    friends: [await friendsOf(a), await friendsOf(b)].flat(),
    pending: (await requestsBetween(a, b)).filter(({ status }) => status === "pending"),
    notifications: [await notificationsOf(a), await notificationsOf(b)].flat(),
  });
  const NOTHING = { friends: [], pending: [], notifications: [] };
  const unblock = (by: Person, whom: Person) => by.delete(`/api/users/${whom.id}/block/`);

  it("leaves no request beside it, whoever is first", async () => {
    const { ann, bob, hers, his } = await two();
    const asked = new Set<number>();
    for (let round = 0; round < 6; round++) {
      const acts = [...Array(AT_ONCE - 1).keys()].map((i) => () => (i % 2 ? ask(ann, bob) : ask(bob, ann)));
      acts.splice(round * 3, 0, () => block(ann, bob));
      const answers = await Promise.all(acts.map((act) => act()));
      expect(answers[round * 3]!.status).toBe(200);
      for (const { status } of answers) expect([200, 201, 400, 404]).toContain(status);
      asked.add(answers.filter(({ status }) => status === 201).length);
      expect(await between(ann, bob)).toEqual(NOTHING);
      await unblock(ann, bob);
    }
    expect(asked.size).toBeGreaterThan(1); // so some came before it, and some did not
    await heardBy(hers, ann);
    await heardBy(his, bob);
  });

  it("leaves no friendship beside it, whoever is first", async () => {
    const { ann, bob, hers, his } = await two();
    const accepted = new Set<boolean>();
    for (let round = 0; round < 10; round++) {
      const { id } = (await ask(ann, bob)).body;
      const accept = () => bob.put(`/api/friends/request/${id}/`, { action: "accept" });
      const blocker = round % 3 ? bob : ann;
      const other = blocker === ann ? bob : ann;
      const acts: (() => Promise<Answer>)[] = Array.from({ length: AT_ONCE }, (_, i) => (i % 2 ? () => block(blocker, other) : accept));
      const answers = await Promise.all((round % 2 ? acts : acts.reverse()).map((act) => act()));
      for (const { status } of answers) expect([200, 404]).toContain(status);
      accepted.add((await requestsBetween(ann, bob)).at(-1)?.status === "accepted");
      expect(await between(ann, bob)).toEqual(NOTHING);
      await unblock(blocker, other);
    }
    expect(accepted.size).toBe(2);
    await heardBy(hers, ann);
    await heardBy(his, bob);
  });

  it("of each other: one, or both, and nothing else", async () => {
    const { ann, bob, hers, his } = await two();
    await befriend(ann, bob);
    const answers = await atOnce((i) => (i % 2 ? block(ann, bob) : block(bob, ann)));
    for (const { status } of answers) expect([200, 404]).toContain(status);
    expect(await query("select user_id from blocks")).toHaveLength(1);
    expect(await between(ann, bob)).toEqual(NOTHING);
    for (const heard of [await heardBy(hers, ann), await heardBy(his, bob)])
      expect(heard.filter((type) => type === "friend_update").length).toBeLessThanOrEqual(3);
  });

  it("leaves nobody in a group", async () => {
    const { ann, bob } = await two();
    for (let round = 0; round < 6; round++) {
      await befriend(ann, bob);
      const { id } = (await ann.post("/api/friends/groups/", { name: `Round ${round}` })).body;
      const add = () => ann.put(`/api/friends/groups/${id}/members/${bob.id}/`);
      const acts = [add, () => block(round % 3 ? ann : bob, round % 3 ? bob : ann), add];
      await Promise.all((round % 2 ? acts : acts.slice(1)).map((act) => act()));
      expect(await query("select * from group_members")).toEqual([]);
      for (const one of [ann, bob]) await unblock(one, one === ann ? bob : ann);
    }
  });
});
