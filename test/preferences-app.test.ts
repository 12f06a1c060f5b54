import { describe, expect, it } from "vitest";
import { claimsOf } from "./support/jwt";
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
    expect({ status, body }).toEqual({ status: 200, body: { token: expect.any(String), refresh: expect.any(String) } });
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
