import { env } from "cloudflare:workers";
import bcrypt from "bcryptjs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RULES } from "../src/limits/rules";
import { GRANTS } from "./support/grants";
import { query } from "./support/hub";
import { Carrier, mailsTo } from "./support/mail";
import { openApi, operations } from "./support/openapi";
import { PAGES } from "./support/page-grants";
import { FORM_COOKIE, FORM_FIELD } from "./support/pages";
import { type Answer, aPerson, call, newName, PASSWORD, type Person, people } from "./support/people";
import { liveRoutes, pageRoutes } from "./support/routes";
import { later, stopClock } from "./support/time";

/** The shield counts in real time, which these tests move on; so here it lets everybody through to the exact counters. */
const noShield = { CREDENTIAL_BURSTS: { limit: async () => ({ success: true }) } };
const STRICT = { RATE_LIMITS: "strict", ...noShield };
const WRONG = "not-the-password";

beforeEach(() => {
  stopClock();
});

/** Leaving must not fail; asking whether a token is good gives nothing away, and servers do it for many people. */
const UNSHIELDED = [
  "POST /api/auth/logout/",
  "POST /api/auth/verify/",
  "POST /api/logout/",
  "POST /api/user/logout/",
  "POST /dj-rest-auth/logout/",
  "POST /dj-rest-auth/token/verify/",
];

type Where = { from?: string; env?: Record<string, unknown>; headers?: Record<string, string> };
const post = (path: string, body: unknown, { from = "203.0.113.1", env: changes, headers = {} }: Where = {}) =>
  call("POST", path, { body, headers: { "cf-connecting-ip": from, ...headers }, ...(changes && { env: changes }) });
const login = (name: object, password: string, where?: Where) => post("/api/auth/login/", { ...name, password }, where);
const anAddress = (i: number) => `198.51.${Math.floor(i / 250)}.${(i % 250) + 1}`;
const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

/** So many wrong passwords, one after the other, each from an address of its own unless one is given. */
async function wrong(name: object, times: number, from?: string, changes?: Record<string, unknown>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) answers.push(await login(name, WRONG, { from: from ?? anAddress(i), ...(changes && { env: changes }) }));
  return answers;
}
/** What a client sees, but for the id and time of the request. */
const seen = ({ status, text, headers }: Answer) => ({
  status,
  text,
  headers: [...headers].filter(([name]) => name !== "x-request-id"),
});
const times = (n: number, status: number) => Array.from({ length: n }, () => status);

const { most: TRIES, seconds: WINDOW } = RULES.login_account;

