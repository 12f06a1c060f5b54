import { env } from "cloudflare:workers";
import bcrypt from "bcryptjs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { realHashes } from "./support/hashes";
import { claimsOf } from "./support/jwt";
import { type Answer, aPerson, call, newName, PASSWORD } from "./support/people";

beforeEach(realHashes);

const register = (body: unknown, path = "/api/auth/register/") => call("POST", path, { body });
const login = (body: unknown, path = "/api/auth/login/") => call("POST", path, { body });
const says = ({ status, body }: Answer) => ({ status, body });
const newcomer = (changes: object = {}) => {
  const username = newName();
  return { username, email: `${username}@example.test`, password: PASSWORD, ...changes };
};
const countUsers = async () => (await env.DB.prepare("select count(*) as n from users").first<{ n: number }>())!.n;

const NAME_TAKEN = "A user with that username already exists.";
const EMAIL_TAKEN = "A user is already registered with this e-mail address.";

describe("registering", () => {
  it("answers with all that any client looks for: message, person, tokens in both places", async () => {
    const ann = newcomer();
    const { status, body } = await register(ann);
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(["access", "message", "refresh", "tokens", "user"]);
    expect(body.tokens).toEqual({ access: body.access, refresh: body.refresh });
    expect(body.user).toEqual({
      id: claimsOf(body.access).user_id,
      username: ann.username,
      email: ann.email,
      avatar: null,
      bio: null,
      status: "offline",
      is_online: false,
      last_online: null,
      email_verified: false,
      first_name: "",
      last_name: "",
      birth_date: null,
      age: null,
      phone_number: null,
      profession: null,
      status_line: null,
      role: "member",
      visibility: "public",
    });
    expect((await call("GET", "/api/users/me/", { token: body.access })).body.username).toBe(ann.username);
  });

  it("without a username makes one of the e-mail address, and another if that is taken", async () => {
    const name = newName();
    const first = await register({ email: `${name}@one.example`, password: PASSWORD });
    const second = await register({ email: `${name}@two.example`, password: PASSWORD });
    expect(first.body.user.username).toBe(name);
    expect(second.body.user.username).toMatch(new RegExp(`^${name}\\d{6}$`));
  });

  it.each(["password2", "confirmPassword"])("takes the password again as %s, and only the same", async (again) => {
    expect(says(await register(newcomer({ [again]: "another-password" })))).toEqual({
      status: 400,
      body: { non_field_errors: ["The two password fields didn't match."] },
    });
    expect((await register(newcomer({ [again]: PASSWORD }))).status).toBe(201);
  });

  it("refuses a username and an address that are taken, both at once, in any case", async () => {
    const ann = await aPerson();
    const taken = { username: ann.username.toUpperCase(), email: ann.email.toUpperCase(), password: PASSWORD };
    expect(says(await register(taken))).toEqual({ status: 400, body: { username: [NAME_TAKEN], email: [EMAIL_TAKEN] } });
    expect(says(await register({ ...taken, email: newcomer().email }))).toEqual({ status: 400, body: { username: [NAME_TAKEN] } });
    expect(says(await register({ ...taken, username: newName() }))).toEqual({ status: 400, body: { email: [EMAIL_TAKEN] } });
    expect(await countUsers()).toBe(1);
  });

  it("refuses a username that is another's e-mail address: a log-in could mean either", async () => {
    const ann = await aPerson();
    expect(says(await register(newcomer({ username: ann.email })))).toEqual({ status: 400, body: { username: [NAME_TAKEN] } });
  });

  it("tells of a taken name and a bad password at once", async () => {
    const ann = await aPerson();
    const { body } = await register(newcomer({ username: ann.username, password: "1234567" }));
    expect(Object.keys(body)).toEqual(["username", "password"]);
  });

  it.each(["has space", "semi;colon", "<b>", "a/b", "new\nline", "\u202eabc", "a\u200bb", "🐈"])(
    "refuses the username %j",
    async (username) => {
      expect(says(await register(newcomer({ username })))).toEqual({
        status: 400,
        body: { username: ["Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."] },
      });
    },
  );

  it("takes letters of any script, and sees through how they are written", async () => {
    const stem = newName("żółć");
    const first = await register(newcomer({ username: stem.normalize("NFD") }));
    expect(first.body.user.username).toBe(stem);
    expect((await register(newcomer({ username: stem.toUpperCase() }))).body).toEqual({ username: [NAME_TAKEN] });
    const wide = await register(newcomer({ username: `ｆｕｌｌ_${newName()}` }));
    expect(wide.body.user.username).toMatch(/^full_/);
    expect((await register(newcomer({ username: "㌀".repeat(100) }))).body, "100 signs for 400 letters").toEqual({
      username: ["Ensure this field has no more than 150 characters."],
    });
  });

  it("keeps an address in lower case and a name as it was typed", async () => {
    const { username, email } = newcomer();
    const { body } = await register({ username: `  ${username.toUpperCase()} `, email: ` ${email.toUpperCase()} `, password: PASSWORD });
    expect(body.user).toMatchObject({ username: username.toUpperCase(), email });
  });

  it("sets nothing but what it asks for", async () => {
    const { body } = await register(newcomer({ id: 777, is_staff: true, password_hash: "x", status: "online", created_at: "1999-01-01" }));
    expect(body.user).toMatchObject({ status: "offline" });
    expect(body.user.id).not.toBe(777);
    const row = await env.DB.prepare("select * from users where id = ?").bind(body.user.id).first();
    expect(row).toMatchObject({ password_hash: expect.stringMatching(/^\$2b\$10\$/), created_at: expect.stringMatching(/^20[2-9]/) });
  });

  it("eight times at once under one name makes one person", async () => {
    const name = newName();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => register({ username: name, email: `${name}${i}@example.test`, password: PASSWORD })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(says(answer)).toEqual({ status: 400, body: { username: [NAME_TAKEN] } });
    expect(await countUsers()).toBe(1);
  });

  it("eight times at once with one address makes one person", async () => {
    const { email } = newcomer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(newcomer({ email }))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(answer.body).toEqual({ email: [EMAIL_TAKEN] });
  });
});

