import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { claimsOf } from "./support/jwt";
import { linkTo } from "./support/mail";
import { aPerson, call, newName, PASSWORD } from "./support/people";

/** The preferences app's client (contracts §2) calls an access token `token`. */

const newcomer = (changes: object = {}) => {
  const username = newName();
  return { username, email: `${username}@example.test`, password: PASSWORD, ...changes };
};

describe("the preferences app", () => {
  it("registers and gets a token that is good", async () => {
    const { status, body } = await call("POST", "/register/", { body: newcomer() });
    expect({ status, body }).toEqual({ status: 201, body: { token: expect.any(String) } });
    expect(claimsOf(body.token).token_type).toBe("access");
    expect((await call("GET", "/api/users/me/", { token: body.token })).status).toBe(200);
  });

  it("is told what is wrong by field, and in the detail that its page shows", async () => {
    const ann = await aPerson();
    const taken = "A user with that username already exists.";
    expect(await call("POST", "/register/", { body: newcomer({ username: ann.username }) })).toMatchObject({
      status: 400,
      body: { username: [taken], detail: taken },
    });
    expect(await call("POST", "/register/", { body: newcomer({ email: "nowhere", username: "x".repeat(151) }) })).toMatchObject({
      status: 400,
      body: {
        username: ["Ensure this field has no more than 150 characters."],
        email: ["Enter a valid email address."],
        detail: "Ensure this field has no more than 150 characters.",
      },
    });
  });

  it.each([["email"], ["username"]] as const)("logs in by %s", async (by) => {
    const ann = await aPerson();
    const { status, body } = await call("POST", "/login/", { body: { [by]: ann[by], password: PASSWORD } });
    expect({ status, body }).toEqual({
      status: 200,
      body: { token: body.access, access: expect.any(String), refresh: expect.any(String) },
    });
    expect(claimsOf(body.token).user_id).toBe(ann.id);
  });

  it("gets the same refusal for wrong credentials as for none", async () => {
    const ann = await aPerson();
    for (const body of [
      { email: ann.email, password: "wrong" },
      { email: "nobody@example.test", password: PASSWORD },
      { email: ann.email },
      {},
    ]) {
      const answer = await call("POST", "/login/", { body });
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 401,
        body: { detail: "Invalid credentials", non_field_errors: ["Invalid credentials"] },
      });
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="api"');
    }
  });
});

describe("where the address has to be confirmed first", () => {
  const mandatory = { EMAIL_VERIFICATION: "mandatory" };
  const SENT = { detail: "Verification e-mail sent." };

  it("registers without a token, and says that a mail is on its way", async () => {
    const person = newcomer();
    const { status, body, headers } = await call("POST", "/register/", { body: person, env: mandatory });
    expect({ status, body, cookies: headers.getSetCookie() }).toEqual({ status: 201, body: SENT, cookies: [] });
    expect(await query("select * from sessions")).toEqual([]);
    expect(await query("select address, template from outbox")).toEqual([{ address: person.email, template: "verify" }]);
  });

  it("logs in who has confirmed it, tells who has the password what is missing, and nobody else anything", async () => {
    const { username, email, password } = newcomer();
    await call("POST", "/register/", { body: { username, email, password }, env: mandatory });
    const login = (body: object) => call("POST", "/login/", { body, env: mandatory });
    const early = await login({ email, password });
    expect(early).toMatchObject({ status: 403, body: { detail: "E-mail is not verified.", code: "email_not_verified" } });
    expect(early.headers.getSetCookie()).toEqual([]);
    expect(early.text).not.toMatch(new RegExp(`eyJ|${username}`));
    for (const body of [
      { email, password: "wrong-one" },
      { email: "nobody@example.test", password },
    ]) {
      const answer = await login(body);
      expect(answer).toMatchObject({ status: 401, body: { detail: "Invalid credentials" } });
      expect(answer.text).not.toMatch(/verif/);
    }
    await call("POST", "/api/auth/email/verify/", { body: { key: (await linkTo(email)).key } });
    expect(await login({ email, password })).toMatchObject({ status: 200, body: { token: expect.any(String) } });
  });
});