describe("wrong passwords for one person", () => {
  it("lock the account for everybody, wherever they come from, with the right password too", async () => {
    const ann = await aPerson();
    expect(statuses(await wrong({ username: ann.username }, TRIES))).toEqual(times(TRIES, 401));
    const locked = await login({ username: ann.username }, PASSWORD, { from: "192.0.2.77" });
    expect(locked.status).toBe(429);
    expect(locked.body).toEqual({ detail: `Request was throttled. Expected available in ${WINDOW} seconds.` });
    expect(locked.headers.get("retry-after")).toBe(`${WINDOW}`);
    expect(seen(await login({ username: ann.username }, WRONG, { from: "192.0.2.78" }))).toEqual(seen(locked));
  });

  it("unlock when the window is over, which tries in between do not make longer", async () => {
    const ann = await aPerson();
    await wrong({ username: ann.username }, TRIES);
    later(WINDOW / 2);
    const halfway = await login({ username: ann.username }, PASSWORD);
    expect([halfway.status, halfway.headers.get("retry-after")]).toEqual([429, `${WINDOW / 2}`]);
    later(WINDOW / 2 - 1);
    const last = await login({ username: ann.username }, PASSWORD);
    expect([last.status, last.body.detail]).toEqual([429, "Request was throttled. Expected available in 1 second."]);
    later(1);
    expect((await login({ username: ann.username }, PASSWORD)).status).toBe(200);
  });

  it("are forgotten when one gets in, and never by failing", async () => {
    const ann = await aPerson();
    for (let round = 0; round < 3; round++) {
      expect(statuses(await wrong({ username: ann.username }, TRIES - 1))).toEqual(times(TRIES - 1, 401));
      expect((await login(round % 2 ? { email: ann.email } : { username: ann.username }, PASSWORD)).status).toBe(200);
    }
    await wrong({ username: ann.username }, TRIES);
    expect((await login({ username: ann.username }, PASSWORD)).status).toBe(429);
  });

  it("count together, whether they name the username or the address, in whatever spelling", async () => {
    const ann = await aPerson("ann");
    const wide = [...ann.username].map((c) => (/[a-z]/.test(c) ? String.fromCodePoint(c.codePointAt(0)! + 0xfee0) : c)).join("");
    const names = [
      { username: ann.username },
      { email: ann.email },
      { username: ann.email.toUpperCase() },
      { username: wide },
      { email: ` ${ann.email} ` },
    ];
    for (let i = 0; i < TRIES; i++) expect((await login(names[i % names.length]!, WRONG, { from: anAddress(i) })).status).toBe(401);
    for (const name of names) expect((await login(name, PASSWORD)).status, JSON.stringify(name)).toBe(429);
  });

  it("get no more tries by coming all at once", async () => {
    const ann = await aPerson();
    const compare = vi.spyOn(bcrypt, "compare");
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => login(i % 2 ? { username: ann.username } : { email: ann.email }, WRONG, { from: anAddress(i) })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(TRIES);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(50 - TRIES);
    expect(compare).toHaveBeenCalledTimes(TRIES);
  });

  it("are not what right ones are that come all at once", async () => {
    const ann = await aPerson();
    const some = Array.from({ length: 3 * TRIES }, () => login({ username: ann.username }, PASSWORD));
    expect(new Set(statuses(await Promise.all(some)))).toEqual(new Set([200]));
  });

  it("are not what right ones are that come before the address is confirmed", async () => {
    const ann = await aPerson();
    const env = { EMAIL_VERIFICATION: "mandatory" };
    for (let i = 0; i <= TRIES; i++) {
      const { status, body } = await login({ username: ann.username }, PASSWORD, { env });
      expect([status, body.code]).toEqual([403, "email_not_verified"]);
    }
  });

  it("lock nobody else, and no session that is open", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await wrong({ username: ann.username }, TRIES);
    expect((await login({ username: ann.username }, PASSWORD)).status).toBe(429);
    expect((await login({ username: bob.username }, PASSWORD)).status).toBe(200);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
    expect((await call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh } })).status).toBe(200);
  });
});

describe("a log-in that somebody overtakes", () => {
  /** What happens while the next password is compared, and found right. */
  const meanwhile = (happens: () => Promise<unknown>) =>
    vi.mocked(bcrypt.compare).mockImplementationOnce(async () => {
      await happens();
      return true;
    });
  const sessions = () => query("select id from sessions");

  it("fails if the password is another one by then", async () => {
    const ann = await aPerson();
    const other = await bcrypt.hash("another-password", 4);
    meanwhile(() => query("update users set password_hash = ? where id = ?", other, ann.id));
    expect((await login({ username: ann.username }, PASSWORD)).status).toBe(401);
    expect(await sessions()).toHaveLength(1);
    expect((await login({ username: ann.username }, "another-password")).status).toBe(200);
  });

  it("goes on if only the name is another one by then", async () => {
    const ann = await aPerson();
    const name = newName();
    meanwhile(() => query("update users set username = ?1, username_key = ?1 where id = ?2", name, ann.id));
    const { status, body } = await login({ email: ann.email }, PASSWORD);
    expect({ status, username: body.user?.username }).toEqual({ status: 200, username: name });
    expect(await sessions()).toHaveLength(2);
  });
});

