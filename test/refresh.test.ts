import { describe, expect, it, vi } from "vitest";
import { claimsOf } from "./support/jwt";
import { type Answer, aPerson, call, type Person } from "./support/people";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;
const GRACE = 10 * SECOND;

const refresh = (token: unknown, path = "/api/auth/refresh/") => call("POST", path, { body: { refresh: token } });
const logout = (body: object, token: string | null = null) => call("POST", "/api/auth/logout/", { body, token });
const me = async (token: string) => (await call("GET", "/api/users/me/", { token })).status;
const verify = async (token: unknown) => (await call("POST", "/api/auth/verify/", { body: { token } })).status;
const sessionsOf = async (person: Person) => (await person.get("/api/auth/sessions/")).body;

const BLACKLISTED = { detail: "Token is blacklisted", code: "token_not_valid" };
const INVALID = { detail: "Token is invalid or expired", code: "token_not_valid" };
const says = ({ status, body }: Answer) => ({ status, body });

/** Time stands still until it is moved on. */
function clock() {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  return { at: (ms: number) => void vi.setSystemTime(start + ms) };
}

describe("a refresh", () => {
  it("answers a new pair of the same session, in both of the places where clients look", async () => {
    const ann = await aPerson();
    const { status, body } = await refresh(ann.refresh);
    expect(status).toBe(200);
    expect(body.tokens).toEqual({ access: body.access, refresh: body.refresh });
    expect(claimsOf(body.access)).toMatchObject({ user_id: ann.id, sid: claimsOf(ann.access).sid, token_type: "access" });
    expect(new Set([ann.access, ann.refresh, body.access, body.refresh]).size).toBe(4);
    expect(await me(body.access)).toBe(200);
    expect(await sessionsOf(ann)).toHaveLength(1);
  });

  it("goes on at either address", async () => {
    const ann = await aPerson();
    const second = await refresh(ann.refresh, "/api/token/refresh/");
    const third = await refresh(second.body.refresh, "/api/auth/refresh");
    expect([second.status, third.status]).toEqual([200, 200]);
    expect(claimsOf(third.body.refresh).sid).toBe(claimsOf(ann.refresh).sid);
  });

  it("takes no access token, no ticket, no nonsense and nothing", async () => {
    const ann = await aPerson();
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    const wrongType = { detail: "Token has wrong type", code: "token_not_valid" };
    expect(says(await refresh(ann.access))).toEqual({ status: 401, body: wrongType });
    expect(says(await refresh(ticket))).toEqual({ status: 401, body: wrongType });
    expect(says(await refresh("nonsense"))).toEqual({ status: 401, body: INVALID });
    expect(says(await refresh(`${ann.refresh}x`))).toEqual({ status: 401, body: INVALID });
    expect(says(await refresh(undefined))).toEqual({ status: 400, body: { refresh: ["This field is required."] } });
    expect(says(await refresh(""))).toEqual({ status: 400, body: { refresh: ["This field may not be blank."] } });
    expect(says(await refresh(null))).toEqual({ status: 400, body: { refresh: ["This field may not be null."] } });
    expect((await refresh(ann.refresh)).status, "and it is still good itself").toBe(200);
  });

  it("works when the access token has run out", async () => {
    const ann = await aPerson();
    clock().at(61 * MINUTE);
    expect(await me(ann.access)).toBe(401);
    const { body } = await refresh(ann.refresh);
    expect(await me(body.access)).toBe(200);
  });
});

describe("the refresh token before the current one", () => {
  it("gets the same successor for ten seconds: an answer may get lost", async () => {
    const time = clock();
    const ann = await aPerson();
    const first = await refresh(ann.refresh);
    time.at(GRACE);
    const again = await refresh(ann.refresh);
    expect(again.status).toBe(200);
    expect(claimsOf(again.body.refresh).counter).toBe(claimsOf(first.body.refresh).counter);
    expect((await refresh(again.body.refresh)).status).toBe(200);
  });

  it("ends the session when it comes after that, with its newest tokens", async () => {
    const time = clock();
    const ann = await aPerson();
    const newest = (await refresh(ann.refresh)).body;
    expect(await me(newest.access)).toBe(200);
    time.at(GRACE + SECOND);
    expect(says(await refresh(ann.refresh))).toEqual({ status: 401, body: BLACKLISTED });
    expect([await me(newest.access), await me(ann.access), await verify(newest.refresh)]).toEqual([401, 401, 401]);
    expect(says(await refresh(newest.refresh))).toEqual({ status: 401, body: BLACKLISTED });
  });

  it("ends no other session", async () => {
    const time = clock();
    const ann = await aPerson();
    const elsewhere = await ann.elsewhere();
    await refresh(ann.refresh);
    time.at(GRACE + SECOND);
    expect((await refresh(ann.refresh)).status).toBe(401);
    expect(await me(elsewhere.access)).toBe(200);
    expect((await refresh(elsewhere.refresh)).status).toBe(200);
  });
});

describe("a refresh token older than that", () => {
  it("ends the session at once, inside the grace too", async () => {
    clock();
    const ann = await aPerson();
    const second = (await refresh(ann.refresh)).body;
    const third = (await refresh(second.refresh)).body;
    expect(says(await refresh(ann.refresh))).toEqual({ status: 401, body: BLACKLISTED });
    expect([await me(third.access), (await refresh(third.refresh)).status, (await refresh(second.refresh)).status]).toEqual([
      401, 401, 401,
    ]);
  });
});

