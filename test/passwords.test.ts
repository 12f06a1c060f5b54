import { env } from "cloudflare:workers";
import bcrypt from "bcryptjs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { COMMON_PASSWORDS } from "../src/modules/auth/common-passwords";
import { passwordProblems } from "../src/modules/auth/password";
import { realHashes } from "./support/hashes";
import { aPerson, call, newName, PASSWORD } from "./support/people";

beforeEach(realHashes);

const TOO_SHORT = "This password is too short. It must contain at least 8 characters.";
const TOO_LONG = "This password is too long. It may take at most 72 bytes.";
const TOO_COMMON = "This password is too common.";
const NUMERIC = "This password is entirely numeric.";
const LIKE_USERNAME = "The password is too similar to the username.";
const LIKE_EMAIL = "The password is too similar to the email address.";

const owner = { username: "margaret", email: "m.hamilton@example.test" };

describe("a password", () => {
  it.each([
    ["", [TOO_SHORT]],
    ["x7#kQ2z", [TOO_SHORT]],
    ["x7#kQ2z9", []],
    ["żółćżółć", []],
    ["🐈🐈🐈🐈", [TOO_SHORT]],
    ["        ", []],
    ["fifteenletterss", []],
    ["onlylowercaseletters", []],
    ["x".repeat(64), []],
    ["x".repeat(72), []],
    ["x".repeat(73), [TOO_LONG]],
    ["é".repeat(36), []],
    ["é".repeat(37), [TOO_LONG]],
    ["🐈".repeat(18), []],
    ["🐈".repeat(19), [TOO_LONG]],
    ["12345678", [NUMERIC]],
    ["8364950172630", [NUMERIC]],
    ["8364950172630x", []],
    ["1234567", [TOO_SHORT, NUMERIC]],
    ["password", [TOO_COMMON]],
    ["PassWord1", [TOO_COMMON]],
    ["trustno1", [TOO_COMMON]],
    ["p455w0rd", [TOO_COMMON]],
    ["kith", [TOO_SHORT, TOO_COMMON]],
    ["margaret", [LIKE_USERNAME, TOO_COMMON]],
    ["Margaret1", [LIKE_USERNAME]],
    ["1margaret12", [LIKE_USERNAME]],
    ["margaret-and-much-more", []],
    ["m.hamilton", [LIKE_EMAIL]],
    ["M.Hamilton9", [LIKE_EMAIL]],
    ["m.hamilton@example.test", [LIKE_EMAIL]],
  ])("%j has the problems %j", (password, problems) => {
    expect(passwordProblems(password, owner)).toEqual(problems);
  });

  it("is common if it is among the three thousand most used of its length", () => {
    expect(COMMON_PASSWORDS.size).toBeGreaterThanOrEqual(3000);
    for (const word of COMMON_PASSWORDS) expect(word.length).toBeGreaterThanOrEqual(8);
  });
});

describe("registering", () => {
  const register = (password: unknown, username = newName()) =>
    call("POST", "/api/auth/register/", { body: { username, email: `${newName()}@example.test`, password } });
  const login = async (username: string, password: string) =>
    (await call("POST", "/api/auth/login/", { body: { username, password } })).status;

  it.each([
    ["1234567", [TOO_SHORT, NUMERIC]],
    ["sunshine", [TOO_COMMON]],
    ["x".repeat(73), [TOO_LONG]],
    ["é".repeat(37), [TOO_LONG]],
  ])("refuses %j", async (password, problems) => {
    const { status, body } = await register(password);
    expect({ status, body }).toEqual({ status: 400, body: { password: problems } });
  });

  it("refuses one's own name, and the local part of one's own address", async () => {
    const username = newName("longenough");
    expect((await register(username, username)).body).toEqual({ password: [LIKE_USERNAME] });
    const email = `${newName("longenough")}@example.test`;
    const { body } = await call("POST", "/api/auth/register/", { body: { username, email, password: email.split("@")[0] } });
    expect(body).toEqual({ password: [LIKE_EMAIL] });
  });

  it("takes every character of a long one: the last one counts", async () => {
    const [username, password] = [newName(), `${"long password ".repeat(5)}Z`];
    expect(password.length).toBeGreaterThan(64);
    expect((await register(password, username)).status).toBe(201);
    expect(await login(username, password)).toBe(200);
    expect(await login(username, `${password.slice(0, -1)}Y`)).toBe(401);
    expect(await login(username, password.slice(0, -1))).toBe(401);
  });

  it("takes 72 bytes, and lets nobody in with more behind them", async () => {
    const [username, password] = [newName(), "é".repeat(36)];
    expect((await register(password, username)).status).toBe(201);
    expect(await login(username, password)).toBe(200);
    expect(await login(username, `${password}é`)).toBe(401);
    expect(await login(username, `${password}x`)).toBe(401);
  });

  it("does not trim: a password may begin and end with spaces", async () => {
    const [username, password] = [newName(), "  spaces around  "];
    await register(password, username);
    expect(await login(username, password)).toBe(200);
    expect(await login(username, password.trim())).toBe(401);
  });
});

describe("what is kept of a password", () => {
  const hashOf = async (id: number) =>
    (await env.DB.prepare("select password_hash from users where id = ?").bind(id).first<{ password_hash: string }>())!.password_hash;
  const keep = (id: number, hash: string) => env.DB.prepare("update users set password_hash = ? where id = ?").bind(hash, id).run();

  it("is a bcrypt hash of cost 10", async () => {
    const ann = await aPerson();
    const hash = await hashOf(ann.id);
    expect(hash).toMatch(/^\$2b\$10\$.{53}$/);
    expect(await bcrypt.compare(PASSWORD, hash)).toBe(true);
  });

  it("is made anew at a log-in when it is of a lower cost, and only then", async () => {
    const ann = await aPerson();
    await keep(ann.id, await bcrypt.hash(PASSWORD, 4));
    await call("POST", "/api/auth/login/", { body: { username: ann.username, password: "wrong" } });
    expect(bcrypt.getRounds(await hashOf(ann.id)), "a wrong password upgrades nothing").toBe(4);
    await ann.elsewhere();
    const upgraded = await hashOf(ann.id);
    expect(bcrypt.getRounds(upgraded)).toBe(10);
    const hash = vi.spyOn(bcrypt, "hash");
    expect((await call("POST", "/api/auth/login/", { body: { username: ann.username, password: PASSWORD } })).status).toBe(200);
    expect(await hashOf(ann.id)).toBe(upgraded);
    expect(hash).not.toHaveBeenCalled();
  });

  it("is made anew by several log-ins at once, which all get in", async () => {
    const ann = await aPerson();
    await keep(ann.id, await bcrypt.hash(PASSWORD, 4));
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call("POST", "/api/auth/login/", { body: { username: ann.username, password: PASSWORD } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(bcrypt.getRounds(await hashOf(ann.id))).toBe(10);
  });

  it("is in no answer", async () => {
    const ann = await aPerson();
    const hash = await hashOf(ann.id);
    for (const path of ["/api/users/me/", "/profile/", "/api/users/", "/api/sync/", "/api/auth/sessions/"]) {
      // The preferences app has a field for it, which is empty.
      const text = (await ann.get(path)).text.replace('"password":""', "");
      expect(text, path).not.toContain(hash);
      expect(text, path).not.toMatch(/password|\$2b\$/);
    }
  });
});
