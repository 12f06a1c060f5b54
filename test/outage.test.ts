import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { alarmOf, evict, happen, insideHub, lossyHubs, pause, ringAlarm, upTo } from "./support/hub";
import { aPerson, befriend, people } from "./support/people";
import { openSocket, type Socket, upgrade } from "./support/socket";
import { later, live, stopClock } from "./support/time";

/** D1 answers with errors wherever `table` is needed, until `repair`. */
const damaged: string[] = [];
async function damage(table: "users" | "sessions" | "events"): Promise<void> {
  await env.DB.prepare(`alter table ${table} rename to ${table}_away`).run();
  damaged.push(table);
}
async function repair(): Promise<void> {
  for (const table of damaged.splice(0)) await env.DB.prepare(`alter table ${table}_away rename to ${table}`).run();
}
afterEach(repair);

const reaches = async (socket: Socket, seq: number) => {
  await socket.until(() => socket.lastSeq() >= seq, `seq ${seq}`);
  expect(socket.seqs()).toEqual(upTo(seq));
  expect(socket.closed).toBeNull();
};

describe("While D1 does not answer", () => {
  it("an opening gets 503 and disturbs no socket that is open", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await damage("sessions");
    expect((await upgrade(`?token=${ann.access}`)).status).toBe(503);
    expect((await upgrade(`?token=${ann.access}`, { origin: "https://app.example.com" })).status).toBe(503);
    await repair();
    await happen(ann);
    await reaches(socket, 1);
    await reaches(await ann.socket(0), 1);
  });

  it("an opening does not use up its ticket", async () => {
    const ann = await aPerson();
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    await damage("events");
    expect((await upgrade(`?ticket=${ticket}`)).status).toBe(503);
    await repair();
    const socket = await openSocket(`?ticket=${ticket}`);
    await socket.next("resume");
    expect((await upgrade(`?ticket=${ticket}`)).status).toBe(401);
  });

  it("the hub's alarm rings again and again, however long it takes, and then makes up for all", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    await happen(ann, 3, { through: lossyHubs });
    await damage("users");
    for (let i = 0; i < 8; i++) {
      await live(60, ann);
      expect(await alarmOf(ann)).toBeLessThanOrEqual(Date.now() + 60_000);
    }
    await evict(ann);
    expect(socket.closed).toBeNull();
    expect(socket.durable()).toEqual([]);
    await repair();
    expect((await ann.get("/api/users/me/")).body.is_online).toBe(false); // the lease ran out
    await live(60, ann);
    await reaches(socket, 3);
    expect((await ann.get("/api/users/me/")).body.is_online).toBe(true);
    await happen(ann);
    await reaches(socket, 4);
  });

  it("a token still runs out", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    await live(3500, ann);
    await damage("users");
    await live(101, ann);
    expect((await socket.closing()).code).toBe(4408);
  });

  it("a gap stays a gap, and is closed soon after", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    await happen(ann, 2, { through: lossyHubs });
    await damage("events");
    await insideHub(ann, (hub) => hub.deliver({ events: [{ seq: 3, type: "notification", body: "{}" }], head: 3 }));
    expect(socket.durable()).toEqual([]);
    await repair();
    await live(30, ann);
    await reaches(socket, 2);
  });

  it("a socket opens with what could be read, and gets the rest soon after", async () => {
    stopClock();
    const ann = await aPerson();
    await happen(ann, 700, { together: true });
    // The first read brings 500. The second fails.
    const d1 = await insideHub(ann, (hub) => (hub as unknown as { env: Env }).env.DB);
    const batch = d1.batch.bind(d1);
    let calls = 0;
    d1.batch = (statements) => batch(++calls === 2 ? [d1.prepare("select * from nowhere")] : statements);
    const socket = await ann.socket(0).finally(() => Reflect.deleteProperty(d1, "batch"));
    expect(calls).toBeGreaterThanOrEqual(2);
    await reaches(socket, 500);
    await live(30, ann);
    await reaches(socket, 700);
  });

  it("a leaving waits for its announcement", async () => {
    stopClock();
    const [ann, bob] = await people("ann", "bob");
    await befriend(ann!, bob!);
    const friendly = await bob!.socket();
    (await ann!.socket()).close();
    await pause(20);
    await damage("users");
    later(9);
    for (let i = 0; i < 10; i++) await ringAlarm(ann!);
    await repair();
    await live(60, ann!);
    expect(await friendly.next("status_update", 3)).toMatchObject({ user_id: ann!.id, status: "offline" });
  });

  it("a frame that needs it gets an error frame, and its socket lives", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await damage("users");
    socket.send({ type: "status_update", status: "busy" });
    const error = await socket.next("error");
    expect(error.code).toBe("internal");
    expect(JSON.stringify(error)).not.toMatch(/users|SQL|D1/i);
    await repair();
    socket.send({ type: "status_update", status: "away" });
    expect((await socket.next("profile_update")).user).toMatchObject({ status: "away" });
  });
});
