import { describe, expect, it, vi } from "vitest";
import { UserHub } from "../src/index";
import { happen, lossyHubs, pause, ringAlarm } from "./support/hub";
import { meterD1 } from "./support/meter";
import { aPerson, befriend, people } from "./support/people";
import { later, stopClock } from "./support/time";

describe("D1 round trips of a socket", () => {
  it("opening: one, with everything that it says first", async () => {
    const ann = await aPerson();
    await happen(ann, 20);
    const meter = meterD1();
    await ann.socket(5);
    expect(meter.take().trips).toBe(1);
  });

  it("delivery to who has all before: none", async () => {
    const [ann, bob] = await people("ann", "bob");
    const [his, hers] = [await bob!.socket(), await ann!.socket()];
    const meter = meterD1();
    await ann!.post("/api/friends/request/", { to_user: bob!.id });
    await his.next("friend_request");
    await hers.next("friend_update");
    await pause(20);
    expect(meter.take().trips).toBe(1); // the commit
  });

  it("delivery to who lacks something: one for all that is missing", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await happen(ann, 3, { through: lossyHubs });
    const meter = meterD1();
    await happen(ann);
    await socket.until(() => socket.lastSeq() === 4, "seq 4");
    expect(meter.take().trips).toBe(2); // the commit, and one look
  });

  it("ping: none; a renewal: one; a status: one to write and one to see who has to know", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    const meter = meterD1();
    socket.send({ type: "ping" });
    await socket.next("pong");
    expect(meter.take().trips).toBe(0);
    socket.send({ type: "auth", token: ann.access });
    await socket.next("auth");
    expect(meter.take().trips).toBe(1);
    socket.send({ type: "status_update", status: "busy" });
    await socket.next("status_update", 2);
    await pause(20);
    expect(meter.take().trips).toBe(2);
  });

  it("the hub's alarm: one; leaving: one", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    const meter = meterD1();
    await ringAlarm(ann);
    expect(meter.take().trips).toBe(1);
    socket.close();
    await pause(20);
    later(9);
    await ringAlarm(ann);
    expect(meter.take().trips).toBe(1);
  });
});

describe("A hub", () => {
  it("is not woken any more once its owner has left, while those who listen are told", async () => {
    stopClock();
    const [ann, bob] = await people("ann", "bob");
    const [his, hers] = [await bob!.socket(), await ann!.socket()];
    his.close();
    await pause(20);
    later(9);
    await ringAlarm(bob!);
    const delivered = vi.spyOn(UserHub.prototype, "deliver");
    await ann!.post("/api/friends/request/", { to_user: bob!.id });
    await hers.next("friend_update");
    await pause(20);
    expect(delivered).toHaveBeenCalledTimes(1);
  });

  it("of somebody who comes or goes wakes those of the friends who listen, and no others", async () => {
    const [ann, bob, absent, stranger] = await people("ann", "bob", "absent", "stranger");
    await befriend(ann!, bob!);
    await befriend(ann!, absent!);
    const his = await bob!.socket();
    await stranger!.socket();
    const delivered = vi.spyOn(UserHub.prototype, "deliver");
    await ann!.socket();
    await his.next("status_update", 2);
    await pause(20);
    expect(delivered).toHaveBeenCalledTimes(1);
  });

  it("is told once of a commit, however many events of its owner's it stores", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    const delivered = vi.spyOn(UserHub.prototype, "deliver");
    await happen(ann, 10, { together: true });
    await socket.until(() => socket.lastSeq() === 10, "seq 10");
    expect(delivered).toHaveBeenCalledTimes(1);
  });
});