describe("one's own password, asked for again", () => {
  const leave = (person: Person, password: string) => person.post("/api/auth/delete-account/", { password });

  it("is counted: a stolen session cannot guess it", async () => {
    const ann = await aPerson();
    for (let i = 0; i < TRIES; i++) expect((await leave(ann, WRONG)).status).toBe(400);
    expect((await leave(ann, PASSWORD)).status).toBe(429);
    later(WINDOW);
    expect((await leave(ann, PASSWORD)).status).toBe(204);
    expect(await query("select * from attempts where key like 'confirm_account%'")).toEqual([]);
  });

  it("is not counted with log-ins: who knows a name keeps nobody from a new password, and a stolen session nobody out", async () => {
    const ann = await aPerson();
    await wrong({ username: ann.username }, TRIES);
    expect((await login({ username: ann.username }, PASSWORD)).status, "she is locked out").toBe(429);
    expect((await ann.post("/api/auth/password/change/", { old_password: PASSWORD, new_password: "another-good-one" })).status).toBe(200);
    expect((await leave(ann, "another-good-one")).status).toBe(204);

    const bob = await aPerson();
    for (let i = 0; i < TRIES; i++) await leave(bob, WRONG);
    expect((await leave(bob, PASSWORD)).status, "it is locked").toBe(429);
    expect((await login({ username: bob.username }, PASSWORD)).status).toBe(200);
    expect((await leave(bob, PASSWORD)).status, "and forgotten when he has shown who he is").toBe(204);
  });

  it("is not counted for the last admin, who may not leave", async () => {
    await query("delete from users");
    const root = await aPerson();
    await query("update users set role = 'admin' where id = ?", root.id);
    for (let i = 0; i <= TRIES; i++) expect((await leave(root, PASSWORD)).status).toBe(409);
    await query("update users set role = 'member' where id = ?", root.id);
    expect((await leave(root, PASSWORD)).status).toBe(204);
  });

  it("counts for a new password and a new address, but not when it was right and they are no good", async () => {
    const ann = await aPerson();
    const change = (old_password: string, new_password: string) => ann.post("/api/auth/password/change/", { old_password, new_password });
    const move = (password: string, email: string) => ann.post("/api/auth/email/change/", { password, email });
    for (let i = 0; i <= TRIES; i++) expect((await change(PASSWORD, "short")).body).toHaveProperty("new_password");
    for (let i = 0; i < 3; i++) expect((await move(PASSWORD, ann.email)).body).toHaveProperty("email");
    for (let i = 0; i < TRIES; i++)
      expect((await (i % 2 ? change(WRONG, "another-good-one") : move(WRONG, "ann@elsewhere.test"))).status).toBe(400);
    expect((await change(PASSWORD, "another-good-one")).status).toBe(429);
    expect((await move(PASSWORD, "ann@elsewhere.test")).status).toBe(429);
  });
});

