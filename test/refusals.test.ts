import { beforeEach, describe, expect, it, vi } from "vitest";
import { everything } from "./support/everything";
import { type Call, type Cast, GRANTS, type MemberGrant } from "./support/grants";
import { type Answer, aPerson, call, type Person, people } from "./support/people";
import { fill, liveRoutes } from "./support/routes";

const ACCESS_MINUTES = 60;

const NO_CREDENTIALS = { detail: "Authentication credentials were not provided." };
const notValid = (message: string) => ({
  detail: "Given token not valid for any token type",
  code: "token_not_valid",
  messages: [{ token_class: "AccessToken", token_type: "access", message }],
});
const INVALID = notValid("Token is invalid or expired");
const WRONG_TYPE = notValid("Token has wrong type");

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const routes = liveRoutes();
const members = routes.filter(({ name }) => GRANTS[name] && "granted" in GRANTS[name]);
const grant = (name: string) => GRANTS[name] as MemberGrant;

/** Whatever is granted to whom, admins too: of a row of what people did, nothing changes but that it is hidden, until its person goes. */
async function expectHistoryKept(before: unknown[]): Promise<void> {
  const { activity, users } = await everything();
  const there = new Set(users!.map((user) => (user as { id: number }).id));
  const rows = (list: unknown[]) => list.map((row) => ({ ...(row as { id: number; user_id: number }), hidden_at: null }));
  const kept = rows(before).filter(({ user_id }) => there.has(user_id));
  expect(kept.length).toBeGreaterThan(0);
  expect(rows(activity!)).toEqual(expect.arrayContaining(kept));
}

async function aCast(): Promise<Cast> {
  const [ann, bob, cid] = await people("ann", "bob", "cid");
  return { ann: ann!, bob: bob!, cid: cid! };
}

/** A token of a session of this person that is over. */
async function loggedOut(person: Person): Promise<string> {
  const { access } = await person.elsewhere();
  await call("POST", "/api/auth/logout/", { token: access, body: {} });
  return access;
}

const ask = (method: string, { path, body }: Call, token: string | null) => call(method, path, { token, body });

function expectRefused({ status, body, headers }: Answer, expected: object, what: string): void {
  expect({ status, body }, what).toEqual({ status: 401, body: expected });
  expect(headers.get("www-authenticate"), what).toBe('Bearer realm="api"');
}

describe("the table of who may call what", () => {
  it("has every route of the router, and no other", () => {
    expect(routes.length).toBeGreaterThan(50);
    expect(routes.map(({ name }) => name).sort()).toEqual(Object.keys(GRANTS).sort());
  });

  it("says of every id in a path whose it may be", () => {
    const silent = members.filter(({ name, path }) => path.includes(":") && !grant(name).foreign && !grant(name).open);
    expect(silent).toEqual([]);
  });
});

describe("a public route", () => {
  it("asks nobody for a token", async () => {
    const open = routes.filter(({ name }) => GRANTS[name] && "everybody" in GRANTS[name]);
    expect(open.length).toBeGreaterThan(20);
    for (const { name, method, path } of open) {
      const { body } = await call(method, fill(path, 1), { body: method === "GET" ? undefined : {} });
      expect(body?.detail, name).not.toBe(NO_CREDENTIALS.detail);
    }
  });
});

describe("a member's route", () => {
  it.each(members)("refuses whoever is not logged in, and changes nothing: $name", async ({ name, method }) => {
    const cast = await aCast();
    const { ann } = cast;
    const over = await loggedOut(ann);
    const ticket = (await ann.post("/api/ws/ticket/")).body.ticket;
    const granted = await grant(name).granted(cast);
    const before = await everything();

    expectRefused(await ask(method, granted, null), NO_CREDENTIALS, "no token");
    expectRefused(await ask(method, granted, "garbage"), INVALID, "a garbage token");
    expectRefused(await ask(method, granted, `${ann.access}x`), INVALID, "an edited token");
    expectRefused(await ask(method, granted, ann.refresh), WRONG_TYPE, "a refresh token");
    expectRefused(await ask(method, granted, ticket), WRONG_TYPE, "a ticket");
    expectRefused(await ask(method, granted, over), INVALID, "a session that is over");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ACCESS_MINUTES * 60_000 });
    expectRefused(await ask(method, granted, ann.access), INVALID, "an expired token");
    vi.useRealTimers();
    expect(await everything()).toEqual(before);

    const answer = await ask(method, granted, ann.access);
    expect(answer.status, `with a good token it is granted: ${answer.text}`).toBeLessThan(300);
    if (method === "GET" || grant(name).stateless) expect(await everything()).toEqual(before);
    else expect(await everything(), "and then something changes").not.toEqual(before);
    await expectHistoryKept(before.activity!);
  });

  it.each(members.filter(({ name }) => grant(name).foreign))(
    "does not touch what is somebody else's, and answers as for what is not there: $name",
    async ({ name, method, path }) => {
      const cast = await aCast();
      const foreign = await grant(name).foreign!(cast);
      const before = await everything();
      const theirs = await ask(method, foreign, cast.ann.access);
      expect([403, 404]).toContain(theirs.status);
      const nothing = await ask(method, { ...foreign, path: fill(path, 999_999) }, cast.ann.access);
      expect({ status: nothing.status, body: nothing.body }).toEqual({ status: theirs.status, body: theirs.body });
      expect(await everything()).toEqual(before);
    },
  );

  it("goes on for the session that did not log out", async () => {
    const ann = await aPerson();
    await loggedOut(ann);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
  });
});
