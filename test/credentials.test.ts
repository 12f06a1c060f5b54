import { env } from "cloudflare:workers";
import bcrypt from "bcryptjs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { everything } from "./support/everything";
import { query } from "./support/hub";
import { claimsOf } from "./support/jwt";
import { Carrier, linkIn, linkTo, mailsTo } from "./support/mail";
import { type Answer, aPerson, call, newName, PASSWORD, type Person, people } from "./support/people";
import { later, stopClock } from "./support/time";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const HOUR = 3600;
const NEW = "another-good-password";
const OTHER = "a-third-good-password";
const WRONG_OLD = "Your old password was entered incorrectly. Please enter it again.";

const says = ({ status, body }: Answer) => ({ status, body });
const post = (path: string, body: unknown, changes?: Record<string, unknown>) =>
  call("POST", path, { body, ...(changes && { env: changes }) });
const verify = (key: string) => post("/api/auth/email/verify/", { key });
const resend = (email: string) => post("/api/auth/email/resend/", { email });
const forgot = (email: string) => post("/api/auth/password/reset/", { email });
const reset = (link: { uid: string; token: string }, password = NEW) =>
  post("/api/auth/password/reset/confirm/", { uid: link.uid, token: link.token, new_password: password });
const login = (person: Person, password = PASSWORD, name: object = { username: person.username }) =>
  post("/api/auth/login/", { ...name, password });
const change = (person: Person, old_password = PASSWORD, new_password = NEW) =>
  person.post("/api/auth/password/change/", { old_password, new_password });
const move = (person: Person, email: string, password = PASSWORD) => person.post("/api/auth/email/change/", { email, password });
const me = async (person: Person) => (await person.get("/api/users/me/")).body;
const resetLink = async (person: Person) => {
  await forgot(person.email);
  return linkTo(person.email);
};

const BAD_LINK = {
  status: 400,
  body: { detail: "This link is not good: it was used, it is too old, or a newer one was sent.", code: "link_not_valid" },
};
const BAD_TOKEN = { status: 400, body: { token: ["Invalid value"] } };

describe("the address of a registration", () => {
  it("is confirmed by the link that is mailed to it, once", async () => {
    const ann = await aPerson();
    expect(await me(ann)).toMatchObject({ email_verified: false });
    const { url, key } = await linkTo(ann.email);
    expect(url.origin + url.pathname).toBe("https://kith.test/verify-email/");
    expect(says(await verify(key))).toEqual({ status: 200, body: { detail: "Your e-mail address is confirmed." } });
    expect(await me(ann)).toMatchObject({ email_verified: true, email: ann.email });
    expect(says(await verify(key))).toEqual(BAD_LINK);
  });

  it.each([
    ["by its own session, keeps what is linked to the account", "own", 1],
    ["by nobody's, unlinks it", "none", 0],
    ["by somebody else's, unlinks it", "another's", 0],
    ["by one that is over, unlinks it", "over", 0],
  ])("confirmed %s", async (_, whose, left) => {
    const ann = await aPerson();
    await query(
      "insert into identities (user_id, provider, subject, created_at, last_used_at) values (?1, 'google', ?1, '2026-01-01', '2026-01-01')",
      ann.id,
    );
    const { access } = whose === "another's" ? await aPerson() : await ann.elsewhere();
    if (whose === "over") await query("update sessions set revoked_at = '2026-01-01' where user_id = ?", ann.id);
    const { key } = await linkTo(ann.email);
    const { status } = await call("POST", "/api/auth/email/verify/", { body: { key }, ...(whose !== "none" && { token: access }) });
    expect(status).toBe(200);
    expect(await query("select id from identities where user_id = ?", ann.id)).toHaveLength(left);
  });

  it("is confirmed on all devices that listen", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await verify((await linkTo(ann.email)).key);
    expect((await socket.next("profile_update")).user).toMatchObject({ id: ann.id, email_verified: true });
  });

  it("is not confirmed by a link that is a day old, edited, empty or made up", async () => {
    stopClock();
    const ann = await aPerson();
    const { key } = await linkTo(ann.email);
    for (const bad of [`${key}x`, key.slice(1), key.toUpperCase(), "%", "x", `${key}\n${key}`])
      expect(says(await verify(bad)), bad).toEqual(BAD_LINK);
    for (const none of [undefined, "", " ", null, [key], {}]) expect((await verify(none as string)).status).toBe(400);
    expect(await me(ann)).toMatchObject({ email_verified: false });
    later(24 * HOUR);
    expect(says(await verify(key))).toEqual(BAD_LINK);
    later(-1);
    expect((await verify(key)).status, "a second earlier").toBe(200);
  });

  it("is confirmed by the newest link only", async () => {
    const ann = await aPerson();
    const { key: first } = await linkTo(ann.email);
    await resend(ann.email);
    const { key: second } = await linkTo(ann.email);
    expect(second).not.toBe(first);
    expect(says(await verify(first))).toEqual(BAD_LINK);
    expect((await verify(second)).status).toBe(200);
  });

  it("is asked once for no more than one of many confirmations at the same time", async () => {
    const ann = await aPerson();
    const { key } = await linkTo(ann.email);
    const answers = await Promise.all(Array.from({ length: 8 }, () => verify(key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("is mailed again to who waits, and to nobody else, with one answer for all", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await verify((await linkTo(bob.email)).key);
    const answers = [];
    for (const email of [ann.email, ann.email.toUpperCase(), bob.email, "nobody@example.test"]) answers.push(says(await resend(email)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ status: 200, body: { detail: "If this address waits to be confirmed, a mail is on its way." } })]),
    );
    expect(await mailsTo(ann.email)).toHaveLength(3);
    expect(await mailsTo(bob.email)).toHaveLength(1);
    expect(await mailsTo("nobody@example.test")).toEqual([]);
  });
});