describe("somebody who is not there", () => {
  it("is locked as somebody who is: same answers, same number of them, same headers", async () => {
    const ann = await aPerson();
    const ofAnn = await wrong({ username: ann.username }, TRIES + 2);
    const ofNobody = await wrong({ username: newName("nobody") }, TRIES + 2);
    expect(statuses(ofAnn)).toEqual([...times(TRIES, 401), 429, 429]);
    expect(ofNobody.map(seen)).toEqual(ofAnn.map(seen));
    const ofAddress = await wrong({ email: `${newName()}@example.test` }, TRIES + 2);
    expect(ofAddress.map(seen)).toEqual(ofAnn.map(seen));
  });

  it("is not told by changing the field or the spelling of a name", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const story = async (first: object, second: object) => {
      await wrong(first, TRIES);
      return seen(await login(second, WRONG));
    };
    const nobody = newName("nobody");
    expect(await story({ username: nobody }, { email: nobody })).toEqual(await story({ username: ann.username }, { email: ann.username }));
    const address = `${newName()}@example.test`;
    expect(await story({ email: address }, { username: address.toUpperCase() })).toEqual(
      await story({ email: bob.email }, { username: bob.email.toUpperCase() }),
    );
  });

  it("is locked while one is suspended, too, who is refused as with a wrong password", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await query("update users set suspended_at = ? where id = ?", new Date().toISOString(), bob.id);
    const compare = vi.spyOn(bcrypt, "compare");
    const tries: [string, object, string][] = [
      ["wrong password", { username: ann.username }, WRONG],
      ["unknown", { username: newName("nobody") }, WRONG],
      ["suspended, right password", { username: bob.username }, PASSWORD],
      ["suspended, wrong password", { email: bob.email }, WRONG],
    ];
    const answers = [];
    for (const [what, name, password] of tries) {
      compare.mockClear();
      answers.push(seen(await login(name, password)));
      expect(compare, what).toHaveBeenCalledTimes(1);
    }
    expect(answers[0]!.status).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await query("update users set suspended_at = null where id = ?", bob.id);
    expect((await login({ username: bob.username }, PASSWORD)).status).toBe(200);
  });

  it("and somebody without a password, who gets in otherwise, cost the same comparison", async () => {
    const ann = await aPerson();
    await query("update users set password_hash = '!' where id = ?", ann.id);
    const compare = vi.spyOn(bcrypt, "compare");
    expect((await login({ username: ann.username }, "!")).status).toBe(401);
    expect((await login({ username: newName("nobody") }, "!")).status).toBe(401);
    const [one, other] = compare.mock.calls.map(([, hash]) => hash);
    expect(one).toMatch(/^\$2b\$10\$/);
    expect(one).toBe(other);
  });
});

describe("one address", () => {
  const { most } = RULES.login_address;
  const HERE = "203.0.113.9";

  it("may fail so often, whomever it tries; then it is refused for everybody, and others are not", async () => {
    const ann = await aPerson();
    const answers: Answer[] = [];
    for (let i = 0; i < most; i++) {
      later(1);
      answers.push(await login({ username: newName("guess") }, WRONG, { from: HERE, env: STRICT }));
    }
    expect(statuses(answers)).toEqual(times(most, 401));
    const refused = await login({ username: ann.username }, PASSWORD, { from: HERE, env: STRICT });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, `${RULES.login_address.seconds - most + 1}`]);
    expect((await login({ username: ann.username }, PASSWORD, { from: "203.0.113.10", env: STRICT })).status).toBe(200);
    later(RULES.login_address.seconds);
    expect((await login({ username: ann.username }, PASSWORD, { from: HERE, env: STRICT })).status).toBe(200);
  });

  it("does not use up its tries by getting in", async () => {
    const ann = await aPerson();
    for (let i = 0; i < most + 5; i++) {
      later(1);
      expect((await login({ username: ann.username }, PASSWORD, { from: HERE, env: STRICT })).status).toBe(200);
    }
  });

  it("that is refused locks no accounts", async () => {
    const [ann] = (await people("ann")) as [Person];
    for (let i = 0; i < most; i++) {
      later(1);
      await login({ username: newName("guess") }, WRONG, { from: HERE, env: STRICT });
    }
    expect(statuses(await wrong({ username: ann.username }, TRIES + 1, HERE, STRICT))).toEqual(times(TRIES + 1, 429));
    expect((await login({ username: ann.username }, PASSWORD, { env: STRICT })).status).toBe(200);
  });

  it("of IPv6 is the network of one household", async () => {
    for (let i = 0; i < most; i++) {
      later(1);
      await login({ username: newName("guess") }, WRONG, { from: `2001:db8:1:2::${i.toString(16)}`, env: STRICT });
    }
    expect((await login({ username: newName() }, WRONG, { from: "2001:db8:1:2:ffff::1", env: STRICT })).status).toBe(429);
    expect((await login({ username: newName() }, WRONG, { from: "2001:db8:1:3::1", env: STRICT })).status).toBe(401);
  });

  it("makes so many accounts an hour", async () => {
    const { most, seconds } = RULES.register_address;
    const register = () => {
      const username = newName();
      return post("/api/auth/register/", { username, email: `${username}@example.test`, password: PASSWORD }, { from: HERE, env: STRICT });
    };
    for (let i = 0; i < most; i++) {
      later(1);
      expect((await register()).status).toBe(201);
    }
    const hashed = vi.mocked(bcrypt.hash).mock.calls.length;
    const refused = await register();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, `${seconds - most + 1}`]);
    expect([hashed, vi.mocked(bcrypt.hash).mock.calls.length], "refused before hashing").toEqual([most, most]);
    later(seconds);
    expect((await register()).status).toBe(201);
  });

  it("may send so many refresh tokens that are no good; good ones are never refused, and reuse ends its session still", async () => {
    const { most } = RULES.refresh_address;
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await post("/api/auth/logout/", { refresh: ann.refresh });
    const refresh = (person: Person) => post("/api/auth/refresh/", { refresh: person.refresh }, { from: HERE, env: STRICT });
    for (let i = 0; i < most; i++) {
      later(1);
      expect((await refresh(ann)).status).toBe(401);
    }
    expect((await refresh(ann)).status).toBe(429);
    const stolen = bob.refresh;
    for (let i = 0; i < 3; i++) {
      const answer = await refresh(bob);
      expect(answer.status, "a good one").toBe(200);
      bob.refresh = answer.body.refresh;
      later(11);
    }
    expect((await post("/api/auth/refresh/", { refresh: stolen }, { from: HERE, env: STRICT })).status).toBe(429);
    expect((await bob.get("/api/users/me/")).status, "the session that was stolen is over").toBe(401);
  });
});

