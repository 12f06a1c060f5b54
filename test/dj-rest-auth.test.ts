import { describe, expect, it } from "vitest";
import { Browser } from "./support/browser";
import { claimsOf } from "./support/jwt";
import { type Answer, aPerson, call, newName, PASSWORD, type Person } from "./support/people";
import { later, stopClock } from "./support/time";

/** What clients of dj-rest-auth send and need back (contracts §5). */

const says = ({ status, body }: Answer) => ({ status, body });
const post = async (path: string, body: unknown = {}, headers?: Record<string, string>) =>
  call("POST", `/dj-rest-auth/${path}`, { body, ...(headers && { headers }) });
const newcomer = (changes: object = {}) => {
  const username = newName();
  return { username, email: `${username}@example.test`, password1: PASSWORD, password2: PASSWORD, ...changes };
};
const userOf = (ann: Person) => ({ pk: ann.id, username: ann.username, email: ann.email, first_name: "", last_name: "" });

describe("registration/", () => {
  it("answers the tokens and the person, with a pk", async () => {
    const { username, email, password1, password2 } = newcomer();
    const { status, body } = await post("registration/", { username, email, password1, password2 });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        access: expect.any(String),
        refresh: expect.any(String),
        user: { pk: claimsOf(body.access).user_id, username, email, first_name: "", last_name: "" },
      },
    });
  });

  it.each<[string, object, object]>([
    [
      "nothing",
      { username: undefined, email: undefined, password1: undefined, password2: undefined },
      {
        username: ["This field is required."],
        email: ["This field is required."],
        password1: ["This field is required."],
        password2: ["This field is required."],
      },
    ],
    ["two passwords", { password2: "another-battery" }, { non_field_errors: ["The two password fields didn't match."] }],
    [
      "a short one",
      { password1: "ab1", password2: "ab1" },
      { password1: ["This password is too short. It must contain at least 8 characters."] },
    ],
    ["a common one", { password1: "iloveyou", password2: "iloveyou" }, { password1: ["This password is too common."] }],
    ["digits alone", { password1: "82649163", password2: "82649163" }, { password1: ["This password is entirely numeric."] }],
    [
      "a name of other characters",
      { username: "a b!" },
      { username: ["Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."] },
    ],
  ])("refuses %s in its own words", async (_, changes, errors) => {
    expect(says(await post("registration/", newcomer(changes)))).toEqual({ status: 400, body: errors });
  });

  it("refuses a password that is the name, as nobody's field", async () => {
    const username = `zanzibarian${newName("")}`;
    const answer = await post("registration/", newcomer({ username, password1: username, password2: username }));
    expect(says(answer)).toEqual({ status: 400, body: { non_field_errors: ["The password is too similar to the username."] } });
  });

  it("refuses a name and an address that are taken, both at once", async () => {
    const ann = await aPerson();
    expect(says(await post("registration/", newcomer({ username: ann.username, email: ann.email })))).toEqual({
      status: 400,
      body: {
        username: ["A user with that username already exists."],
        email: ["A user is already registered with this e-mail address."],
      },
    });
  });
});

describe("login/", () => {
  it.each([["username"], ["email"]] as const)("by %s answers the same three keys, and cookies", async (by) => {
    const ann = await aPerson();
    const answer = await post("login/", { [by]: ann[by], password: PASSWORD });
    expect(says(answer)).toEqual({
      status: 200,
      body: { access: expect.any(String), refresh: expect.any(String), user: userOf(ann) },
    });
    expect(answer.headers.getSetCookie().length).toBeGreaterThan(1);
  });

  it("with wrong credentials is a 400, whether there is such a person or not", async () => {
    const ann = await aPerson();
    const wrong = { status: 400, body: { non_field_errors: ["Unable to log in with provided credentials."] } };
    expect(says(await post("login/", { username: ann.username, password: "wrong" }))).toEqual(wrong);
    expect(says(await post("login/", { email: "nobody@example.test", password: PASSWORD }))).toEqual(wrong);
  });

  it("without a name says what it wants", async () => {
    expect(says(await post("login/", { password: PASSWORD }))).toEqual({
      status: 400,
      body: { non_field_errors: ['Must include either "username" or "email" and "password".'] },
    });
    expect(says(await post("login/", { username: "ann" }))).toEqual({ status: 400, body: { password: ["This field is required."] } });
    expect(says(await post("login/", {}))).toEqual({ status: 400, body: { password: ["This field is required."] } });
  });
});

