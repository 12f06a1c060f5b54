import { describe, expect, it } from "vitest";
import { evict, happen, holdingHubs, hubs, insideHub, lossyHubs, pause, query, ringAlarm, upTo } from "./support/hub";
import { aPerson } from "./support/people";
import { newSeed, randomness } from "./support/random";
import type { Socket } from "./support/socket";

const reaches = async (socket: Socket, seq: number) => {
  await socket.until(() => socket.lastSeq() >= seq, `seq ${seq}`);
  expect(socket.seqs()).toEqual(upTo(seq));
};

/** What a hub asks D1 first takes its answer 60 ms to arrive. */
async function slowly(person: { id: number }, act: () => Promise<void>): Promise<void> {
  const d1 = await insideHub(person, (hub) => (hub as unknown as { env: Env }).env.DB);
  const batch = d1.batch.bind(d1);
  let asked = false;
  d1.batch = async (statements) => {
    const wait = asked ? 0 : 60;
    asked = true;
    const answer = await batch<never>(statements);
    if (wait) await pause(wait);
    return answer;
  };
  await act().finally(() => Reflect.deleteProperty(d1, "batch"));
}

describe("A lost poke", () => {
  it("is made up for by the next one", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 3, { through: lossyHubs });
    expect(socket.durable()).toEqual([]); // they are really lost
    await happen(bob);
    await reaches(socket, 4);
  });

  it("is made up for when its reader comes back", async () => {
    const bob = await aPerson();
    (await bob.socket()).close();
    await happen(bob, 3, { through: lossyHubs });
    await reaches(await bob.socket(0), 3);
  });

  it("is made up for on every socket, each from where it stands, when another one opens", async () => {
    const bob = await aPerson();
    const early = await bob.socket();
    await happen(bob, 2);
    await reaches(early, 2);
    await happen(bob, 3, { through: lossyHubs });
    const late = await bob.socket(1);
    await reaches(early, 5);
    await late.until(() => late.lastSeq() === 5, "seq 5");
    expect(late.seqs()).toEqual([2, 3, 4, 5]);
  });

  it("is made up for by the hub's alarm", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 3, { through: lossyHubs });
    expect(await ringAlarm(bob)).toBe(true);
    await reaches(socket, 3);
  });

  it("is made up for by the alarm of a hub that slept, be they more than one read brings", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 1100, { through: lossyHubs, together: true });
    await evict(bob);
    expect(await ringAlarm(bob)).toBe(true);
    await reaches(socket, 1100);
    await happen(bob);
    await reaches(socket, 1101);
  });

  for (const missed of [60, 1060])
    it(`that nothing can make up for any more ends the socket: its reader comes back and is told to reload (${missed} missed)`, async () => {
      const bob = await aPerson();
      const [behind, ahead] = [await bob.socket(), await bob.socket()];
      await happen(bob);
      await reaches(behind, 1);
      await happen(bob, missed, { through: lossyHubs, together: true });
      await query("delete from events where user_id = ? and seq <= 50", bob.id);
      ahead.close();
      const late = await bob.socket(49);
      expect((await behind.closing()).code).toBe(1012);
      expect((await bob.socket(behind.lastSeq())).ofType("resume")).toMatchObject([{ seq: missed + 1, complete: false }]);
      expect(late.ofType("resume")).toMatchObject([{ complete: false }]);
    });

  it("that the alarm cannot make up for any more ends the socket too", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 60, { through: lossyHubs, together: true });
    await query("delete from events where user_id = ? and seq <= 50", bob.id);
    await ringAlarm(bob);
    expect((await socket.closing()).code).toBe(1012);
  });
});

describe("Pokes", () => {
  const seed = newSeed();
  it(`out of order and doubled still make 1..n, each once (seed ${seed})`, async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    const through = holdingHubs();
    await happen(bob, 30, { through });
    const random = randomness(seed);
    const shuffled = [...through.held, ...through.held].map((poke) => ({ ...poke, at: random() })).sort((a, b) => a.at - b.at);
    for (const { userId, parcel } of shuffled.slice(0, 20)) await hubs.deliver(userId, parcel);
    await Promise.all(shuffled.slice(20).map(({ userId, parcel }) => hubs.deliver(userId, parcel)));
    await reaches(socket, 30);
    await happen(bob);
    await reaches(socket, 31);
  });

  it("of a commit with more events than a poke carries bring them all", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 250, { together: true });
    await reaches(socket, 250);
  });

  it("that arrive between an opening's look and its socket wait for it", async () => {
    const bob = await aPerson();
    await bob.socket();
    await slowly(bob, async () => {
      const opening = bob.socket(0);
      await pause(30);
      await happen(bob);
      await reaches(await opening, 1);
    });
  });

  it("that arrive while the alarm looks wait for it", async () => {
    const bob = await aPerson();
    const socket = await bob.socket();
    await happen(bob, 2, { through: lossyHubs });
    await slowly(bob, async () => {
      const alarm = ringAlarm(bob);
      await pause(30);
      await happen(bob);
      await alarm;
    });
    await reaches(socket, 3);
  });

  it("that arrive while a socket opens are neither lost nor doubled", async () => {
    const bob = await aPerson();
    const first = await bob.socket(); // holds the lease: who commits knows that somebody listens
    const opened: Socket[] = [];
    await Promise.all([happen(bob, 60), ...upTo(10).map(async () => opened.push(await bob.socket(0)))]);
    for (const socket of [first, ...opened]) await reaches(socket, 60);
  });
});