describe("mails", () => {
  const PATHS = [
    ["/api/auth/password/reset/", RULES.reset_target, RULES.reset_address],
    ["/api/auth/email/resend/", RULES.verify_target, RULES.verify_address],
  ] as const;

  it.each(PATHS)("by %s go to one address only so often, whether or not somebody has it", async (path, target) => {
    const ann = await aPerson();
    const ask = async (email: string) => {
      const answers = [];
      for (let i = 0; i < target.most + 1; i++) answers.push(seen(await post(path, { email }, { from: anAddress(i), env: STRICT })));
      return answers;
    };
    const toAnn = await ask(ann.email);
    expect(toAnn.map(({ status }) => status)).toEqual([...times(target.most, 200), 429]);
    expect(await ask(`${newName()}@example.test`)).toEqual(toAnn);
    expect((await post(path, { email: ann.email.toUpperCase() }, { env: STRICT })).status, "in any case").toBe(429);
    later(target.seconds);
    expect((await post(path, { email: ann.email }, { env: STRICT })).status).toBe(200);
  });

  it.each(PATHS)("by %s are asked for by one address only so often", async (path, _, { most }) => {
    const ask = (from: string) => post(path, { email: `${newName()}@example.test` }, { from, env: STRICT });
    const answers = [];
    for (let i = 0; i <= most; i++) answers.push(await ask("203.0.113.7"));
    expect(statuses(answers)).toEqual([...times(most, 200), 429]);
    expect((await ask("203.0.113.8")).status).toBe(200);
  });
});