describe("logging in", () => {
  it("works with the username in any case, with the address in either field, and with both", async () => {
    const { username, email, id } = await aPerson();
    const names = [
      { username },
      { username: username.toUpperCase() },
      { username: email },
      { email },
      { email: ` ${email.toUpperCase()} ` },
    ];
    for (const name of [...names, { username, email }]) {
      const { status, body } = await login({ ...name, password: PASSWORD });
      expect({ name, status, id: body.user?.id }).toEqual({ name, status: 200, id });
    }
  });

  it("answers with tokens in both places and the whole person", async () => {
    const ann = await aPerson();
    const { body } = await login({ email: ann.email, password: PASSWORD });
    expect(Object.keys(body).sort()).toEqual(["access", "refresh", "tokens", "user"]);
    expect(body.tokens).toEqual({ access: body.access, refresh: body.refresh });
    expect(body.user).toMatchObject({ id: ann.id, email: ann.email, username: ann.username, bio: null, avatar: null });
  });

  it("opens a session of its own each time", async () => {
    const ann = await aPerson();
    const tokens = [ann.access, (await ann.elsewhere()).access, (await ann.elsewhere()).access];
    expect(new Set(tokens.map((token) => claimsOf(token).sid)).size).toBe(3);
  });

  it("with an address in the field for it never means somebody's username", async () => {
    const ann = await aPerson();
    expect((await login({ email: ann.username, password: PASSWORD })).status).toBe(401);
  });

  it("asks for what is missing", async () => {
    expect(says(await login({ password: "x" }))).toEqual({ status: 400, body: { username: ["This field is required."] } });
    expect(says(await login({ email: "a@b.example" }))).toEqual({ status: 400, body: { password: ["This field is required."] } });
  });

  it("fails alike for an unknown person, a wrong password and one that is too long, and compares once in each", async () => {
    const ann = await aPerson();
    const compare = vi.spyOn(bcrypt, "compare");
    const attempts = [
      { username: ann.username, password: "not-the-password" },
      { username: "nobody-of-this-name", password: "not-the-password" },
      { email: "nobody@example.test", password: PASSWORD },
      { username: ann.username, password: "x".repeat(73) },
      { username: ann.username, password: `${PASSWORD}${"x".repeat(4000)}` },
      { username: "nobody-of-this-name", password: "x".repeat(73) },
      { username: ann.username, password: ` ${PASSWORD}` },
    ];
    const seen = [];
    for (const body of attempts) {
      const { status, text, headers } = await login(body);
      const shown = [...headers].filter(([name]) => name !== "x-request-id");
      seen.push({ status, text, headers: shown, compared: compare.mock.calls.length });
      compare.mockClear();
    }
    expect(seen[0]).toMatchObject({ status: 401, compared: 1 });
    for (const [i, attempt] of seen.entries()) expect(attempt, JSON.stringify(attempts[i]).slice(0, 60)).toEqual(seen[0]);
    expect((await login({ username: ann.username, password: PASSWORD })).status).toBe(200);
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it("compares an unknown person's password with a hash as costly as a real one", async () => {
    const compare = vi.spyOn(bcrypt, "compare");
    await login({ username: "nobody-of-this-name", password: "x" });
    expect(bcrypt.getRounds(compare.mock.calls[0]![1])).toBe(10);
  });

  it("cannot be had with a LIKE pattern, a list or a piece of SQL", async () => {
    const { username } = await aPerson();
    for (const name of [`${username.slice(0, 4)}%`, "%", "' or 1=1 --", `${username}'--`])
      expect((await login({ username: name, password: PASSWORD })).status).toBe(401);
    expect((await login({ username: { $ne: "" }, password: PASSWORD })).status).toBe(400);
    expect((await login({ username: [username], password: PASSWORD })).status).toBe(400);
  });
});