describe("EMAIL_VERIFICATION", () => {
  const newcomer = () => {
    const username = newName();
    return { username, email: `${username}@example.test`, password: PASSWORD };
  };
  const mandatory = { EMAIL_VERIFICATION: "mandatory" };

  it("none: nobody is asked", async () => {
    const ann = newcomer();
    const { status, body } = await post("/api/auth/register/", ann, { EMAIL_VERIFICATION: "none" });
    expect({ status, verified: body.user.email_verified }).toEqual({ status: 201, verified: false });
    expect(await mailsTo(ann.email)).toEqual([]);
  });

  it("optional: newcomers are asked, and log in at once", async () => {
    const ann = newcomer();
    const { body } = await post("/api/auth/register/", ann, { EMAIL_VERIFICATION: undefined });
    expect(claimsOf(body.access).user_id).toBe(body.user.id);
    expect(await mailsTo(ann.email)).toMatchObject([{ subject: "Confirm your e-mail address for Kith" }]);
    expect((await post("/api/auth/login/", { username: ann.username, password: PASSWORD })).status).toBe(200);
  });

  it.each([
    ["/api/auth/register/", "/api/auth/login/"],
    ["/api/register/", "/api/login/"],
  ])("mandatory: %s gives no tokens, and %s refuses the right password until the link was used", async (register, enter) => {
    const ann = newcomer();
    const made = await post(register, ann, mandatory);
    expect(says(made)).toEqual({ status: 201, body: { detail: "Verification e-mail sent." } });
    expect(made.headers.get("set-cookie")).toBeNull();
    const known = { username: ann.username, password: PASSWORD };
    const refused = await post(enter, known, mandatory);
    expect(says(refused)).toEqual({ status: 403, body: { detail: "E-mail is not verified.", code: "email_not_verified" } });
    expect(refused.headers.get("set-cookie")).toBeNull();
    const wrong = await post(enter, { ...known, password: "wrong-password" }, mandatory);
    const unknown = await post(enter, { username: "nobody-of-this-name", password: "wrong-password" }, mandatory);
    expect(says(wrong)).toEqual(says(unknown));
    expect(wrong.status).toBe(401);
    expect(await query("select * from sessions")).toEqual([]);

    await post("/api/auth/email/resend/", { email: ann.email }, mandatory);
    expect(await mailsTo(ann.email)).toHaveLength(2);
    await verify((await linkTo(ann.email)).key);
    expect((await post(enter, known, mandatory)).status).toBe(200);
  });

  it("mandatory: a reset confirms the address too", async () => {
    const ann = newcomer();
    await post("/api/auth/register/", ann, mandatory);
    await forgot(ann.email);
    expect((await reset(await linkTo(ann.email))).status).toBe(200);
    expect((await post("/api/auth/login/", { username: ann.username, password: NEW }, mandatory)).status).toBe(200);
  });

  it("a word that is none of them shuts, and /health/ready says so", async () => {
    const wrong = { EMAIL_VERIFICATION: "required" };
    expect((await post("/api/auth/register/", newcomer(), wrong)).body).toEqual({ detail: "Verification e-mail sent." });
    for (const changes of [wrong, { ...mandatory, MAIL: "none" }]) {
      const { status, body } = await call("GET", "/health/ready/", { env: changes });
      expect({ status, names: body.detail.includes("EMAIL_VERIFICATION") }).toEqual({ status: 503, names: true });
    }
    expect((await call("GET", "/health/ready/", { env: mandatory })).status).toBe(200);
  });
});