describe("a mailbox that is somebody else's", () => {
  const NEXT = ["another-good-one", "a-third-good-one"];

  it("is not flooded by changing the password of an account that has its address", async () => {
    const { most, seconds } = RULES.password_change_account;
    const ann = await aPerson();
    let old = PASSWORD;
    const change = async () => {
      const body = { old_password: old, new_password: NEXT.find((one) => one !== old) };
      const { status } = await call("POST", "/api/auth/password/change/", { token: ann.access, body, env: STRICT });
      if (status === 200) old = body.new_password!;
      return status;
    };
    const answers = [];
    for (let i = 0; i <= most; i++) answers.push(await change());
    expect(answers).toEqual([...times(most, 200), 429]);
    expect(await mailsTo(ann.email)).toHaveLength(1 + most);
    later(seconds);
    ann.access = (await login({ username: ann.username }, old)).body.access;
    expect(await change()).toBe(200);
  });

  it("is not flooded by registering its address again and again; who does gets in, and no more mail goes out", async () => {
    const { most, seconds } = RULES.register_target;
    const email = `${newName()}@example.test`;
    const carrier = new Carrier();
    const comeAndGo = async () => {
      const body = { username: newName(), email, password: PASSWORD };
      const made = await post("/api/auth/register/", body, { env: { ...STRICT, ...carrier.env } });
      expect(made.status).toBe(201);
      const gone = await call("POST", "/api/auth/delete-account/", { token: made.body.access, body: { password: PASSWORD } });
      expect(gone.status).toBe(204);
    };
    for (let i = 0; i < most + 2; i++) await comeAndGo();
    expect(carrier.sent.map(({ to }) => to)).toEqual(Array.from({ length: most }, () => email));
    later(seconds);
    await comeAndGo();
    expect(carrier.sent).toHaveLength(most + 1);
  });
});

describe("headers that a client can write", () => {
  const LIES = (i: number) => ({
    "x-forwarded-for": anAddress(i),
    "x-real-ip": anAddress(i),
    "true-client-ip": anAddress(i),
    forwarded: `for=${anAddress(i)}`,
    "x-client-ip": anAddress(i),
  });

  it("do not change the address that is counted", async () => {
    const { most } = RULES.login_address;
    for (let i = 0; i < most; i++) {
      later(1);
      await login({ username: newName("guess") }, WRONG, { env: STRICT, headers: LIES(i) });
    }
    expect((await login({ username: newName() }, WRONG, { env: STRICT, headers: LIES(999) })).status).toBe(429);
    expect((await login({ username: newName() }, WRONG, { env: STRICT, from: "192.0.2.1" })).status, "the real one does").toBe(401);
  });

  it("make nobody somebody else, and no method another", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const headers = {
      "x-user-id": `${bob.id}`,
      "x-forwarded-user": bob.username,
      "x-remote-user": bob.username,
      "remote-user": bob.username,
      "x-http-method-override": "DELETE",
      "x-method-override": "DELETE",
      "x-http-method": "DELETE",
    };
    expect((await call("GET", "/api/users/me/", { headers })).status).toBe(401);
    expect((await ann.get("/api/users/me/", headers)).body.id).toBe(ann.id);
    await ann.post("/api/friends/request/", { to_user: bob.id });
    const [{ id }] = (await bob.get("/api/notifications/")).body;
    expect((await bob.get("/api/notifications/", headers)).body).toHaveLength(1);
    expect((await bob.ask("POST", `/api/notifications/${id}/`, {}, headers)).status).toBe(405);
    expect((await bob.get("/api/notifications/")).body, "nothing was deleted").toHaveLength(1);
    expect((await bob.delete(`/api/notifications/${id}/`)).status).toBe(204);
  });
});

