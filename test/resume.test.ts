import { describe, expect, it } from "vitest";
import { Device } from "./support/device";
import { evict, happen, pause, query, upTo } from "./support/hub";
import { aPerson, type Person, people } from "./support/people";
import { newSeed, randomness } from "./support/random";

/** Asks and takes it back, `times` over: each time one notification comes, and goes. */
async function pester(asker: Person, receiver: Person, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { status, body } = await asker.post("/api/friends/request/", { to_user: receiver.id });
    expect(status).toBe(201);
    expect((await asker.delete(`/api/friends/request/${body.id}/`)).status).toBe(204);
  }
}

/** Cuts sockets, puts their hub to sleep or kills it, a few times; who was cut comes back. */
async function disturb(owner: Person, devices: Device[], random: () => number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const dice = random();
    if (dice < 0.6) devices[Math.floor(random() * devices.length)]!.cut();
    else await evict(owner, dice < 0.8 ? "hibernate" : "close");
    await pause(random() * 10);
    for (const device of devices) if (!device.isOpen()) await device.connect();
  }
}

describe("Resume", () => {
  const seed = newSeed();
  it(`sockets cut at random while 500 notifications are produced end with exactly 1..n, each once, in order, on every socket (seed ${seed})`, async () => {
    const [bob, ...askers] = await people("bob", "ann", "cem", "dan", "eve", "fay");
    const devices = upTo(4).map(() => new Device(bob!));
    for (const device of devices) await device.connect();
    const random = randomness(seed);
    for (let round = 0; round < 50; round++)
      await Promise.all([...askers.map((asker) => pester(asker, bob!, 2)), disturb(bob!, devices, random)]);

    const log = await query<{ seq: number; type: string }>("select seq, type from events where user_id = ? order by seq", bob!.id);
    expect(log.map(({ seq }) => seq)).toEqual(upTo(2000)); // of each asking: notification, friend_request, notification_delete, friend_update
    for (const device of devices) {
      await device.until(log.length);
      expect(device.got.map(({ seq, type }) => ({ seq, type }))).toEqual(log);
      expect(device.got.filter(({ type }) => type === "notification")).toHaveLength(500);
    }
    const missedSomething = devices.reduce((sum, { caughtUp }) => sum + caughtUp, 0);
    expect(missedSomething).toBeGreaterThan(20); // else this shows nothing
  }, 60_000);

  it("a hub evicted in between changes nothing: a sleeping socket gets what is new, and nothing again", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    for (let round = 1; round <= 5; round++) {
      await happen(bob, 2);
      await evict(bob);
    }
    await happen(bob);
    await socket.until(() => socket.lastSeq() === 11, "seq 11");
    expect(socket.seqs()).toEqual(upTo(11));
    expect(socket.ofType("resume")).toHaveLength(1); // it is still its first opening
  });

  it("says where the log stands, then what was missed, then what is new", async () => {
    const bob = await aPerson();
    await happen(bob, 5);
    const socket = await bob.socket(2);
    await happen(bob);
    await socket.until(() => socket.lastSeq() === 6, "seq 6");
    const [, , resume, ...rest] = socket.frames;
    expect(resume).toEqual({ type: "resume", from: 2, seq: 5, complete: true });
    expect(rest.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
  });

  it("a resumed event is, byte for byte, the one that was live", async () => {
    const [ann, bob] = await people("ann", "bob");
    const live = await bob!.socket();
    await ann!.post("/api/friends/request/", { to_user: bob!.id });
    await live.next("friend_request");
    const resumed = await bob!.socket(0);
    await resumed.next("friend_request");
    expect(resumed.durable()).toEqual(live.durable());
  });

  it("since=0 is everything, without since only what is new", async () => {
    const bob = await aPerson();
    await happen(bob, 3);
    const [whole, fresh] = [await bob.socket(0), await bob.socket()];
    await happen(bob);
    await whole.until(() => whole.lastSeq() === 4, "seq 4");
    await fresh.until(() => fresh.lastSeq() === 4, "seq 4");
    expect(whole.seqs()).toEqual(upTo(4));
    expect(whole.ofType("resume")).toEqual([{ type: "resume", from: 0, seq: 3, complete: true }]);
    expect(fresh.seqs()).toEqual([4]);
    expect(fresh.ofType("resume")).toEqual([{ type: "resume", from: 3, seq: 3, complete: true }]);
  });

  it("since=0 in an empty log is complete", async () => {
    const socket = await (await aPerson()).socket(0);
    expect(socket.ofType("resume")).toEqual([{ type: "resume", from: 0, seq: 0, complete: true }]);
  });

  const reload = { type: "resume", seq: 3, complete: false };
  for (const since of ["4", "999999999999999", "-1", "abc", "", "1.5", "1e1", "99999999999999999999"])
    it(`since=${since} with a head of 3 means: reload, and go on from there`, async () => {
      const bob = await aPerson();
      await happen(bob, 3);
      const socket = await bob.socket(since);
      expect(socket.ofType("resume")).toMatchObject([reload]);
      await happen(bob);
      await socket.until(() => socket.lastSeq() === 4, "seq 4");
      expect(socket.seqs()).toEqual([4]);
    });

  it("a log that was pruned reaches back as far as it reaches", async () => {
    const bob = await aPerson();
    await happen(bob, 5);
    await query("delete from events where user_id = ? and seq <= 3", bob.id);
    const tooLate = await bob.socket(2);
    expect(tooLate.ofType("resume")).toMatchObject([{ seq: 5, complete: false }]);
    const justInTime = await bob.socket(3);
    expect(justInTime.ofType("resume")).toEqual([{ type: "resume", from: 3, seq: 5, complete: true }]);
    await happen(bob);
    for (const socket of [tooLate, justInTime]) await socket.until(() => socket.lastSeq() === 6, "seq 6");
    expect(tooLate.seqs()).toEqual([6]);
    expect(justInTime.seqs()).toEqual([4, 5, 6]);
  });

  it("a backlog longer than one read arrives whole", async () => {
    const bob = await aPerson();
    await happen(bob, 1234, { together: true });
    const socket = await bob.socket(0);
    await socket.until(() => socket.lastSeq() === 1234, "seq 1234");
    expect(socket.seqs()).toEqual(upTo(1234));
  });

  it("a backlog that nobody would replay means: reload", async () => {
    const bob = await aPerson();
    await happen(bob, 2);
    await query(
      "insert into events (user_id, seq, type, body, created_at) with recursive n(seq) as (select 3 union all select seq + 1 from n where seq < 10002) select ?, seq, 'notifications_clear', '{}', '' from n",
      bob.id,
    );
    expect((await bob.socket(1)).ofType("resume")).toMatchObject([{ seq: 10_002, complete: false }]);
    const socket = await bob.socket(2);
    await socket.until(() => socket.frames.length === 10_003, "the opening and 10,000 events");
    expect(socket.seqs()).toEqual(upTo(10_002).slice(2));
  });
});
