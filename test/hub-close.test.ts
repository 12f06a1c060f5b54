import { describe, expect, it, vi } from "vitest";
import { UserHub } from "../src/index";
import { evict, happen, hubs, pause, ringAlarm } from "./support/hub";
import { aPerson, call, type Person, people } from "./support/people";
import type { Socket } from "./support/socket";
import { later, live, stopClock } from "./support/time";

const MOMENT_MS = 2000;

const logout = (person: Person) => call("POST", "/api/auth/logout/", { token: person.access, body: { refresh: person.refresh } });

const refresh = async (token: string) => {
  const { status, body } = await call("POST", "/api/auth/refresh/", { body: { refresh: token } });
  return { status, ...body } as { status: number; access: string; refresh: string };
};

async function closesInAMoment(socket: Socket, code = 4401): Promise<void> {
  const started = performance.now();
  expect((await socket.closing()).code).toBe(code);
  expect(performance.now() - started).toBeLessThan(MOMENT_MS);
}

const loseDeliveries = () => vi.spyOn(UserHub.prototype, "deliver").mockImplementation(async () => {});

/** It still hears what happens to its owner. */
async function lives(socket: Socket, owner: { id: number }): Promise<void> {
  const before = socket.lastSeq();
  await happen(owner);
  await socket.until(() => socket.lastSeq() > before, "a sign of life");
  expect(socket.closed).toBeNull();
}

describe("Out means out: a session's sockets close with 4401, those of others stay", () => {
  const ways: Record<string, (ann: Person, phone: Person) => Promise<unknown>> = {
    "at its logout": (_, phone) => logout(phone),
    "at its logout with the refresh token alone": (_, phone) => call("POST", "/api/logout/", { body: { refresh_token: phone.refresh } }),
    "when it is revoked from another device": async (ann) => {
      const { body } = await ann.get("/api/auth/sessions/");
      const other = body.find(({ current }: { current: boolean }) => !current);
      expect((await ann.delete(`/api/auth/sessions/${other.id}/`)).status).toBe(204);
    },
    "when all others are revoked": async (ann) => expect((await ann.delete("/api/auth/sessions/")).status).toBe(204),
    "when an old refresh token is used again": async (_, phone) => {
      const { refresh: second } = await refresh(phone.refresh);
      await refresh(second);
      expect((await refresh(phone.refresh)).status).toBe(401);
    },
  };
  for (const [way, end] of Object.entries(ways))
    it(way, async () => {
      const [ann, bob] = await people("ann", "bob");
      const phone = await ann!.elsewhere();
      const [desk, pocket, wrist, his] = [await ann!.socket(), await phone.socket(), await phone.socket(), await bob!.socket()];
      await end(ann!, phone);
      await closesInAMoment(pocket);
      await closesInAMoment(wrist);
      await lives(desk, ann!);
      await lives(his, bob!);
    });

  it("through the sleep of the hub", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await evict(ann);
    await logout(ann);
    await closesInAMoment(socket);
  });

  it("at the hub's next look, if the word of it was lost", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const [desk, pocket] = [await ann.socket(), await phone.socket()];
    const lost = loseDeliveries();
    await logout(phone);
    await pause(20);
    expect(lost).toHaveBeenCalledTimes(1);
    expect(pocket.closed).toBeNull();
    lost.mockRestore();
    await ringAlarm(ann);
    await closesInAMoment(pocket);
    await lives(desk, ann);
  });

  it("before anything else that the same poke brings", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    const sessionId = (await ann.get("/api/auth/sessions/")).body[0].id;
    await hubs.deliver(ann.id, { events: [{ seq: 1, type: "notification", body: "{}" }], head: 1, endedSessions: [sessionId] });
    await closesInAMoment(socket);
    expect(socket.durable()).toEqual([]);
  });

  it("and a frame that comes after that does nothing", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const [desk, pocket] = [await ann.socket(), await phone.socket()];
    loseDeliveries();
    await logout(phone);
    pocket.send({ type: "status_update", status: "busy" });
    await closesInAMoment(pocket);
    expect((await ann.get("/api/users/me/")).body.status).toBe("online");
    expect(desk.closed).toBeNull();
  });
});

describe("When its access token runs out", () => {
  const HOUR_S = 3600;

  it("a socket closes with 4408, then and not before", async () => {
    stopClock();
    const ann = await aPerson();
    const socket = await ann.socket();
    await live(HOUR_S - 1, ann);
    await lives(socket, ann);
    await live(2, ann);
    await closesInAMoment(socket, 4408);
  });

  it("a socket that was opened late in its token's life closes in time too", async () => {
    stopClock();
    const ann = await aPerson();
    later(HOUR_S - 5);
    const socket = await ann.socket();
    await live(4, ann);
    await lives(socket, ann);
    await live(2, ann);
    await closesInAMoment(socket, 4408);
  });

  it("only the sockets that came with it close, through any sleep", async () => {
    stopClock();
    const ann = await aPerson();
    const early = await ann.socket();
    later(60);
    const phone = await ann.elsewhere();
    const late = await phone.socket();
    await evict(ann);
    await live(HOUR_S - 30, ann);
    await closesInAMoment(early, 4408);
    await lives(late, ann);
  });

  it("a socket stays if it has shown a newer one", async () => {
    stopClock();
    const ann = await aPerson();
    const [renewed, forgotten] = [await ann.socket(), await ann.socket()];
    later(1800);
    const { access } = await refresh(ann.refresh);
    renewed.send({ type: "auth", token: access });
    const { expires_at } = await renewed.next("auth");
    expect(Date.parse(expires_at as string)).toBe(Math.floor(Date.now() / 1000) * 1000 + HOUR_S * 1000);
    await evict(ann);
    await live(1801, ann);
    await closesInAMoment(forgotten, 4408);
    await lives(renewed, ann);
    await live(1800, ann);
    await closesInAMoment(renewed, 4408);
  });

  it("a socket closes with the token that it showed last, be that an older one", async () => {
    stopClock();
    const ann = await aPerson();
    const older = ann.access;
    later(HOUR_S - 60);
    ann.access = (await refresh(ann.refresh)).access;
    const socket = await ann.socket();
    socket.send({ type: "auth", token: older });
    await socket.next("auth");
    await live(59, ann);
    await lives(socket, ann);
    await live(2, ann);
    await closesInAMoment(socket, 4408);
  });

  it("a ticket's socket has as long as an access token's", async () => {
    stopClock();
    const ann = await aPerson();
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    const { openSocket } = await import("./support/socket");
    const socket = await openSocket(`?ticket=${ticket}`);
    await socket.next("resume");
    await live(HOUR_S - 1, ann);
    await lives(socket, ann);
    await live(60, ann);
    await closesInAMoment(socket, 4408);
  });

  it("no other token keeps a socket open", async () => {
    stopClock();
    const [ann, bob] = await people("ann", "bob");
    const phone = await ann!.elsewhere();
    const socket = await ann!.socket();
    later(HOUR_S / 2);
    const over = await refresh(phone.refresh);
    await call("POST", "/api/auth/logout/", { body: { refresh: over.refresh } });
    const his = await refresh(bob!.refresh);
    for (const token of [his.access, over.access, ann!.refresh, "nonsense", ""]) socket.send({ type: "auth", token });
    const codes = (await Promise.all([1, 2, 3, 4, 5].map((n) => socket.next("error", n)))).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["permission_denied", "token_not_valid"]));
    expect(socket.ofType("auth")).toEqual([]);
    await live(HOUR_S / 2 + 1, ann!);
    await closesInAMoment(socket, 4408);
  });
});
