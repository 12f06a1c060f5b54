import { describe, expect, it } from "vitest";
import { evict, happen, insideHub, pause } from "./support/hub";
import { befriend, type Person, people } from "./support/people";
import { heardOf, is } from "./support/presence";
import { later, live, stopClock } from "./support/time";

const seenBy = async (viewer: Person, person: Person) => {
  const { status, is_online, last_online } = (await viewer.get(`/api/users/${person.id}/`)).body;
  return { status, is_online, last_online };
};

async function friends(): Promise<[Person, Person]> {
  const [ann, bob] = await people("ann", "bob");
  await befriend(ann!, bob!);
  return [ann!, bob!];
}

describe("Who is there", () => {
  it("is said first: oneself and the friends who are online, as numbers; no strangers, no absent friends", async () => {
    const [ann, bob, stranger, absent] = await people("ann", "bob", "stranger", "absent");
    await befriend(ann!, bob!);
    await befriend(ann!, absent!);
    await bob!.socket();
    await stranger!.socket();
    const socket = await ann!.socket();
    expect(socket.frames[0]).toEqual({ type: "group_users", users: [ann!.id, bob!.id] });
    expect(socket.frames[1]).toEqual(is(ann!, "online"));
    expect(await seenBy(stranger!, ann!)).toMatchObject({ status: "online", is_online: true });
  });

  it("is told to friends, and to nobody else", async () => {
    const [ann, bob, stranger] = await people("ann", "bob", "stranger");
    await befriend(ann!, bob!);
    const [friendly, strange] = [await bob!.socket(), await stranger!.socket()];
    await ann!.socket();
    expect(await friendly.next("status_update", 2)).toEqual(is(ann!, "online"));
    expect(await heardOf(ann!, strange, stranger!)).toEqual([]);
  });

  it("counts a person once, however many sockets they have", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    const [first, second] = [await ann.socket(), await ann.socket()];
    first.close();
    await live(60, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online")]);
    second.close();
    await pause(20);
    await live(60, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
  });

  it("new friends see each other online at once", async () => {
    const [ann, bob] = await people("ann", "bob");
    const sockets = [await ann!.socket(), await bob!.socket()] as const;
    await befriend(ann!, bob!);
    expect(await sockets[0].next("status_update", 2)).toEqual(is(bob!, "online"));
    expect(await sockets[1].next("status_update", 2)).toEqual(is(ann!, "online"));
  });

  it("a new friend who is not there is not announced", async () => {
    const [ann, bob] = await people("ann", "bob");
    const socket = await ann!.socket();
    await befriend(ann!, bob!);
    expect(await heardOf(bob!, socket, ann!)).toEqual([]);
  });
});

describe("Leaving", () => {
  it("is announced after the grace and not before", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    (await ann.socket()).close();
    await pause(20);
    await live(3, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online")]);
    expect(await seenBy(bob, ann)).toMatchObject({ is_online: true });
    const closedAt = Date.now() - 3000;
    await live(27, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
    const left = await seenBy(bob, ann);
    expect(left).toMatchObject({ status: "offline", is_online: false });
    expect(Date.parse(left.last_online) - closedAt).toBeLessThan(30_000);
  });

  for (const seconds of [112.5, 115, 119.9])
    it(`has its grace whenever it happens: ${seconds} s after the opening, just before the hub has other things to do`, async () => {
      stopClock();
      const [ann, bob] = await friends();
      const friendly = await bob.socket();
      const socket = await ann.socket();
      later(seconds);
      socket.close();
      await pause(20);
      await live(3, ann);
      expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online")]);
      await live(27, ann);
      expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
    });

  it("has its grace from the last close, not from one before it", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    (await ann.socket()).close();
    await pause(20);
    later(7);
    (await ann.socket()).close();
    await pause(20);
    await live(3, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online")]);
    await live(27, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
  });

  it("and coming back within the grace says nothing", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    (await ann.socket()).close();
    await pause(20);
    await live(5, ann);
    await ann.socket();
    await live(300, ann, bob);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online")]);
  });

  it("is not told to strangers", async () => {
    stopClock();
    const [ann, bob, stranger] = await people("ann", "bob", "stranger");
    await befriend(ann!, bob!);
    const [friendly, strange] = [await bob!.socket(), await stranger!.socket()];
    (await ann!.socket()).close();
    await pause(20);
    await live(30, ann!);
    expect(await friendly.next("status_update", 3)).toEqual(is(ann!, "offline"));
    expect(await heardOf(ann!, strange, stranger!)).toEqual([]);
  });

  it("of a hub that died with its sockets is announced when its alarm rings", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    await ann.socket();
    await evict(ann, "close");
    await live(300, ann, bob);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
  });

  it("happens by itself when a hub died for good: nobody is online longer than their lease", async () => {
    stopClock();
    const [ann, bob] = await friends();
    await ann.socket();
    await insideHub(ann, (_, { storage }) => storage.deleteAlarm());
    await evict(ann, "close");
    later(120);
    expect(await seenBy(bob, ann)).toMatchObject({ status: "online", is_online: true });
    later(181);
    expect(await seenBy(bob, ann)).toMatchObject({ status: "offline", is_online: false });
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id] });
  });

  it("does not happen to who stays: the hub renews the lease", async () => {
    stopClock();
    const [ann, bob] = await friends();
    await ann.socket();
    await live(1500, ann);
    expect(await seenBy(bob, ann)).toMatchObject({ status: "online", is_online: true });
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id, ann.id] });
  });

  it("is no news of who was there unseen: not even when it was", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const visit = async () => {
      (await ann.socket()).close();
      await pause(20);
      await live(30, ann);
      return seenBy(bob, ann);
    };
    const seen = await visit();
    expect(seen.last_online).not.toBeNull();
    later(60);
    await ann.patch(`/api/users/${ann.id}/`, { status: "offline" });
    expect(await visit()).toEqual(seen);
    await ann.patch(`/api/users/${ann.id}/`, { status: "online" });
    expect((await visit()).last_online > seen.last_online).toBe(true);
  });

  it("twice does not move when somebody was last there", async () => {
    stopClock();
    const [ann, bob] = await friends();
    (await ann.socket()).close();
    await pause(20);
    await live(30, ann);
    const { last_online } = await seenBy(bob, ann);
    await happen(ann); // a poke that was under way
    await insideHub(ann, (hub) => hub.deliver({ head: 1 }));
    await live(30, ann);
    expect((await seenBy(bob, ann)).last_online).toBe(last_online);
    expect(last_online).not.toBeNull();
  });
});