describe("while developing", () => {
  it("a test-suite may come from one address, yet wrong passwords lock", async () => {
    const from = "127.0.0.1";
    const { most } = RULES.register_address;
    const cast = await Promise.all(
      Array.from({ length: most + 30 }, () => {
        const username = newName();
        return post("/api/auth/register/", { username, email: `${username}@example.test`, password: PASSWORD }, { from });
      }),
    );
    expect(new Set(statuses(cast))).toEqual(new Set([201]));
    const guesses = await Promise.all(
      Array.from({ length: RULES.login_address.most + 30 }, () => login({ username: newName() }, WRONG, { from })),
    );
    expect(new Set(statuses(guesses))).toEqual(new Set([401]));
    const { username } = cast[0]!.body.user;
    expect(statuses(await wrong({ username }, TRIES + 1, from))).toEqual([...times(TRIES, 401), 429]);
  });

  it("production's limits hold in production, whatever the variable says", async () => {
    const username = newName();
    for (const [i, RATE_LIMITS] of [undefined, "", "off", "strict"].entries()) {
      const env = { ...noShield, ENVIRONMENT: "production", RATE_LIMITS };
      const from = `192.0.2.${i}`;
      for (let n = 0; n < RULES.login_address.most; n++) {
        later(1);
        await login({ username: newName() }, WRONG, { from, env });
      }
      expect((await login({ username }, WRONG, { from, env })).status, `${RATE_LIMITS}`).toBe(429);
    }
  });
});