describe("changing a password", () => {
  it("needs the old one, keeps this session and ends the others, tokens and sockets", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const [mine, theirs] = [await ann.socket(), await phone.socket()];
    expect(says(await change(ann, "not-the-password"))).toEqual({ status: 400, body: { old_password: [WRONG_OLD] } });
    expect((await phone.get("/api/users/me/")).status, "nothing has happened yet").toBe(200);

    expect(says(await change(ann))).toEqual({ status: 200, body: { detail: "New password has been saved." } });
    expect((await phone.get("/api/users/me/")).status).toBe(401);
    expect((await post("/api/auth/refresh/", { refresh: phone.refresh })).status).toBe(401);
    expect((await theirs.closing()).code).toBe(4401);
    expect((await ann.get("/api/users/me/")).status).toBe(200);
    expect((await post("/api/auth/refresh/", { refresh: ann.refresh })).status).toBe(200);
    expect(mine.closed).toBeNull();
    expect((await login(ann)).status).toBe(401);
    expect((await login(ann, NEW)).status).toBe(200);
  });

  it("holds the new one to what a registration asks, and to its repetition", async () => {
    const ann = await aPerson();
    const ask = async (body: object) => says(await ann.post("/api/auth/password/change/", { old_password: PASSWORD, ...body }));
    const before = await everything();
    expect(await ask({ new_password: "1234567" })).toEqual({
      status: 400,
      body: {
        new_password: ["This password is too short. It must contain at least 8 characters.", "This password is entirely numeric."],
      },
    });
    expect(await ask({ new_password: ann.username })).toMatchObject({
      body: { new_password: ["The password is too similar to the username."] },
    });
    expect(await ask({ new_password: "x".repeat(73) })).toMatchObject({ status: 400 });
    expect(await ask({ new_password: NEW, new_password2: OTHER })).toEqual({
      status: 400,
      body: { new_password2: ["The two password fields didn’t match."] },
    });
    expect(await ask({})).toEqual({ status: 400, body: { new_password: ["This field is required."] } });
    const { attempts: _, ...after } = await everything();
    const { attempts: __, ...was } = before;
    expect(after).toEqual(was);
    expect((await ask({ new_password: NEW, new_password2: NEW })).status).toBe(200);
  });

  it("says so to its owner, without the password", async () => {
    const ann = await aPerson();
    await change(ann);
    const [mail] = await mailsTo(ann.email);
    expect(mail).toMatchObject({ subject: "Your password at Kith was changed" });
    expect(`${mail!.text}${mail!.html}`).not.toContain(NEW);
    expect(linkIn(mail!).url.pathname).toBe("/forgot-password/");
  });

  it("tells of a wrong old one and a bad new one together", async () => {
    const ann = await aPerson();
    const body = { old_password: "not-the-password", new_password: "12345", new_password2: "other" };
    expect(says(await ann.post("/api/auth/password/change/", body))).toEqual({
      status: 400,
      body: {
        old_password: ["Your old password was entered incorrectly. Please enter it again."],
        new_password: ["This password is too short. It must contain at least 8 characters.", "This password is entirely numeric."],
        new_password2: ["The two password fields didn’t match."],
      },
    });
  });

  it("locks after too many wrong old ones", async () => {
    const ann = await aPerson();
    for (let i = 0; i < 10; i++) expect((await change(ann, "not-the-password")).status).toBe(400);
    const locked = await change(ann);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("is not for who has none: they set one by a reset", async () => {
    const ann = await aPerson();
    await query("update users set password_hash = '!' where id = ?", ann.id);
    for (const guess of ["!", PASSWORD]) expect((await change(ann, guess)).status).toBe(400);
    expect((await login(ann, "!")).status).toBe(401);
    expect((await reset(await resetLink(ann))).status).toBe(200);
    expect((await login(ann, NEW)).status).toBe(200);
  });
});

describe("resetting a password", () => {
  it("works by the mailed link, ends every session and begins none", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const socket = await ann.socket();
    const link = await resetLink(ann);
    expect(link.url.origin + link.url.pathname).toBe("https://kith.test/reset-password/");
    expect((await ann.get("/api/users/me/")).status, "asking changes nothing").toBe(200);
    const done = await reset(link);
    expect(says(done)).toEqual({ status: 200, body: { detail: "Password has been reset with the new password." } });
    expect(done.headers.get("set-cookie")).toBeNull();
    for (const device of [ann, phone]) expect((await device.get("/api/users/me/")).status).toBe(401);
    expect((await socket.closing()).code).toBe(4401);
    expect((await login(ann)).status).toBe(401);
    expect((await login(ann, NEW)).status).toBe(200);
    expect((await mailsTo(ann.email))[0]).toMatchObject({ subject: "Your password at Kith was changed" });
  });

  it("works once", async () => {
    const ann = await aPerson();
    const link = await resetLink(ann);
    const answers = await Promise.all([reset(link, NEW), reset(link, NEW), reset(link, NEW)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(says(await reset(link, OTHER))).toEqual(BAD_TOKEN);
    expect((await login(ann, NEW)).status).toBe(200);
  });

  it("works for half an hour", async () => {
    stopClock();
    const ann = await aPerson();
    const link = await resetLink(ann);
    later(HOUR / 2);
    expect(says(await reset(link))).toEqual(BAD_TOKEN);
    later(-1);
    expect((await reset(link)).status).toBe(200);
  });

  it("works by the newest link, though two of one second both arrive", async () => {
    stopClock();
    const ann = await aPerson();
    await forgot(ann.email);
    await forgot(ann.email);
    const [second, first] = (await mailsTo(ann.email)).map(linkIn);
    expect(second!.token).not.toBe(first!.token);
    expect(says(await reset(first!))).toEqual(BAD_TOKEN);
    expect((await reset(second!)).status).toBe(200);
  });

  it("does not work after the password or the address has changed", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const forAnn = await resetLink(ann);
    await change(ann);
    expect(says(await reset(forAnn, OTHER))).toEqual(BAD_TOKEN);
    const forBob = await resetLink(bob);
    await move(bob, "bob@elsewhere.example");
    expect((await verify((await linkTo("bob@elsewhere.example")).key)).status).toBe(200);
    expect(says(await reset(forBob))).toEqual(BAD_TOKEN);
  });

  it("works for nobody but whom it was mailed to", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { uid, token } = await resetLink(ann);
    expect(says(await reset({ uid: String(bob.id), token }))).toEqual(BAD_TOKEN);
    for (const nobody of ["999999", "0", "x", "1 or 1=1", "-1", "1e3"])
      expect(says(await reset({ uid: nobody, token })), nobody).toEqual({ status: 400, body: { uid: ["Invalid value"] } });
    const { key } = linkIn((await mailsTo(ann.email)).find(({ subject }) => subject.startsWith("Confirm"))!);
    expect(says(await reset({ uid, token: key })), "a link of another purpose").toEqual(BAD_TOKEN);
    expect(says(await verify(token)), "and the other way round").toEqual(BAD_LINK);
    expect((await reset({ uid, token })).status).toBe(200);
  });

  it("keeps the link when the new password is not good enough", async () => {
    const ann = await aPerson();
    const link = await resetLink(ann);
    expect(says(await reset(link, "sunshine"))).toEqual({ status: 400, body: { new_password: ["This password is too common."] } });
    expect((await reset(link)).status).toBe(200);
  });

  it("answers alike for an address that nobody has, does as much, and mails nothing", async () => {
    const ann = await aPerson();
    const digest = vi.spyOn(crypto.subtle, "digest");
    const seen = [];
    for (const email of [ann.email, "nobody@example.test", `  ${ann.email.toUpperCase()}`]) {
      const { status, text, headers } = await forgot(email);
      seen.push({ status, text, headers: [...headers].filter(([name]) => name !== "x-request-id"), hashed: digest.mock.calls.length });
      digest.mockClear();
    }
    expect(seen[0]).toMatchObject({ status: 200 });
    for (const answer of seen) expect(answer).toEqual(seen[0]);
    expect(await mailsTo(ann.email)).toHaveLength(3);
    expect(await query("select address from outbox where address like '%nobody%'")).toEqual([]);
  });

  it("opens the door again for who was locked out", async () => {
    const ann = await aPerson();
    for (let i = 0; i < 10; i++) await login(ann, "not-the-password", { email: ann.email });
    expect((await login(ann, PASSWORD, { email: ann.email })).status).toBe(429);
    await reset(await resetLink(ann));
    expect((await login(ann, NEW, { email: ann.email })).status).toBe(200);
  });

  it("is not for who is suspended", async () => {
    const ann = await aPerson();
    await query("update users set suspended_at = '2026-01-01T00:00:00.000Z' where id = ?", ann.id);
    expect((await forgot(ann.email)).status).toBe(200);
    expect(await mailsTo(ann.email)).toHaveLength(1);
  });

  it("works for nobody by a link that was mailed before they were suspended, which is like any bad one", async () => {
    const ann = await aPerson();
    const { key } = await linkTo(ann.email);
    const link = await resetLink(ann);
    const suspend = (since: string | null) => query("update users set suspended_at = ? where id = ?", since, ann.id);
    await suspend("2026-01-01T00:00:00.000Z");
    expect(says(await reset(link))).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    expect(says(await verify(key))).toEqual(BAD_LINK);
    await suspend(null);
    expect([(await verify(key)).status, (await reset(link)).status], "they are good but for that").toEqual([200, 200]);
  });

  it("is limited for an address that somebody has as for one that nobody has", async () => {
    const ann = await aPerson();
    const strict = { RATE_LIMITS: "strict" };
    for (const email of [ann.email, "nobody@example.test"]) {
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await post("/api/auth/password/reset/", { email }, strict)).status);
      expect(statuses, email).toEqual([200, 200, 200, 200, 200, 429]);
    }
    expect(await mailsTo(ann.email)).toHaveLength(6);
  });
});

