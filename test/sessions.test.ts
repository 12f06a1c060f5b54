import { describe, expect, it, vi } from "vitest";
import { claimsOf } from "./support/jwt";
import { type Answer, aPerson, call, PASSWORD, Person } from "./support/people";

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
      user_agent: "Phone/1.0",
      country: null,
    });
    expect(sessions[0].current).toBe(false);
    expect(sessions[0].last_used_at > sessions[0].created_at).toBe(true);
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