describe("25 refreshes with one token at once", () => {
  it("leave one family, alive", async () => {
    const ann = await aPerson();
    const answers = await Promise.all(Array.from({ length: 25 }, () => refresh(ann.refresh)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBe(25);
    expect(new Set(good.map(({ body }) => claimsOf(body.refresh).counter))).toEqual(new Set([1]));
    expect(await sessionsOf(ann)).toHaveLength(1);

    const next = await refresh(good[7]!.body.refresh);
    expect(next.status).toBe(200);
    expect((await refresh(good[8]!.body.refresh)).status, "a tab that was as late").toBe(200);
    expect((await refresh(ann.refresh)).status, "but the first token is now too old").toBe(401);
    expect(await me(next.body.access)).toBe(401);
  });
});

describe("a session", () => {
  it("that is not used for 14 days is over", async () => {
    const time = clock();
    const [ann, bob] = [await aPerson(), await aPerson()];
    time.at(14 * DAY - MINUTE);
    expect((await refresh(ann.refresh)).status).toBe(200);
    time.at(14 * DAY + SECOND);
    expect(says(await refresh(bob.refresh))).toEqual({ status: 401, body: INVALID });
  });

  it("is over after 30 days, however much it is used", async () => {
    const time = clock();
    const ann = await aPerson();
    let token = ann.refresh;
    for (const day of [10, 20, 29]) {
      time.at(day * DAY);
      const { status, body } = await refresh(token);
      expect({ day, status }).toEqual({ day, status: 200 });
      token = body.refresh;
    }
    expect(claimsOf(token).exp, "it cannot outlive its session").toBeLessThanOrEqual(Math.floor((Date.now() + DAY) / 1000));
    time.at(30 * DAY - MINUTE);
    const last = await refresh(token);
    expect(await me(last.body.access)).toBe(200);
    time.at(30 * DAY + SECOND);
    expect(await me(last.body.access), "its access token has not run out, but it is over").toBe(401);
    expect(claimsOf(last.body.access).exp * 1000).toBeGreaterThan(Date.now());
    expect((await refresh(last.body.refresh)).status).toBe(401);
  });
});

describe("logging out", () => {
  it("by bearer ends access and refresh at once", async () => {
    const ann = await aPerson();
    expect(await me(ann.access)).toBe(200);
    expect(says(await logout({}, ann.access))).toEqual({ status: 200, body: { message: "Logged out successfully." } });
    expect([await me(ann.access), await verify(ann.refresh)]).toEqual([401, 401]);
    expect(says(await refresh(ann.refresh))).toEqual({ status: 401, body: BLACKLISTED });
  });

  it.each(["refresh", "refresh_token"])("by %s alone ends the session too, at both addresses", async (key) => {
    for (const path of ["/api/auth/logout/", "/api/logout/"]) {
      const ann = await aPerson();
      expect((await call("POST", path, { body: { [key]: ann.refresh } })).status).toBe(200);
      expect([await me(ann.access), await verify(ann.refresh)], path).toEqual([401, 401]);
    }
  });

  it("twice is harmless, and so is nonsense", async () => {
    const ann = await aPerson();
    for (const answer of [await logout({}, ann.access), await logout({ refresh: ann.refresh }, ann.access), await logout({})])
      expect(answer.status).toBe(200);
    for (const nonsense of ["x", 5, null, [], {}]) expect((await logout({ refresh_token: nonsense }, "x")).status).toBe(200);
    for (const authorization of ["Bearer", "Bearer a b", "Basic x"])
      expect((await call("POST", "/api/logout/", { body: {}, headers: { authorization } })).status).toBe(200);
  });

  it("leaves the person's other sessions alone", async () => {
    const ann = await aPerson();
    const elsewhere = await ann.elsewhere();
    await logout({}, ann.access);
    expect([await me(ann.access), await me(elsewhere.access)]).toEqual([401, 200]);
  });

  it("with a refresh token of before the last refresh still ends the session", async () => {
    const ann = await aPerson();
    const { body } = await refresh(ann.refresh);
    await logout({ refresh_token: ann.refresh });
    expect(await me(body.access)).toBe(401);
  });

  it("is not done by a GET", async () => {
    const ann = await aPerson();
    expect((await ann.get("/api/auth/logout/")).status).toBe(405);
    expect(await me(ann.access)).toBe(200);
  });
});

describe("verifying", () => {
  it("says yes to a good access and a good refresh token, with nothing else", async () => {
    const ann = await aPerson();
    for (const token of [ann.access, ann.refresh])
      expect(says(await call("POST", "/api/auth/verify/", { body: { token } }))).toEqual({ status: 200, body: {} });
  });

  it("says no to a ticket, to nonsense, to one that has run out and to one whose session is over", async () => {
    const ann = await aPerson();
    const elsewhere = await ann.elsewhere();
    await logout({}, elsewhere.access);
    const { ticket } = (await ann.post("/api/ws/ticket/")).body;
    for (const token of [ticket, "nonsense", elsewhere.access, elsewhere.refresh])
      expect(says(await call("POST", "/api/auth/verify/", { body: { token } }))).toEqual({ status: 401, body: INVALID });
    clock().at(61 * MINUTE);
    expect([await verify(ann.access), await verify(ann.refresh)]).toEqual([401, 200]);
    expect(says(await call("POST", "/api/auth/verify/", { body: {} }))).toEqual({
      status: 400,
      body: { token: ["This field is required."] },
    });
  });
});
