import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DURABLE_TYPES } from "../../src/realtime/events";
import type { Durable } from "../../src/web/browser/frames.d.ts";
import { delayBefore, KithSocket, placeOf } from "../../src/web/browser/socket.client.js";
import { PASSWORD, send } from "../process/support/client";
import { ROOT, Server, until } from "../process/support/server";
import { Jar } from "./support/jar";
import { settled, Wire } from "./support/wire";

describe("the socket's client", () => {
  it("knows the kinds of events that the server has", () => {
    const known: Record<keyof Durable, true> = {
      notification: true,
      notification_update: true,
      notification_delete: true,
      notifications_clear: true,
      friend_request: true,
      friend_update: true,
      profile_update: true,
      preferences_update: true,
    };
    expect(Object.keys(known).sort()).toEqual([...DURABLE_TYPES].sort());
  });

  it.each([
    [1, null, "next"],
    [8, 7, "next"],
    [7, 7, "had"],
    [1, 7, "had"],
    [9, 7, "gap"],
    [2, 0, "gap"],
  ] as const)("takes event %i after %s for %s", (seq, last, place) => {
    expect(placeOf(seq, last)).toBe(place);
  });

  it.each([
    [0, 1006, 1000],
    [1, 1006, 2000],
    [4, 1006, 16_000],
    [5, 1006, 30_000],
    [99, 1006, 30_000],
    [0, 1012, 2000],
    [0, 1001, 2000],
    [3, 1012, 8000],
  ] as const)("waits before try %i after %i for up to %i ms, and any time below", (attempt, code, most) => {
    expect([1, 0.5, 0].map((random) => delayBefore(attempt, code, () => random))).toEqual([most, most / 2, 0]);
  });

  it("hears each event once and in order, and comes back for what was left out", async () => {
    const wire = new Wire({ since: 3 });
    await settled();
    wire.resumes(3, 5).happens(4, 5, 5, 4, 6, 8, 7);
    expect(wire.heard, "after a gap it takes nothing").toEqual([4, 5, 6]);
    await wire.waits();
    wire.resumes(6, 8).happens(7, 8);
    expect({ dialled: wire.dialled, heard: wire.heard }).toEqual({ dialled: ["?since=3", "?since=6"], heard: [4, 5, 6, 7, 8] });
  });

  it("goes on from where the server says when the log does not reach back, once it has said so", async () => {
    const kept: number[] = [];
    const wire = new Wire({ since: 3, keep: (seq) => kept.push(seq) });
    await settled();
    wire.resumes(3, 40, false).happens(41);
    await wire.closes(1006);
    await wire.waits();
    expect({ heard: wire.heard, kept, last: wire.dialled.at(-1) }).toEqual({
      heard: ["reload at 40", 41],
      kept: [40, 41],
      last: "?since=41",
    });
  });

  it("without a place to start from hears what is new, and remembers where that was", async () => {
    const wire = new Wire();
    await settled();
    wire.resumes(12);
    await wire.closes(1012);
    expect(await wire.waits()).toBe(2000);
    expect(wire.dialled).toEqual(["", "?since=12"]);
  });

  it("waits longer each time, from the start again after it was open for a while", async () => {
    let now = 0;
    const wire = new Wire({ now: () => now });
    await settled();
    const waited = [];
    for (let i = 0; i < 3; i++) {
      await wire.closes(1006);
      waited.push(await wire.waits());
    }
    wire.resumes(0);
    await wire.closes(1006);
    waited.push(await wire.waits());
    wire.resumes(0);
    now += 60_000;
    await wire.closes(1006);
    waited.push(await wire.waits());
    expect(waited).toEqual([1000, 2000, 4000, 8000, 1000]);
  });

  it("asks whether a silent socket still lives, soon after the machine woke up, and does not wait for a dead one to close", async () => {
    const wire = new Wire();
    await settled();
    wire.resumes(2);
    expect(await wire.waits()).toBe(25_000);
    wire.says({ type: "pong" });
    wire.client.wake();
    expect(wire.said).toEqual(["ping", "ping"]);
    expect(await wire.waits()).toBe(5000);
    expect(wire.client.state).toBe("waiting");
    wire.client.wake();
    await settled();
    expect(wire.dialled, "it does not sit out its wait").toEqual(["", "?since=2"]);
    expect(await wire.waits(), "a server that accepts and says nothing").toBe(10_000);
    expect(wire.client.state).toBe("waiting");
  });

  it.each([
    ["is over where it cannot refresh", 4401, undefined, ["connecting", "over"]],
    ["is over when the session is", 4401, [false], ["connecting", "refreshing", "over"]],
    ["refreshes and comes back", 4401, [true], ["connecting", "refreshing", "connecting", "refreshed"]],
    ["does so when the token ran out", 4408, [true], ["connecting", "refreshing", "connecting", "refreshed"]],
    ["tries again later when it cannot ask", 4408, [], ["connecting", "refreshing", "waiting"]],
    ["stops when there are too many", 4409, [true], ["connecting", "stopped"]],
  ] as const)("%s", async (_, code, answers, states) => {
    const left = [...(answers ?? [])];
    const refresh = async () => left.shift() ?? Promise.reject(new Error("no network"));
    const wire = new Wire(answers && { refresh });
    await settled();
    await wire.closes(code);
    const refreshed = states.at(-1) === "refreshed";
    expect(wire.states).toEqual(refreshed ? states.slice(0, -1) : states);
    if (!refreshed) return;
    await wire.closes(4401);
    expect(wire.client.state, "refused with what it has just got").toBe("over");
  });

  it("hears nothing more once it is closed, and can be opened again", async () => {
    const wire = new Wire({ since: 0 });
    await settled();
    wire.resumes(0).happens(1);
    wire.client.close();
    wire.happens(2);
    expect(wire.heard).toEqual([1]);
    expect(wire.client.send({ type: "status_update", status: "away" })).toBe(false);
    wire.client.open();
    await settled();
    wire.resumes(1).happens(2);
    expect(wire.client.send({ type: "status_update", status: "away" })).toBe(true);
    expect({ heard: wire.heard, said: wire.said }).toEqual({ heard: [1, 2], said: ['{"type":"status_update","status":"away"}'] });
  });
});

