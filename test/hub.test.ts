import { describe, expect, it } from "vitest";
import { evict, happen, hubs, insideHub, pause, upTo } from "./support/hub";
import { aPerson, call, people } from "./support/people";
import { openSocket, type Socket, upgrade } from "./support/socket";
import { stopClock } from "./support/time";

const socketsIn = (person: { id: number }): Promise<number> => insideHub(person, (_, state) => state.getWebSockets().length);

describe("An open socket", () => {
  it("first says who is there, then how its owner is, then where the log stands", async () => {
    const ann = await aPerson();
    await happen(ann, 2);
    const socket = await ann.socket();
    expect(socket.frames).toEqual([
      { type: "group_users", users: [ann.id] },
      { type: "status_update", user_id: ann.id, status: "online", is_online: true },
      { type: "resume", from: 2, seq: 2, complete: true },
    ]);
  });

  it("brings each event as one JSON text frame with its type and seq first", async () => {
    const [ann, bob] = await people("ann", "bob");
    const texts: unknown[] = [];
    const socket = await bob!.socket();
    socket.raw.addEventListener("message", ({ data }) => texts.push(data));
    await ann!.post("/api/friends/request/", { to_user: bob!.id });
    const request = await socket.next("friend_request");
    expect(texts.map((text) => (text as string).slice(0, 31))).toEqual([
      '{"type":"notification","seq":1,',
      '{"type":"friend_request","seq":',
    ]);
    const { body } = await bob!.get("/api/notifications/");
    expect((await socket.next("notification")).notification).toEqual(body[0]);
    expect(request.request).toEqual((await bob!.get("/api/friends/requests/")).body[0]);
  });

  it("gets its owner's events and nobody else's", async () => {
    const [ann, bob] = await people("ann", "bob");
    const [hers, his] = [await ann!.socket(), await bob!.socket()];
    await happen(ann!, 3);
    await happen(bob!, 1);
    await hers.until(() => hers.lastSeq() === 3, "seq 3");
    await his.until(() => his.lastSeq() === 1, "seq 1");
    expect([hers.seqs(), his.seqs()]).toEqual([upTo(3), [1]]);
  });

  it("reaches every device, whichever session it belongs to", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const sockets = [await ann.socket(), await ann.socket(), await phone.socket()];
    await happen(ann, 2);
    for (const socket of sockets) await socket.until(() => socket.lastSeq() === 2, "seq 2");
    for (const socket of sockets) expect(socket.seqs()).toEqual([1, 2]);
  });

  it("keeps its identity through the sleep of its hub", async () => {
    const [ann, bob] = await people("ann", "bob");
    const phone = await ann!.elsewhere();
    const [desk, pocket, his] = [await ann!.socket(), await phone.socket(), await bob!.socket()];
    await evict(ann!);
    desk.send({ type: "status_update", status: "busy" });
    await pocket.next("profile_update");
    expect((await ann!.get("/api/users/me/")).body.status).toBe("busy");
    await evict(ann!);
    await call("POST", "/api/auth/logout/", { body: { refresh: phone.refresh } });
    expect((await pocket.closing()).code).toBe(4401);
    await happen(ann!);
    await desk.next("notification");
    expect(desk.closed).toBeNull();
    expect(his.durable()).toEqual([]);
  });

  it("cannot be talked into another identity by headers of the client", async () => {
    const [ann, bob] = await people("ann", "bob");
    const opening = { userId: bob!.id, sessionId: 2, expiresAt: Date.now() + 1e9, since: 0, ticket: null, subprotocol: null };
    const headers = { "x-kith-opening": JSON.stringify(opening), "x-user-id": String(bob!.id), "cf-user-id": String(bob!.id) };
    const socket = await openSocket(`?token=${ann!.access}`, headers);
    expect(await socket.next("group_users")).toEqual({ type: "group_users", users: [ann!.id] });
    expect((await upgrade("", headers)).status).toBe(401);
    await happen(bob!);
    await happen(ann!);
    await socket.next("notification");
    expect(socket.durable()).toHaveLength(1);
    expect(await socketsIn(bob!)).toBe(0);
  });
});

describe("Sockets of one person", () => {
  const MOST = 32;

  it(`are ${MOST} at most: one more and the oldest goes, with 4409`, async () => {
    stopClock(); // however fast they come
    const ann = await aPerson();
    const sockets: Socket[] = [];
    for (let i = 0; i < MOST; i++) sockets.push(await ann.socket());
    await evict(ann); // which one is the oldest is no memory of the hub's
    expect(sockets.filter(({ closed }) => closed)).toEqual([]);
    sockets.push(await ann.socket());
    expect((await sockets[0]!.closing()).code).toBe(4409);
    sockets.push(await ann.socket());
    expect((await sockets[1]!.closing()).code).toBe(4409);
    await happen(ann);
    for (const socket of sockets.slice(2)) await socket.next("notification");
    expect(sockets.slice(2).filter(({ closed }) => closed)).toEqual([]);
    expect(await socketsIn(ann)).toBe(MOST);
  });

  it("that open all at once leave no more than that either", async () => {
    const ann = await aPerson();
    const sockets = await Promise.all(upTo(MOST + 8).map(() => openSocket(`?token=${ann.access}`)));
    await pause(100);
    expect(sockets.filter(({ closed }) => closed?.code === 4409)).toHaveLength(8);
    expect(sockets.filter(({ closed }) => closed === null)).toHaveLength(MOST);
  });
});

describe("A client's close", () => {
  for (const code of [undefined, 1000, 3000, 4321])
    it(`${code === undefined ? "without a code" : `with ${code}`} completes within a second, and the hub forgets the socket`, async () => {
      const ann = await aPerson();
      const [socket, other] = [await ann.socket(), await ann.socket()];
      const started = performance.now();
      socket.raw.close(code);
      await socket.closing();
      expect(performance.now() - started).toBeLessThan(1000);
      expect(await socketsIn(ann)).toBe(1);
      await happen(ann);
      await other.next("notification");
      expect(socket.durable()).toEqual([]);
    });

  it("completes too when the hub sleeps", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await evict(ann);
    socket.raw.close(1000, "bye");
    expect((await socket.closing()).code).toBe(1000);
    expect(await socketsIn(ann)).toBe(0);
  });

  it("in the middle of a delivery harms nobody else", async () => {
    const ann = await aPerson();
    const sockets = await Promise.all(upTo(6).map(() => ann.socket()));
    const delivery = happen(ann, 40);
    for (const socket of sockets.slice(0, 5)) {
      await pause(5);
      socket.close();
    }
    await delivery;
    const last = sockets[5]!;
    await last.until(() => last.lastSeq() === 40, "seq 40");
    expect(last.seqs()).toEqual(upTo(40));
    expect(await socketsIn(ann)).toBe(1);
  });
});

describe("A hub", () => {
  it("that nobody listens on swallows what it is told", async () => {
    const ann = await aPerson();
    await hubs.deliver(ann.id, { events: [{ seq: 1, type: "notification", body: "{}" }], head: 1, endedSessions: [1] });
    const socket = await ann.socket();
    expect(socket.durable()).toEqual([]);
  });
});