describe("Status", () => {
  for (const status of ["busy", "away"] as const)
    it(`${status} over HTTP reaches friends and one's own sockets, no strangers`, async () => {
      const [ann, bob, stranger] = await people("ann", "bob", "stranger");
      await befriend(ann!, bob!);
      const [own, friendly, strange] = [await ann!.socket(), await bob!.socket(), await stranger!.socket()];
      await ann!.patch(`/api/users/${ann!.id}/`, { status });
      expect(await friendly.next("status_update", 2)).toEqual(is(ann!, status));
      await own.until(() => own.ofType("status_update").some((frame) => frame.status === status), "my own status");
      expect(await heardOf(ann!, strange, stranger!)).toEqual([]);
      expect(await seenBy(bob!, ann!)).toMatchObject({ status, is_online: true });
    });

  it("in a frame is the same as over HTTP", async () => {
    const [ann, bob] = await friends();
    const [own, friendly] = [await ann.socket(), await bob.socket()];
    own.send({ type: "status_update", status: "busy" });
    expect(await friendly.next("status_update", 2)).toEqual(is(ann, "busy"));
    expect((await own.next("profile_update")).user).toMatchObject({ id: ann.id, status: "busy" });
    expect(await seenBy(bob, ann)).toMatchObject({ status: "busy", is_online: true });
  });

  it("offline hides who listens", async () => {
    const [ann, bob] = await friends();
    const [own, friendly] = [await ann.socket(), await bob.socket()];
    own.send({ type: "status_update", status: "offline" });
    expect(await friendly.next("status_update", 2)).toEqual(is(ann, "offline"));
    expect(await seenBy(bob, ann)).toMatchObject({ status: "offline", is_online: false });
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id] });
    expect(own.durable()).toHaveLength(1);
    await happen(ann);
    await own.until(() => own.durable().length === 2, "what is new for who hides");
  });

  it("offline stays, and is not announced again, through another socket and the leaving of them all", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const [own, friendly] = [await ann.socket(), await bob.socket()];
    own.send({ type: "status_update", status: "offline" });
    await friendly.next("status_update", 2);
    const second = await ann.socket();
    expect(second.frames[1]).toEqual(is(ann, "offline"));
    own.close();
    second.close();
    await pause(20);
    await live(60, ann);
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "offline")]);
  });

  it("busy outlives a visit, and is no presence", async () => {
    stopClock();
    const [ann, bob] = await friends();
    const own = await ann.socket();
    await ann.patch(`/api/users/${ann.id}/`, { status: "busy" });
    own.close();
    await pause(20);
    await live(30, ann);
    expect(await seenBy(bob, ann)).toMatchObject({ status: "busy", is_online: false });
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id] });
    expect((await ann.socket()).frames[1]).toEqual(is(ann, "busy"));
  });

  it("is no presence: who says something of themselves over HTTP only is not online", async () => {
    const [ann, bob] = await friends();
    const friendly = await bob.socket();
    await ann.patch(`/api/users/${ann.id}/`, { status: "busy" });
    expect(await heardOf(ann, friendly, bob)).toEqual([is(ann, "busy", false)]);
    expect((await bob.socket()).frames[0]).toEqual({ type: "group_users", users: [bob.id] });
  });
});