describe("the socket's client, at a server", () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.prepare();
    await server.start();
  });
  afterAll(() => server.remove());
  const clients: KithSocket[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  const newcomer = async (username: string) => {
    const jar = new Jar(server.url);
    const account = { username, email: `${username}@example.test`, password: PASSWORD };
    const { user } = (await (await jar.post("/api/auth/register/", account)).json()) as { user: { id: number } };
    return { jar, id: user.id, refreshes: 0 };
  };
  const listen = (person: Awaited<ReturnType<typeof newcomer>>, since = 0) => {
    const refresh = async () => {
      person.refreshes++;
      return (await person.jar.post("/api/auth/refresh/", {})).ok;
    };
    const client = new KithSocket({ url: `${server.url.replace("http", "ws")}/ws/main/`, since, refresh, connect: person.jar.connect });
    const heard: number[] = [];
    client.on("event", ({ seq }) => heard.push(seq));
    client.open();
    clients.push(client);
    return { client, heard };
  };
  const is = (client: KithSocket, state: string) =>
    until(
      () => client.state === state,
      () => `${state}, not ${client.state}`,
      10_000,
    );
  const upTo = (seq: number) => Array.from({ length: seq }, (_, i) => i + 1);

  it("hears what happened while the server was away and it was too, in order and once", async () => {
    const [ann, bob] = [await newcomer("ann"), await newcomer("bob")];
    const { client, heard } = listen(ann);
    await is(client, "open");
    const act = async () => {
      const asked = await bob.jar.post("/api/friends/request/", { to_user: ann.id });
      const { id } = (await asked.json()) as { id: number };
      const headers = { authorization: `Bearer ${bob.jar.access}` };
      expect((await fetch(`${server.url}/api/friends/request/${id}/`, { method: "DELETE", headers })).status).toBe(204);
    };
    const head = async () => (await send(server.url, "GET", "/api/sync/", { token: ann.jar.access })).body.seq as number;
    const all = async () => {
      const seq = await head();
      await until(
        () => heard.length >= seq,
        () => `${seq} events, have ${heard}`,
        10_000,
      );
      return seq;
    };
    await act();
    await all();
    await server.stop();
    await is(client, "waiting");
    await server.start();
    await act();
    client.wake();
    await is(client, "open");
    await act();
    const seq = await all();
    expect(seq).toBeGreaterThan(8);
    expect(heard).toEqual(upTo(seq));
  });

  it("refreshes when its token runs out or its cookie has gone, and is over when its session is", async () => {
    const cid = await newcomer("cid");
    const { JWT_SECRET } = parseEnv(readFileSync(join(ROOT, ".dev.vars"), "utf8"));
    const short = { ...decodeJwt(cid.jar.access), exp: Math.ceil(Date.now() / 1000) + 1 };
    const header = decodeProtectedHeader(cid.jar.access) as { alg: string };
    cid.jar.access = await new SignJWT(short).setProtectedHeader(header).sign(new TextEncoder().encode(JWT_SECRET));
    const { client } = listen(cid);
    await is(client, "open");
    await until(() => cid.refreshes === 1 && client.state === "open", "a refresh", 10_000);

    client.close();
    cid.jar.access = null;
    client.open();
    await until(() => cid.refreshes === 2 && client.state === "open", "another", 10_000);

    await cid.jar.post("/api/auth/logout/", {});
    await is(client, "over");
    expect(cid.refreshes).toBe(3);
  });

  it("is told to load anew when it claims to know more than has happened", async () => {
    const dee = await newcomer("dee");
    const { client } = listen(dee, 1000);
    const reloads: number[] = [];
    client.on("reload", (seq) => reloads.push(seq));
    await is(client, "open");
    expect({ reloads, seq: client.seq, user: client.user }).toEqual({ reloads: [0], seq: 0, user: dee.id });
  });
});