describe("changing an address", () => {
  const fresh = () => `${newName("new")}@example.test`;

  it("takes effect when the link to the new one is used; the old one is told before", async () => {
    const ann = await aPerson();
    const email = fresh();
    expect(says(await move(ann, email))).toEqual({ status: 200, body: { detail: "A mail is on its way to the new address." } });
    expect(await me(ann)).toMatchObject({ email: ann.email });
    expect((await mailsTo(ann.email))[0]).toMatchObject({ subject: "Your e-mail address at Kith is about to change" });
    expect((await mailsTo(ann.email))[0]!.text).not.toContain(email);

    const socket = await ann.socket();
    const { key, url } = await linkTo(email);
    expect(url.pathname).toBe("/verify-email/");
    expect((await verify(key)).status).toBe(200);
    expect(await me(ann)).toMatchObject({ email, email_verified: true });
    expect((await socket.next("profile_update")).user).toMatchObject({ email });
    expect(says(await verify(key))).toEqual(BAD_LINK);
    expect((await login(ann, PASSWORD, { email })).status).toBe(200);
    expect((await login(ann, PASSWORD, { email: ann.email })).status).toBe(401);
  });

  it("needs the password", async () => {
    const ann = await aPerson();
    const email = fresh();
    expect(says(await move(ann, email, "not-the-password"))).toEqual({
      status: 400,
      body: { password: ["Your password was entered incorrectly. Please enter it again."] },
    });
    expect(says(await move(ann, ann.email))).toEqual({ status: 400, body: { email: ["This is your e-mail address already."] } });
    expect(Object.keys((await move(ann, ann.email, "not-the-password")).body), "both at once").toEqual(["email", "password"]);
    expect(says(await move(ann, "nonsense"))).toEqual({ status: 400, body: { email: ["Enter a valid email address."] } });
    expect([await mailsTo(email), await mailsTo(ann.email)]).toMatchObject([[], [{}]]);
  });

  it("mails no more than five an hour to one address, whoever asks; what mails nothing does not count", async () => {
    const strict = { RATE_LIMITS: "strict" };
    const victim = fresh();
    const ask = async (password = PASSWORD) =>
      (await call("POST", "/api/auth/email/change/", { token: (await aPerson()).access, body: { email: victim, password }, env: strict }))
        .status;
    for (let i = 0; i < 6; i++) expect(await ask("not-the-password")).toBe(400);
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push(await ask());
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await mailsTo(victim)).toHaveLength(5);
  });

  it("to one that somebody has shows only who can read its mails", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const [taken, free] = [await move(ann, bob.email), await move(ann, fresh())];
    expect(says(taken)).toEqual(says(free));
    await move(ann, bob.email);
    const { key } = await linkTo(bob.email);
    const refused = { status: 400, body: { email: ["A user is already registered with this e-mail address."] } };
    expect(says(await verify(key))).toEqual(refused);
    expect([await me(ann), await me(bob)]).toMatchObject([{ email: ann.email }, { email: bob.email }]);
  });

  it("by two to the same at once succeeds for one", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const email = fresh();
    await move(ann, email);
    const first = await linkTo(email);
    await move(bob, email);
    const second = await linkTo(email);
    const answers = await Promise.all([verify(first.key), verify(second.key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it("is off after an hour, after a newer one, and after a new password", async () => {
    stopClock();
    const ann = await aPerson();
    const [one, two, three] = [fresh(), fresh(), fresh()];
    await move(ann, one);
    await move(ann, two);
    expect(says(await verify((await linkTo(one)).key))).toEqual(BAD_LINK);
    later(HOUR);
    expect(says(await verify((await linkTo(two)).key))).toEqual(BAD_LINK);
    const again = await ann.elsewhere();
    await move(again, three);
    await reset(await resetLink(ann));
    expect(says(await verify((await linkTo(three)).key))).toEqual(BAD_LINK);
  });

  it("leaves the link of the registration void", async () => {
    const ann = await aPerson();
    const { key } = await linkTo(ann.email);
    const email = fresh();
    await move(ann, email);
    await verify((await linkTo(email)).key);
    expect(says(await verify(key))).toEqual(BAD_LINK);
    expect(await me(ann)).toMatchObject({ email });
  });
});

describe("the secret of a link", () => {
  const TABLES =
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_cf\\_%' escape '\\'";

  it("is nowhere in the database, and in no log line", async () => {
    const lines: string[] = [];
    for (const level of ["log", "error"] as const) vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
    const ann = await aPerson();
    await forgot(ann.email);
    await move(ann, "new@example.test");
    const carrier = new Carrier();
    await call("POST", "/api/auth/email/resend/", { body: { email: ann.email }, env: carrier.env });
    const links = [...(await mailsTo(ann.email)), ...(await mailsTo("new@example.test")), ...carrier.sent].map(linkIn);
    const secrets = links.map(({ key, token }) => key || token).filter(Boolean);
    expect(new Set(secrets).size).toBe(4);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    for (const secret of secrets) {
      await call("GET", `/verify-email/?key=${secret}`);
      await verify(secret);
      await reset({ uid: String(ann.id), token: secret }, "1234567");
    }

    const names = (await query<{ name: string }>(TABLES)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["outbox", "email_links", "users", "attempts", "events"]));
    let stored = "";
    for (const name of names) stored += JSON.stringify(await query(`select * from "${name}"`));
    const [letter] = await query<{ nonce: string }>("select params ->> '$.link.nonce' as nonce from outbox limit 1");
    expect(stored, "so a secret would be found").toContain(letter!.nonce);
    for (const secret of secrets) expect(stored).not.toContain(secret);
    const log = lines.join("\n");
    expect(log).toContain("/api/auth/email/verify/");
    for (const secret of [...secrets, ann.email, "new@example.test"]) expect(log).not.toContain(secret);
  });

  it("outlives a new signing key: links that are out work on, and mails that wait are written with the old one", async () => {
    stopClock();
    const ann = await aPerson();
    const before = await linkTo(ann.email);
    await forgot(ann.email);
    const rotated = { JWT_SECRET: "a-new-secret-0123456789abcdef0123456789", JWT_SECRET_PREVIOUS: env.JWT_SECRET };
    const { body: mails } = await call("GET", `/dev/mailbox/?to=${ann.email}`, { env: rotated });
    expect(mails.map(linkIn)).toMatchObject([{ token: (await linkTo(ann.email)).token }, { key: before.key }]);
    expect((await post("/api/auth/email/verify/", { key: before.key }, rotated)).status).toBe(200);
  });

  it("is another for each purpose and each person", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    for (const { email } of [ann, bob]) await forgot(email);
    const all = [...(await mailsTo(ann.email)), ...(await mailsTo(bob.email))].map(linkIn).map(({ key, token }) => key || token);
    expect(new Set(all).size).toBe(4);
  });
});

describe("a new password", () => {
  it("is hashed at the full cost, by either way", async () => {
    vi.restoreAllMocks();
    vi.spyOn(console, "log").mockReturnValue();
    const ann = await aPerson();
    const cost = async () => bcrypt.getRounds((await query<{ hash: string }>("select password_hash as hash from users"))[0]!.hash);
    await change(ann);
    expect(await cost()).toBe(10);
    await reset(await resetLink(ann), OTHER);
    expect(await cost()).toBe(10);
  });
});