describe("what is stored of it", () => {
  it("names no account, no address and nothing that was typed", async () => {
    const ann = await aPerson();
    const typed = newName("a-password-in-the-wrong-field");
    await login({ username: typed }, WRONG, { env: STRICT });
    await login({ email: ann.email }, WRONG, { env: STRICT });
    const rows = await query<{ key: string }>("select * from attempts");
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const { key } of rows) expect(key).toMatch(/^[a-z_]+:(#\d+|[0-9a-f]{32})$/);
    for (const secret of [typed, ann.email, ann.username, "203.0.113.1"]) expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe("friend requests", () => {
  const production = { ENVIRONMENT: "production" };
  const ask = (from: Person, to: Person, headers?: Record<string, string>) =>
    call("POST", "/api/friends/request/", { token: from.access, body: { to_user: to.id }, env: production, ...(headers && { headers }) });

  it("to one person are so many a day, however often they are taken back", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const { most, seconds } = RULES.friend_request_pair;
    for (let i = 0; i < most; i++) {
      const { status, body } = await ask(ann, bob);
      expect(status).toBe(201);
      expect((await ann.delete(`/api/friends/request/${body.id}/`)).status).toBe(204);
    }
    const refused = await ask(ann, bob);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, `${seconds}`]);
    expect((await bob.get("/api/friends/requests/")).body, "nothing of it was written").toEqual([]);
    expect((await ask(ann, cid)).status).toBe(201);
    expect((await ask(bob, ann)).status, "the other way round is another matter").toBe(201);
    later(seconds);
    const again = (await people("dan"))[0]!;
    expect((await ask(again, bob)).status).toBe(201);
  });

  it("of one person are so many an hour; refused ones and retries do not count", async () => {
    const { most, seconds } = RULES.friend_request;
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    expect((await ask(ann, bob, { "idempotency-key": "k" })).status).toBe(201);
    for (let i = 0; i < 5; i++) {
      expect((await ask(ann, bob)).status, "pending").toBe(400);
      expect((await ask(ann, bob, { "idempotency-key": "k" })).status, "a retry").toBe(201);
    }
    const start = Math.max(ann.id, bob.id) + 1;
    await query(
      `with recursive n(id) as (select ${start} union all select id + 1 from n where id < ${start + most}) insert into users (id, username, username_key, email, password_hash)
       select id, 'x' || id, 'x' || id, 'x' || id || '@example.test', '!' from n`,
    );
    const answers: number[] = [];
    for (let i = 0; i < most; i++) answers.push((await ask(ann, { id: start + i } as Person)).status);
    expect(answers).toEqual([...times(most - 1, 201), 429]);
    later(seconds);
    expect((await ask(await ann.elsewhere(), { id: start + most } as Person)).status).toBe(201);
  });
});

describe("the shield", () => {
  const SHIELDED = { RATE_LIMITS: "strict" };
  const PERIOD_MS = 10_000;
  const ENOUGH_MS = 4000;
  beforeEach(() => void vi.useRealTimers());

  /** As much as one address may do in ten seconds, begun when enough of them are left. */
  async function exhaust(address: string): Promise<void> {
    const left = PERIOD_MS - (Date.now() % PERIOD_MS);
    if (left < ENOUGH_MS) await new Promise((done) => setTimeout(done, left));
    for (let i = 0; i < 1000; i++) if (!(await env.CREDENTIAL_BURSTS.limit({ key: address })).success) return;
    throw new Error("no end to it");
  }

  it("refuses a burst before anything is read from D1, hashed or even parsed", async () => {
    const ann = await aPerson();
    const [from, other] = ["203.0.113.50", "203.0.113.51"];
    await exhaust(from);
    const compare = vi.spyOn(bcrypt, "compare");
    const asked = vi.spyOn(env.DB, "batch");
    const refused = await login({ username: ann.username }, PASSWORD, { from, env: SHIELDED });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect((await post("/api/auth/login/", "{", { from, env: SHIELDED })).status).toBe(429);
    expect([compare.mock.calls.length, asked.mock.calls.length]).toEqual([0, 0]);
    expect((await login({ username: ann.username }, PASSWORD, { from: other, env: SHIELDED })).status).toBe(200);
    expect((await login({ username: ann.username }, PASSWORD, { from })).status, "while developing there is none").toBe(200);
  });

  it("stands before every public route that has a body, unless there is a reason", async () => {
    const from = "203.0.113.52";
    await exhaust(from);
    const open: string[] = [];
    const api = liveRoutes().filter(({ name, method }) => method !== "GET" && GRANTS[name] && "everybody" in GRANTS[name]);
    const routes = [...api, ...pageRoutes().filter(({ name, method }) => method !== "GET" && PAGES[name] === "everybody")];
    for (const { name, method, path } of routes) {
      const { status } = await call(method, path, { body: {}, headers: { "cf-connecting-ip": from }, env: SHIELDED });
      if (status !== 429) open.push(name);
    }
    expect(open.sort()).toEqual(UNSHIELDED.sort());
    expect(routes.length).toBeGreaterThan(2 * open.length);
    const shielded = new Set(routes.map(({ name }) => name).filter((name) => !open.includes(name)));
    const documented = operations(await openApi()).filter(({ method, path }) =>
      shielded.has(`${method} ${path.replace(/\{([^}]+)\}/g, ":$1")}`),
    );
    expect(documented.length, "all but the pages").toBeGreaterThan(15);
    for (const { name, responses } of documented) expect((responses[429] as any)?.headers, name).toHaveProperty("Retry-After");
  });

  it("refuses a form with a page, and script with JSON", async () => {
    const from = "203.0.113.53";
    const submit = (path: string, accept: string) =>
      post(path, new URLSearchParams({ ...FORM_FIELD, email: "nobody@example.test" }), {
        from,
        env: SHIELDED,
        headers: { accept, ...FORM_COOKIE },
      });
    const forms = ["/forgot-password/", "/reset-password/", "/verify-email/", "/resend-email/"];
    expect((await submit(forms[0]!, "text/html")).status, "a good one").toBe(303);
    await exhaust(from);
    for (const path of forms) {
      const { status, headers, text } = await submit(path, "text/html,*/*;q=0.8");
      expect([status, headers.get("retry-after"), headers.get("content-type")], path).toEqual([429, "10", "text/html; charset=UTF-8"]);
      expect(text, path).toContain("<h1>Too many tries</h1>");
      expect((await submit(path, "application/json")).body, path).toEqual({
        detail: "Request was throttled. Expected available in 10 seconds.",
      });
    }
  });

  it("that fails itself keeps nobody out", async () => {
    const ann = await aPerson();
    const broken = { ...SHIELDED, CREDENTIAL_BURSTS: { limit: () => Promise.reject(new Error("down")) } };
    expect((await login({ username: ann.username }, PASSWORD, { env: broken })).status).toBe(200);
  });
});
