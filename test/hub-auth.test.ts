import { describe, expect, it } from "vitest";
import { evict } from "./support/hub";
import { aPerson, call, ORIGIN, type Person, people } from "./support/people";
import { openSocket, Socket, upgrade } from "./support/socket";
import { later, stopClock } from "./support/time";

const APP = "https://app.example.com"; // in ALLOWED_ORIGINS
const FOREIGN = "https://evil.example";

const ticketOf = async (person: Person): Promise<string> => {
  const { status, body } = await person.post("/api/ws/ticket/");
  expect(status).toBe(200);
  expect(body.expires_in).toBe(30);
  return body.ticket;
};

const statusOf = async (query: string, headers?: Record<string, string>): Promise<number> => {
  const response = await upgrade(query, headers);
  if (response.webSocket) new Socket(response.webSocket);
  return response.status;
};

describe("A socket opens", () => {
  it("with an access token in the query", async () => {
    const ann = await aPerson();
    const socket = await openSocket(`?token=${ann.access}`);
    expect((await socket.next("group_users")).users).toEqual([ann.id]);
  });

  it("with a ticket", async () => {
    const ann = await aPerson();
    const socket = await openSocket(`?ticket=${await ticketOf(ann)}`);
    expect((await socket.next("group_users")).users).toEqual([ann.id]);
  });

  it("with a subprotocol, of which only kith.v1 comes back", async () => {
    const ann = await aPerson();
    const response = await upgrade("", { "sec-websocket-protocol": `kith.v1, bearer.${ann.access}` });
    expect(response.headers.get("sec-websocket-protocol")).toBe("kith.v1");
    expect([...response.headers].flat().join()).not.toContain(ann.access);
    expect((await new Socket(response.webSocket!).next("group_users")).users).toEqual([ann.id]);
  });

  it("with the session cookie, from a page that may use the API", async () => {
    const ann = await aPerson();
    for (const origin of [APP, ORIGIN, "http://localhost:3000"]) {
      const socket = await openSocket("", { cookie: `theme=dark; __Host-access_token=${ann.access}`, origin });
      expect((await socket.next("group_users")).users).toEqual([ann.id]);
    }
    const script = await openSocket("", { cookie: `__Host-access_token=${ann.access}` });
    expect((await script.next("group_users")).users, "no browser: nobody else could have made it ask").toEqual([ann.id]);
  });

  it("with a bearer header, for clients that can send one", async () => {
    const ann = await aPerson();
    const socket = await openSocket("", { authorization: `Bearer ${ann.access}` });
    expect((await socket.next("group_users")).users).toEqual([ann.id]);
  });

  it("without a subprotocol where none was offered", async () => {
    const ann = await aPerson();
    const response = await upgrade(`?token=${ann.access}`);
    expect(response.headers.get("sec-websocket-protocol")).toBeNull();
    new Socket(response.webSocket!);
  });

  it("at /ws/main too, without the slash", async () => {
    const ann = await aPerson();
    const { exports } = await import("cloudflare:workers");
    const response = await exports.default.fetch(`${ORIGIN}/ws/main?token=${ann.access}`, { headers: { upgrade: "WebSocket" } });
    expect(response.status).toBe(101);
    new Socket(response.webSocket!);
  });
});

/** What each of these gets: 401 for a client, an open socket that closes with 4401 for a browser. */
async function refused(query: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await upgrade(query, headers);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe('Bearer realm="api"');
  await closesAtOnce(query, { ...headers, origin: APP });
}

async function closesAtOnce(query: string, headers: Record<string, string>): Promise<void> {
  const socket = await openSocket(query, headers);
  expect((await socket.closing()).code).toBe(4401);
  expect(socket.frames).toEqual([]);
}

