import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { claimsOf } from "./support/jwt";
import { type Answer, aPerson, call, ORIGIN, PASSWORD, Person } from "./support/people";

const says = ({ status, body }: Answer) => ({ status, body });
const me = async (person: Person) => (await person.get("/api/users/me/")).status;
const sidOf = ({ access }: Person): number => claimsOf(access).sid;
const list = async (person: Person) => (await person.get("/api/auth/sessions/")).body;

async function loginFrom(person: Person, userAgent: string): Promise<Person> {
  const { body } = await call("POST", "/api/auth/login/", {
    body: { username: person.username, password: PASSWORD },
    headers: { "user-agent": userAgent },
  });
  return new Person(person.id, person.username, person.email, body.access, body.refresh);
}

describe("my sessions", () => {
  it("are listed, the one last used first, with the device and which one asks", async () => {
    const ann = await aPerson();
    const phone = await loginFrom(ann, "Phone/1.0");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    await call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh } });
    const sessions = await list(phone);
    expect(sessions.map(({ id }: { id: number }) => id)).toEqual([sidOf(ann), sidOf(phone)]);
    expect(sessions[1]).toEqual({
      id: sidOf(phone),
      current: true,
      created_at: expect.stringMatching(/Z$/),
      last_used_at: expect.stringMatching(/Z$/),
      device: "Phone",
      user_agent: "Phone/1.0",
      country: null,
    });
    expect(sessions[0].current).toBe(false);
    expect(sessions[0].last_used_at > sessions[0].created_at).toBe(true);
  });

  it("say the device as people do", async () => {
    const ann = await aPerson();
    const safari =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    const edge =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0";
    const devices = {
      [safari]: "Safari on iOS",
      [edge]: "Microsoft Edge on Windows",
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
      "curl/8.5.0": "curl",
      "KithApp/1.2 (iOS 18.5; iPhone15,2)": "KithApp on iOS",
      "Mozilla/99999": null,
      "((((": null,
      " ": null,
    };
    for (const [userAgent, device] of Object.entries(devices)) {
      const there = await loginFrom(ann, userAgent);
      const { body } = await there.get("/api/auth/sessions/");
      expect(body.find(({ current }: any) => current).device, userAgent).toBe(device);
    }
  });

  it("say which country they were opened from", async () => {
    const ann = await aPerson();
    const request = new Request(`${ORIGIN}/api/auth/login/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: ann.username, password: PASSWORD }),
      cf: { country: "PT" },
    } as RequestInit);
    expect((await exports.default.fetch(request)).status).toBe(200);
    expect((await list(ann)).map(({ country }: { country: string | null }) => country).sort()).toEqual(["PT", null]);
  });

  it("are mine only", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    expect(await list(bob), "bob has one").toHaveLength(1);
    expect((await list(ann)).map(({ id }: { id: number }) => id)).toEqual([sidOf(ann)]);
  });

  it("keep no more of a user agent than fits a list", async () => {
    const ann = await loginFrom(await aPerson(), `Mozilla/${"9".repeat(5000)}`);
    const { user_agent } = (await list(ann)).find(({ current }: { current: boolean }) => current);
    expect(user_agent).toMatch(/^Mozilla\/9+$/);
    expect(user_agent.length).toBeLessThanOrEqual(200);
  });

  it("are not listed any more once they have run out", async () => {
    const ann = await aPerson();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start + 13 * 86_400_000 });
    const later = await ann.elsewhere();
    expect(await list(later)).toHaveLength(2);
    vi.setSystemTime(start + 14 * 86_400_000 + 1000);
    const { body } = await call("POST", "/api/auth/refresh/", { body: { refresh: later.refresh } });
    later.access = body.access;
    expect(await list(later)).toHaveLength(1);
  });
});

describe("ending a session", () => {
  it("ends its tokens at once and takes it off the list; the others go on", async () => {
    const ann = await aPerson();
    const [phone, tablet] = [await ann.elsewhere(), await ann.elsewhere()];
    expect(await me(phone)).toBe(200);
    expect(says(await ann.delete(`/api/auth/sessions/${sidOf(phone)}/`))).toEqual({ status: 204, body: null });
    expect([await me(phone), await me(tablet), await me(ann)]).toEqual([401, 200, 200]);
    expect((await call("POST", "/api/auth/refresh/", { body: { refresh: phone.refresh } })).status).toBe(401);
    expect((await list(ann)).map(({ id }: { id: number }) => id).sort()).toEqual([sidOf(ann), sidOf(tablet)].sort());
  });

  it("may be done to the one that asks", async () => {
    const ann = await aPerson();
    expect((await ann.delete(`/api/auth/sessions/${sidOf(ann)}`)).status).toBe(204);
    expect(await me(ann)).toBe(401);
  });

  it("is a 404 for one that is over, one of somebody else and one that never was", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    const phone = await ann.elsewhere();
    await ann.delete(`/api/auth/sessions/${sidOf(phone)}/`);
    for (const id of [sidOf(phone), sidOf(bob), 999_999, 0, "me"])
      expect(says(await ann.delete(`/api/auth/sessions/${id}/`)), `${id}`).toEqual({ status: 404, body: { detail: "Not found." } });
    expect(await me(bob), "bob was not logged out").toBe(200);
  });

  it("twice at once does it once", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const answers = await Promise.all([1, 2, 3].map(() => ann.delete(`/api/auth/sessions/${sidOf(phone)}/`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
  });
});

describe("ending all others", () => {
  it("leaves the one that asks", async () => {
    const ann = await aPerson();
    const [phone, tablet, bob] = [await ann.elsewhere(), await ann.elsewhere(), await aPerson()];
    expect((await phone.delete("/api/auth/sessions/")).status).toBe(204);
    expect([await me(ann), await me(tablet), await me(phone)]).toEqual([401, 401, 200]);
    expect(await me(bob), "and everybody else's").toBe(200);
    expect(await list(phone)).toHaveLength(1);
    expect((await phone.delete("/api/auth/sessions/")).status, "again").toBe(204);
  });
});

describe("a ticket", () => {
  it("is a token for thirty seconds and for nothing but a socket", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.post("/api/ws/ticket/");
    expect({ status, body }).toEqual({ status: 200, body: { ticket: expect.any(String), expires_in: 30 } });
    const { token_type, exp, iat, sid } = claimsOf(body.ticket);
    expect({ token_type, seconds: exp - iat, sid }).toEqual({ token_type: "ticket", seconds: 30, sid: sidOf(ann) });
    expect((await call("GET", "/api/users/me/", { token: body.ticket })).status).toBe(401);
  });
});
