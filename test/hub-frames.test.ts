import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { evict, happen, insideHub, pause, upTo } from "./support/hub";
import { aPerson } from "./support/people";
import type { Socket } from "./support/socket";

const MAX_BYTES = 16 * 1024;

/** Nothing has happened to it: it answers a ping. */
async function lives(socket: Socket): Promise<void> {
  const before = socket.ofType("pong").length;
  socket.send({ type: "ping" });
  await socket.next("pong", before + 1);
}

/** Counts the messages that wake the hub. */
async function countingWakes(person: { id: number }): Promise<() => number> {
  let woken = 0;
  await insideHub(person, (hub) => {
    const real = hub.webSocketMessage.bind(hub);
    hub.webSocketMessage = (socket, message) => {
      woken++;
      return real(socket, message);
    };
  });
  return () => woken;
}

describe("ping", () => {
  it("as text and as JSON gets the same pong", async () => {
    const socket = await (await aPerson()).socket();
    socket.send("ping");
    socket.send({ type: "ping" });
    await socket.next("pong", 2);
    expect(socket.ofType("pong")).toEqual([{ type: "pong" }, { type: "pong" }]);
  });

  it("as text does not run the hub", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    const wakes = await countingWakes(ann);
    for (let i = 0; i < 200; i++) socket.send("ping");
    await socket.next("pong", 200);
    expect(wakes()).toBe(0);
    socket.send({ type: "ping" });
    await socket.next("pong", 201);
    expect(wakes()).toBe(1); // so the count is one
  });

  it("as text does not wake a hub that sleeps", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await evict(ann);
    socket.send("ping");
    await socket.next("pong");
    const stub = env.HUB.get(env.HUB.idFromName(String(ann.id))) as DurableObjectStub;
    await expect(evictDurableObject(stub)).rejects.toThrow("not currently running");
    await lives(socket);
    await evictDurableObject(stub); // JSON woke it
  });
});

describe("A frame that says nothing we know", () => {
  const unknown = [
    "",
    "nonsense",
    "{",
    "null",
    "[]",
    "1",
    '"ping"',
    "{}",
    '{"type":null}',
    '{"type":"notification"}',
    '{"type":"chat_message","text":"hi"}',
    '{"type":"auth"}',
    '{"type":"auth","token":7}',
    '{"type":"status_update"}',
    '{"type":"status_update","status":"dancing"}',
    '{"type":"status_update","status":["online"]}',
    '{"__proto__":{"type":"ping"}}',
    "[".repeat(8000),
    "\u0000\u{1F600}\uFFFF",
    " ping",
  ];
  it("gets an error frame, and the socket lives", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    for (const [i, text] of unknown.entries()) {
      socket.raw.send(text);
      expect(await socket.next("error", i + 1)).toMatchObject({ code: "unknown_frame", detail: expect.any(String) });
    }
    await lives(socket);
    await happen(ann);
    await socket.next("notification");
    expect(socket.ofType("error")).toHaveLength(unknown.length);
  });

  it("as bytes gets one too", async () => {
    const socket = await (await aPerson()).socket();
    socket.raw.send(new Uint8Array([1, 2, 3]));
    socket.raw.send(new TextEncoder().encode('{"type":"ping"}'));
    expect(await socket.next("error", 2)).toMatchObject({ code: "not_text" });
    await lives(socket);
    expect(socket.ofType("pong")).toHaveLength(1);
  });

  it("does so after the hub's sleep", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await evict(ann);
    socket.send("nonsense");
    await socket.next("error");
    await lives(socket);
  });

  it("changes nothing", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    const before = (await ann.get("/api/users/me/")).body;
    for (const text of ['{"type":"status_update","status":"dancing"}', '{"type":"status_update","user_id":1}']) socket.raw.send(text);
    await socket.next("error", 2);
    expect((await ann.get("/api/users/me/")).body).toEqual(before);
    expect(socket.durable()).toEqual([]);
  });
});

describe("A frame that is too big", () => {
  const frame = (bytes: number, letter = "a") => {
    const [head, tail] = ['{"type":"ping","x":"', '"}'];
    return head + letter.repeat((bytes - head.length - tail.length) / new TextEncoder().encode(letter).length) + tail;
  };

  it("closes its socket with 1009, and no other; one of just the size is heard", async () => {
    const ann = await aPerson();
    const [socket, other] = [await ann.socket(), await ann.socket()];
    socket.raw.send(frame(MAX_BYTES));
    await socket.next("pong");
    socket.raw.send(frame(MAX_BYTES + 1));
    expect((await socket.closing()).code).toBe(1009);
    await lives(other);
  });

  it("is the last that its socket says", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    socket.raw.send(frame(MAX_BYTES + 1));
    for (const _ of upTo(10)) socket.raw.send('{"type":"status_update","status":"busy"}');
    expect((await socket.closing()).code).toBe(1009);
    await pause(50);
    expect((await ann.get("/api/users/me/")).body.status).toBe("online");
    expect(socket.durable()).toEqual([]);
  });

  it("is measured in bytes, of text and of data", async () => {
    const ann = await aPerson();
    const [text, data] = [await ann.socket(), await ann.socket()];
    text.raw.send(frame(MAX_BYTES + 2, "é"));
    expect((await text.closing()).code).toBe(1009);
    data.raw.send(new Uint8Array(MAX_BYTES + 1));
    expect((await data.closing()).code).toBe(1009);
  });
});

describe("A flood of frames", () => {
  it("closes its socket with 1008, and no other", async () => {
    const ann = await aPerson();
    const [socket, other] = [await ann.socket(), await ann.socket()];
    for (let i = 0; i < 200 && !socket.closed; i++) {
      socket.send({ type: "ping" });
      if (i % 20 === 19) await pause(1);
    }
    expect((await socket.closing()).code).toBe(1008);
    expect(socket.ofType("pong").length).toBeGreaterThanOrEqual(60);
    expect(socket.ofType("pong").length).toBeLessThan(100);
    await lives(other);
  });

  it("does nothing more once it is closed", async () => {
    const ann = await aPerson();
    const [socket, other] = [await ann.socket(), await ann.socket()];
    for (const _ of upTo(61)) socket.raw.send("{}");
    for (const _ of upTo(20)) socket.raw.send('{"type":"status_update","status":"busy"}');
    expect((await socket.closing()).code).toBe(1008);
    await lives(other);
    expect((await ann.get("/api/users/me/")).body.status).toBe("online");
  });
});
