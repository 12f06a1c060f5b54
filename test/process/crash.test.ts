import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Person } from "./support/client";
import { type Pair, pairs, type Status, type Step } from "./support/crowd";
import { Server, sleep, until } from "./support/server";

/**
 * Acknowledged means kept (design promise 3): the server is killed with -9 while many write, and what it answered with 2xx is there after
 * the next start, with its notification and its events; what it did not answer is there as a whole or not at all.
 */

const PEOPLE = 20;
/** Pairs that write at the same time: 2 for each person. */
const REACH = 2;
/** The kill comes in the middle of the work, not before it. */
const WRITES_BEFORE_KILL = 60;
/** Answers come in waves; the kill must not always fall between two of them. */
const JITTER_MS = 400;

interface RequestRow {
  id: number;
  sender: number;
  receiver: number;
  status: Status;
}
interface NotificationRow {
  id: number;
  recipient: number;
  request: number;
  type: string;
  is_read: number;
}
interface EventRow {
  user: number;
  seq: number;
  type: string;
  /** The request that the event is about, wherever its body says so. */
  request: number | null;
  /** The status of the request in a `friend_update`. */
  status: string | null;
  /** The kind of the notification that it carries. */
  kind: string | null;
  notification: number | null;
}
interface FriendRow {
  user: number;
  friend: number;
}
type Rows = [RequestRow[], NotificationRow[], EventRow[], FriendRow[]];

const QUERIES = [
  "select id, sender_id as sender, receiver_id as receiver, status from friend_requests order by id",
  "select id, recipient_id as recipient, request_id as request, type, is_read from notifications order by id",
  `select user_id as user, seq, type,
    coalesce(json_extract(body, '$.request.id'), json_extract(body, '$.notification.related_request.id')) as request,
    json_extract(body, '$.status') as status, json_extract(body, '$.notification.type') as kind,
    coalesce(json_extract(body, '$.notification_id'), json_extract(body, '$.notification.id')) as notification
    from events order by user_id, seq`,
  "select user_id as user, friend_id as friend from friendships order by 1, 2",
];

describe("kill -9 while many write", () => {
  let server: Server;
  let people: Person[];
  let crowd: Pair[];

  beforeAll(async () => {
    server = await Server.prepare();
    await server.start();
    people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => Person.register(server.url, `person_${i}`)));
    crowd = pairs(people, REACH);
  });
  afterAll(() => server.remove());

  it.each(["everything", "npm", "the script"] as const)(
    "of %s loses nothing that was acknowledged, and leaves nothing half",
    async (what) => {
      const before = acknowledged(crowd);
      const lives = crowd.map((pair) => pair.live());
      await until(() => acknowledged(crowd) > before + WRITES_BEFORE_KILL, "writes", 20_000);
      await sleep(Math.random() * JITTER_MS);
      await server.kill(what);
      await Promise.all(lives);
      await server.start();

      const rows = await server.query<Rows>(...QUERIES);
      // Else nothing was put to the test.
      expect(acknowledged(crowd)).toBeGreaterThan(before + WRITES_BEFORE_KILL);
      expect(crowd.filter(({ cut }) => cut !== null).length).toBeGreaterThan(0);
      for (const pair of crowd) expectKept(pair, rows);
      expectWhole(rows);
      await expectResumable(people[0]!, rows);
      for (const pair of crowd) pair.catchUp(requestsOf(pair, rows), areFriends(pair, rows));
    },
  );
});

const acknowledged = (crowd: readonly Pair[]) => crowd.reduce((sum, pair) => sum + pair.acknowledged, 0);

const requestsOf = ({ one, other }: Pair, [requests]: Rows) =>
  requests.filter(({ sender, receiver }) => sender === one.id && receiver === other.id);
const areFriends = ({ one, other }: Pair, [, , , friends]: Rows) =>
  friends.some(({ user, friend }) => user === one.id && friend === other.id);

/** What a step makes of a pending request. */
const OUTCOME: Partial<Record<Step, Status>> = { accept: "accepted", reject: "rejected", cancel: "cancelled" };

/** What this pair was told is so. A step that got no answer may have happened on top of it. */
function expectKept(pair: Pair, rows: Rows): void {
  const { requests, read, cut } = pair;
  const found = requestsOf(pair, rows);
  for (const [id, status] of requests) {
    const possible = status === "pending" && cut !== null ? [status, OUTCOME[cut]] : [status];
    expect(possible, `request ${id}, cut off: ${cut}`).toContain(found.find((each) => each.id === id)?.status);
  }
  expect(found.filter(({ id }) => !requests.has(id)).length).toBeLessThanOrEqual(cut === "ask" ? 1 : 0);
  const [, notifications] = rows;
  for (const id of read) expect(notifications.find((each) => each.id === id)?.is_read, `notification ${id}`).toBe(1);
  if (cut !== "accept" && cut !== "unfriend") expect(areFriends(pair, rows)).toBe(pair.areFriends);
}

/** Each change is there with all that belongs to it, whoever was told. */
function expectWhole([requests, notifications, events, friends]: Rows): void {
  for (const user of new Set(events.map((event) => event.user))) {
    const seqs = events.filter((event) => event.user === user).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  }
  for (const { user, friend } of friends) expect(friends).toContainEqual({ user: friend, friend: user });
  for (const request of requests) expectStory(request, notifications, events);
  expect(new Set(notifications.map(({ request }) => request)).size).toBeLessThanOrEqual(requests.length);
}

/** A request, and what two people were told of it: all of it, each once. */
function expectStory({ id, sender, receiver, status }: RequestRow, notifications: NotificationRow[], events: EventRow[]): void {
  const told = (user: number) =>
    events
      .filter((event) => event.user === user && event.request === id && event.type !== "notification_update")
      .map(({ type, kind, status: said }) => [type, kind ?? said].filter(Boolean).join(" "));
  const kept = notifications.filter(({ request }) => request === id).map(({ recipient, type }) => `${recipient} ${type}`);

  const isAnswered = status === "accepted" || status === "rejected";
  const asked = ["notification friend_request", "friend_request"];
  expect(told(receiver), `request ${id}`).toEqual([...asked, ...(status === "pending" ? [] : [`friend_update ${status}`])]);
  expect(told(sender), `request ${id}`).toEqual([
    "friend_update pending",
    ...(isAnswered ? [`notification friend_request_${status}`] : []),
    ...(status === "pending" ? [] : [`friend_update ${status}`]),
  ]);
  expect(kept, `request ${id}`).toEqual([
    ...(status === "cancelled" ? [] : [`${receiver} friend_request`]),
    ...(isAnswered ? [`${sender} friend_request_${status}`] : []),
  ]);
}

/** A socket that has missed everything gets exactly what the log has. */
async function expectResumable(person: Person, [, , events]: Rows): Promise<void> {
  const inbox = person.socket(0);
  const frames = await inbox.resumed();
  inbox.close();
  const log = events.filter(({ user }) => user === person.id);
  expect(log.length).toBeGreaterThan(0);
  expect(frames.map(({ seq, type }) => ({ seq, type }))).toEqual(log.map(({ seq, type }) => ({ seq, type })));
}