describe("A socket is refused", () => {
  it("without credentials, or with nonsense", async () => {
    await refused("");
    await refused("?token=");
    await refused("?token=nonsense");
    await refused("?ticket=nonsense");
    await refused("", { "sec-websocket-protocol": "kith.v1, bearer.nonsense" });
    await refused("", { authorization: "Bearer nonsense" });
  });

  it("with a token of another kind", async () => {
    const ann = await aPerson();
    const ticket = await ticketOf(ann);
    await refused(`?token=${ann.refresh}`);
    await refused(`?token=${ticket}`);
    await refused(`?ticket=${ann.access}`);
    await refused(`?ticket=${ann.refresh}`);
    expect((await call("GET", "/api/users/me/", { token: ticket })).status).toBe(401);
    expect(await statusOf(`?ticket=${ticket}`)).toBe(101);
  });

  it("with a token that was tampered with", async () => {
    const [ann, bob] = await people("ann", "bob");
    const [head, , signature] = ann!.access.split(".");
    await refused(`?token=${head}.${bob!.access.split(".")[1]}.${signature}`);
  });

  it("with a token that has run out", async () => {
    stopClock();
    const ann = await aPerson();
    later(3599);
    expect(await statusOf(`?token=${ann.access}`)).toBe(101);
    later(1);
    await refused(`?token=${ann.access}`);
  });

  it("once its session is over", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    expect(await statusOf(`?token=${phone.access}`)).toBe(101);
    await call("POST", "/api/auth/logout/", { body: { refresh: phone.refresh } });
    await refused(`?token=${phone.access}`);
    expect(await statusOf(`?token=${ann.access}`)).toBe(101);
  });

  it("to a page of a foreign origin, however good its credentials", async () => {
    const ann = await aPerson();
    for (const origin of [FOREIGN, "null", "https://app.example.com.evil.example", "http://app.example.com"]) {
      await closesAtOnce(`?token=${ann.access}`, { origin });
      await closesAtOnce("", { origin, cookie: `__Host-access_token=${ann.access}` });
      await closesAtOnce("", { origin, "sec-websocket-protocol": `kith.v1, bearer.${ann.access}` });
    }
    const ticket = await ticketOf(ann);
    await closesAtOnce(`?ticket=${ticket}`, { origin: FOREIGN });
    expect(await statusOf(`?ticket=${ticket}`)).toBe(101); // and that did not use it up
  });

  it("with a cookie that another host of the domain could have set, or with the one for refreshing", async () => {
    const ann = await aPerson();
    expect(await statusOf("", { cookie: `access_token=${ann.access}` })).toBe(401);
    expect(await statusOf("", { cookie: `__Host-refresh_token=${ann.refresh}` })).toBe(401);
  });

  it("in the subprotocol that a browser waits for, or it would not show the close code", async () => {
    const response = await upgrade("", { origin: APP, "sec-websocket-protocol": "kith.v1, bearer.nonsense" });
    expect(response.headers.get("sec-websocket-protocol")).toBe("kith.v1");
    expect((await new Socket(response.webSocket!).closing()).code).toBe(4401);
  });

  it("to a request that is no upgrade: 426, whatever it brings", async () => {
    const ann = await aPerson();
    for (const path of ["/ws/main/", `/ws/main/?token=${ann.access}`, "/ws/main/?token=nonsense"]) {
      const { status, headers, body } = await call("GET", path, { headers: { origin: APP } });
      expect(status).toBe(426);
      expect(headers.get("upgrade")).toBe("websocket");
      expect(body.detail).toEqual(expect.any(String));
    }
    expect((await call("GET", "/ws/main/", { headers: { upgrade: "h2c" } })).status).toBe(426);
  });
});

describe("A ticket", () => {
  it("opens one socket", async () => {
    const ann = await aPerson();
    const ticket = await ticketOf(ann);
    expect(await statusOf(`?ticket=${ticket}`)).toBe(101);
    await refused(`?ticket=${ticket}`);
    await evict(ann);
    await refused(`?ticket=${ticket}`);
    expect(await statusOf(`?ticket=${await ticketOf(ann)}`)).toBe(101);
  });

  it("used by twenty at once still opens one", async () => {
    const ann = await aPerson();
    const ticket = await ticketOf(ann);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(`?ticket=${ticket}`)));
    expect(statuses.filter((status) => status === 101)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  it("is good for 30 seconds", async () => {
    stopClock();
    const ann = await aPerson();
    const [soon, late] = [await ticketOf(ann), await ticketOf(ann)];
    later(29);
    expect(await statusOf(`?ticket=${soon}`)).toBe(101);
    later(1);
    await refused(`?ticket=${late}`);
  });

  it("is void once its session is over, and only then", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const [hers, phones] = [await ticketOf(ann), await ticketOf(phone)];
    await call("POST", "/api/auth/logout/", { body: { refresh: phone.refresh } });
    await refused(`?ticket=${phones}`);
    expect(await statusOf(`?ticket=${hers}`)).toBe(101);
  });

  it("is for members", async () => {
    expect((await call("POST", "/api/ws/ticket/")).status).toBe(401);
  });
});