describe("logout/", () => {
  it("ends the session of the refresh token in the body, and takes the cookies back", async () => {
    const ann = await aPerson();
    const answer = await post("logout/", { refresh: ann.refresh }, { authorization: `Bearer ${ann.access}` });
    expect(says(answer)).toEqual({ status: 200, body: { detail: "Successfully logged out." } });
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain("Max-Age=0");
    expect((await ann.get("/api/users/me/")).status).toBe(401);
    expect(await post("logout/", { refresh: ann.refresh })).toMatchObject({ status: 401, body: { detail: "Token is blacklisted" } });
  });

  it("ends the session of the refresh cookie", async () => {
    const ann = await aPerson();
    const browser = new Browser();
    await browser.post("/dj-rest-auth/login/", { username: ann.username, password: PASSWORD });
    expect((await browser.post("/dj-rest-auth/logout/")).status).toBe(200);
    expect(browser.cookiesFor("/")).toBe("");
  });

  it("ends the session of the bearer token and of the cookie too, if those are others", async () => {
    const ann = await aPerson();
    const [phone, browser] = [await ann.elsewhere(), new Browser()];
    await browser.post("/dj-rest-auth/login/", { username: ann.username, password: PASSWORD });
    const cookie = browser.cookiesFor("/");
    await browser.post("/dj-rest-auth/logout/", { refresh: ann.refresh }, { authorization: `Bearer ${phone.access}` });
    for (const headers of [{ authorization: `Bearer ${ann.access}` }, { authorization: `Bearer ${phone.access}` }, { cookie }])
      expect((await call("GET", "/api/users/me/", { headers })).status).toBe(401);
  });

  it("without a token says so, and by GET is not done", async () => {
    expect(await post("logout/")).toMatchObject({
      status: 401,
      body: { detail: "Refresh token was not included in request data." },
    });
    expect(await post("logout/", { refresh: "nonsense" })).toMatchObject({ status: 401, body: { detail: "Token is invalid or expired" } });
    expect((await call("GET", "/dj-rest-auth/logout/")).status).toBe(405);
  });
});

describe("user/", () => {
  it("shows oneself, and changes names", async () => {
    const ann = await aPerson();
    expect(says(await ann.get("/dj-rest-auth/user/"))).toEqual({ status: 200, body: userOf(ann) });
    const changed = { ...userOf(ann), first_name: "Ann", last_name: "Example" };
    expect(says(await ann.patch("/dj-rest-auth/user/", { first_name: "Ann", last_name: "Example" }))).toEqual({
      status: 200,
      body: changed,
    });
    const username = newName();
    expect(says(await ann.put("/dj-rest-auth/user/", { username, last_name: "" }))).toEqual({
      status: 200,
      body: { ...changed, username, last_name: "" },
    });
    expect((await ann.get("/dj-rest-auth/user/")).body).toEqual({ ...changed, username, last_name: "" });
  });

  it("ignores what is read-only, and refuses a PUT without a name", async () => {
    const ann = await aPerson();
    const { body } = await ann.patch("/dj-rest-auth/user/", { pk: 999, email: "else@example.test", role: "admin" });
    expect(body).toEqual(userOf(ann));
    expect(says(await ann.put("/dj-rest-auth/user/", { first_name: "Ann" }))).toEqual({
      status: 400,
      body: { username: ["This field is required."] },
    });
    const bob = await aPerson();
    expect(says(await ann.patch("/dj-rest-auth/user/", { username: bob.username }))).toEqual({
      status: 400,
      body: { username: ["A user with that username already exists."] },
    });
  });

  it("is nobody's without a token; a header beats the cookie", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    expect((await call("GET", "/dj-rest-auth/user/")).status).toBe(401);
    const cookie = `__Host-access_token=${bob.access}`;
    expect((await call("GET", "/dj-rest-auth/user/", { headers: { cookie } })).body.pk).toBe(bob.id);
    expect((await call("GET", "/dj-rest-auth/user/", { token: ann.access, headers: { cookie } })).body.pk).toBe(ann.id);
  });
});

describe("token/", () => {
  it("refresh/ answers the new pair with its times, and turns it", async () => {
    stopClock();
    const ann = await aPerson();
    const { status, body } = await post("token/refresh/", { refresh: ann.refresh });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(["access", "access_expiration", "refresh", "refresh_expiration"]);
    for (const kind of ["access", "refresh"]) expect(new Date(body[`${kind}_expiration`]).getTime()).toBe(claimsOf(body[kind]).exp * 1000);
    later(11);
    expect(await post("token/refresh/", { refresh: ann.refresh })).toMatchObject({
      status: 401,
      body: { detail: "Token is blacklisted", code: "token_not_valid" },
    });
  });

  it("refresh/ takes the cookie where the body has none, or an empty one", async () => {
    const ann = await aPerson();
    const browser = new Browser();
    await browser.post("/dj-rest-auth/login/", { username: ann.username, password: PASSWORD });
    expect((await browser.post("/dj-rest-auth/token/refresh/")).status).toBe(200);
    expect((await browser.post("/dj-rest-auth/token/refresh/", { refresh: "" })).status).toBe(200);
    expect(says(await post("token/refresh/"))).toEqual({
      status: 401,
      body: { detail: "No valid refresh token found.", code: "token_not_valid" },
    });
  });

  it("verify/ says whether a token is good", async () => {
    const ann = await aPerson();
    expect(says(await post("token/verify/", { token: ann.access }))).toEqual({ status: 200, body: {} });
    expect(await post("token/verify/", { token: "nonsense" })).toMatchObject({
      status: 401,
      body: { detail: "Token is invalid or expired", code: "token_not_valid" },
    });
    expect(says(await post("token/verify/"))).toEqual({ status: 400, body: { token: ["This field is required."] } });
  });
});

it("works without the trailing slash", async () => {
  const ann = await aPerson();
  expect((await post("login", { username: ann.username, password: PASSWORD })).status).toBe(200);
  expect((await ann.get("/dj-rest-auth/user")).status).toBe(200);
});
