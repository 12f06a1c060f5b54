import { beforeEach, describe, expect, it, vi } from "vitest";
import { linkTo, mailsTo } from "./support/mail";
import { type Answer, aPerson, call, newName, PASSWORD, type Person } from "./support/people";

/** contracts §5: passwords and addresses in dj-rest-auth's paths, shapes and words. */

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const NEW = "another-good-password";
const says = ({ status, body }: Answer) => ({ status, body });
const post = (path: string, body: unknown, changes?: Record<string, unknown>) =>
  call("POST", `/dj-rest-auth/${path}`, { body, ...(changes && { env: changes }) });
const change = async (person: Person, body: object) => says(await person.post("/dj-rest-auth/password/change/", body));
const both = (one: string, two = one) => ({ new_password1: one, new_password2: two });
const logsIn = async ({ username }: Person, password: string) => (await post("login/", { username, password })).status;

describe("password/change/", () => {
  it("saves the new password", async () => {
    const ann = await aPerson();
    expect(await change(ann, { old_password: PASSWORD, ...both(NEW) })).toEqual({
      status: 200,
      body: { detail: "New password has been saved." },
    });
    expect([await logsIn(ann, NEW), await logsIn(ann, PASSWORD)]).toEqual([200, 400]);
    expect((await ann.get("/dj-rest-auth/user/")).status).toBe(200);
  });

  it("refuses in its own words", async () => {
    const ann = await aPerson();
    expect(await change(ann, { old_password: "wrong", ...both(NEW) })).toEqual({
      status: 400,
      body: { old_password: ["Your old password was entered incorrectly. Please enter it again."] },
    });
    expect(await change(ann, { old_password: PASSWORD, ...both(NEW, "other") })).toEqual({
      status: 400,
      body: { new_password2: ["The two password fields didn’t match."] },
    });
    expect(await change(ann, { old_password: "wrong", ...both(NEW, "other") })).toEqual({
      status: 400,
      body: {
        old_password: ["Your old password was entered incorrectly. Please enter it again."],
        new_password2: ["The two password fields didn’t match."],
      },
    });
    expect(await change(ann, { old_password: PASSWORD, ...both("12345") })).toEqual({
      status: 400,
      body: {
        new_password2: ["This password is too short. It must contain at least 8 characters.", "This password is entirely numeric."],
      },
    });
    expect(await change(ann, {})).toEqual({
      status: 400,
      body: {
        new_password1: ["This field is required."],
        new_password2: ["This field is required."],
        old_password: ["This field is required."],
      },
    });
    expect(await logsIn(ann, PASSWORD)).toBe(200);
  });
});

describe("password/reset/", () => {
  const SENT = { status: 200, body: { detail: "Password reset e-mail has been sent." } };

  it("answers alike for every address, and refuses what is none", async () => {
    const ann = await aPerson();
    for (const email of [ann.email, "nobody@example.test"]) expect(says(await post("password/reset/", { email }))).toEqual(SENT);
    expect(says(await post("password/reset/", { email: "nonsense" }))).toEqual({
      status: 400,
      body: { email: ["Enter a valid email address."] },
    });
  });

  it("confirm/ sets the password by uid and token of the mail", async () => {
    const ann = await aPerson();
    await post("password/reset/", { email: ann.email });
    const { uid, token } = await linkTo(ann.email);
    const confirm = async (body: object) => says(await post("password/reset/confirm/", { uid, token, ...both(NEW), ...body }));
    expect(await confirm({ uid: "MTIz" })).toEqual({ status: 400, body: { uid: ["Invalid value"] } });
    expect(await confirm({ uid: 999999 })).toEqual({ status: 400, body: { uid: ["Invalid value"] } });
    expect(await confirm({ token: "c0ffee-0123456789" })).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    expect(await confirm({ token: "x", ...both("1", "2") })).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    expect(await confirm({ new_password2: "other" })).toEqual({
      status: 400,
      body: { new_password2: ["The two password fields didn’t match."] },
    });
    expect(await confirm(both("sunshine"))).toEqual({ status: 400, body: { new_password2: ["This password is too common."] } });
    expect(await confirm({ uid: Number(uid) })).toEqual({
      status: 200,
      body: { detail: "Password has been reset with the new password." },
    });
    expect(await confirm({})).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    expect([await logsIn(ann, NEW), await logsIn(ann, PASSWORD)]).toEqual([200, 400]);
    expect((await ann.get("/dj-rest-auth/user/")).status).toBe(401);
  });
});

describe("registration/verify-email/", () => {
  it("says ok to the key of the mail, once, and knows no other", async () => {
    const ann = await aPerson();
    const { key } = await linkTo(ann.email);
    const NOT_FOUND = { status: 404, body: { detail: "Not found." } };
    expect(says(await post("registration/verify-email/", { key: "nonsense" }))).toEqual(NOT_FOUND);
    expect(says(await post("registration/verify-email/", {}))).toEqual({ status: 400, body: { key: ["This field is required."] } });
    expect(says(await post("registration/verify-email/", { key }))).toEqual({ status: 200, body: { detail: "ok" } });
    expect(says(await post("registration/verify-email/", { key }))).toEqual(NOT_FOUND);
    expect((await ann.get("/api/users/me/")).body.email_verified).toBe(true);
  });
});

describe("registration/resend-email/", () => {
  it("says ok to every address", async () => {
    const ann = await aPerson();
    for (const email of [ann.email, "nobody@example.test"])
      expect(says(await post("registration/resend-email/", { email }))).toEqual({ status: 200, body: { detail: "ok" } });
    expect(await mailsTo(ann.email)).toHaveLength(2);
    expect((await post("registration/resend-email/", { email: "" })).status).toBe(400);
  });
});

describe("with mandatory verification", () => {
  const mandatory = { EMAIL_VERIFICATION: "mandatory" };

  it("a registration sends a mail and no tokens, and who has not confirmed is told so, if the password is right", async () => {
    const username = newName();
    const email = `${username}@example.test`;
    const made = await post("registration/", { username, email, password1: PASSWORD, password2: PASSWORD }, mandatory);
    expect(says(made)).toEqual({ status: 201, body: { detail: "Verification e-mail sent." } });
    expect(says(await post("login/", { username, password: PASSWORD }, mandatory))).toEqual({
      status: 400,
      body: { non_field_errors: ["E-mail is not verified."] },
    });
    expect(says(await post("login/", { username, password: "wrong" }, mandatory))).toEqual({
      status: 400,
      body: { non_field_errors: ["Unable to log in with provided credentials."] },
    });
    expect((await post("registration/verify-email/", { key: (await linkTo(email)).key }, mandatory)).status).toBe(200);
    expect((await post("login/", { username, password: PASSWORD }, mandatory)).status).toBe(200);
  });
});
