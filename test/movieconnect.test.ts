import { describe, expect, it } from "vitest";
import { Browser, parseSetCookie } from "./support/browser";
import { query } from "./support/hub";
import { claimsOf } from "./support/jwt";
import { linkTo } from "./support/mail";
import { aPerson, call, newName, PASSWORD } from "./support/people";
import { later, stopClock } from "./support/time";

/** MovieConnect's React client as its README has it (contracts §6): the access token is in a cookie and nowhere else. */

const APP = "http://localhost:3000";
const WRONG = { detail: "No active account found with the given credentials" };
const newcomer = (changes: object = {}) => {
  const username = newName();
  return { username, email: `${username}@example.test`, password: PASSWORD, birth_date: "2001-12-31", ...changes };
};

async function signedUp(origin = APP) {
  const person = newcomer();
  const browser = new Browser(origin);
  const { status, body } = await browser.post("/api/user/signup/", person);
  expect(status).toBe(201);
  return { person, browser, refresh: body.refresh as string };
}

describe("signing up", () => {
  it("answers the person's details and the refresh token, and logs the browser in", async () => {
    const person = newcomer();
    const { status, body, headers } = await call("POST", "/api/user/signup/", { body: person });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: claimsOf(body.refresh).user_id,
        username: person.username,
        email: person.email,
        birth_date: "2001-12-31",
        age: "2001-12-31",
        refresh: expect.any(String),
        detail: "User created and signed in successfully.",
      },
    });
    const [access, , refresh] = headers.getSetCookie().map(parseSetCookie);
    expect(access).toMatchObject({
      name: "__Host-access_token",
      attributes: { path: "/", "max-age": "3600", httponly: "", samesite: "Lax", secure: "" },
    });
    expect(claimsOf(access!.value)).toMatchObject({ token_type: "access", user_id: body.id });
    expect(refresh).toMatchObject({
      name: "__Secure-refresh_token",
      attributes: { path: "/api/token/refresh", httponly: "", samesite: "Lax", secure: "" },
    });
  });

  it("takes the birth date as age, which is what the README calls it", async () => {
    const { birth_date, ...rest } = newcomer();
    const { status, body } = await call("POST", "/api/user/signup/", { body: { ...rest, age: birth_date } });
    expect({ status, birth_date: body.birth_date }).toEqual({ status: 201, birth_date });
  });

  it.each<[string, object, string[]]>([
    ["without anything but a name and a password", { email: undefined, birth_date: undefined }, ["email", "birth_date"]],
    ["with an impossible date", { birth_date: "2001-02-30" }, ["birth_date"]],
    ["with a date in another order", { birth_date: "31.12.2001" }, ["birth_date"]],
    ["with a date to come", { birth_date: "2999-01-01" }, ["birth_date"]],
    ["with an age in years", { birth_date: undefined, age: "23" }, ["age"]],
    ["with a poor password", { password: "short" }, ["password"]],
    ["with a bad address", { email: "nowhere" }, ["email"]],
  ])("%s is refused, in both shapes that its versions know", async (_, changes, fields) => {
    const { status, body } = await call("POST", "/api/user/signup/", { body: newcomer(changes) });
    const { detail, ...errors } = body;
    expect({ status, detail, fields: Object.keys(errors) }).toEqual({ status: 400, detail: "Invalid data received.", fields });
    for (const messages of Object.values(errors)) expect(messages).toEqual([expect.any(String)]);
  });

  it("refuses a name that is taken", async () => {
    const { person } = await signedUp();
    const { status, body } = await call("POST", "/api/user/signup/", { body: newcomer({ username: person.username }) });
    expect({ status, body }).toEqual({
      status: 400,
      body: { detail: "Invalid data received.", username: ["A user with that username already exists."] },
    });
  });

  it("works with a stale cookie in the browser", async () => {
    const headers = { cookie: "__Host-access_token=stale" };
    expect((await call("POST", "/api/user/signup/", { body: newcomer(), headers })).status).toBe(201);
  });
});

describe("logging in", () => {
  it("answers the refresh token alone; the access token is in the cookie", async () => {
    const ann = await aPerson();
    const { status, body, headers } = await call("POST", "/api/token/", { body: { username: ann.username, password: PASSWORD } });
    expect({ status, body }).toEqual({ status: 200, body: { refresh: expect.any(String) } });
    expect(claimsOf(parseSetCookie(headers.getSetCookie()[0]!).value)).toMatchObject({ token_type: "access", user_id: ann.id });
  });

  it("with wrong credentials is a 401, without any a 400", async () => {
    const ann = await aPerson();
    for (const body of [
      { username: ann.username, password: "wrong" },
      { username: newName(), password: PASSWORD },
    ]) {
      const answer = await call("POST", "/api/token/", { body });
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 401, body: WRONG });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(await call("POST", "/api/token/", { body: {} })).toMatchObject({
      status: 400,
      body: { username: ["This field is required."], password: ["This field is required."] },
    });
  });
});

describe("its browser", () => {
  it("sees its profile by cookie, or by a bearer token", async () => {
    const { person, browser } = await signedUp();
    const { status, body } = await browser.get("/api/user/profile/");
    const { username, email, birth_date } = person;
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: expect.any(Number), username, email, birth_date, is_private: false, bio: null },
    });
    const ann = await aPerson();
    expect((await ann.get("/api/user/profile/")).body.username).toBe(ann.username);
    expect((await call("GET", "/api/user/profile/")).status).toBe(401);
  });

  it("is private unless everybody sees the profile", async () => {
    const ann = await aPerson();
    for (const visibility of ["friends", "private", "specific", "public"]) {
      await ann.patch("/profile/", { visibility, bio: "Hello." });
      const { is_private, bio } = (await ann.get("/api/user/profile/")).body;
      expect({ is_private, bio }).toEqual({ is_private: visibility !== "public", bio: "Hello." });
    }
  });

  it("refreshes with the token in the body, and gets no access token to read", async () => {
    stopClock();
    const { browser, refresh } = await signedUp();
    later(61 * 60);
    expect((await browser.get("/api/user/profile/")).status).toBe(401);
    const { status, body } = await browser.post("/api/token/refresh/", { refresh });
    expect({ status, body }).toEqual({ status: 200, body: { refresh: expect.any(String) } });
    expect(body.refresh).not.toBe(refresh);
    expect((await browser.get("/api/user/profile/")).status).toBe(200);
    later(11);
    expect((await browser.post("/api/token/refresh/", { refresh })).status, "the old one is spent").toBe(401);
  });

  it("refreshes by its cookie alone, which it sends to that address and no other", async () => {
    stopClock();
    const { browser } = await signedUp();
    expect(browser.cookiesFor("/api/users/me/")).not.toContain("refresh_token");
    expect(browser.cookiesFor("/api/token/refresh/")).toContain("refresh_token");
    expect(browser.cookiesFor("/api/token/refresh")).toContain("refresh_token");
    for (const _ of ["once", "again"]) {
      later(61 * 60);
      expect(await browser.post("/api/token/refresh/")).toMatchObject({ status: 200, body: { refresh: expect.any(String) } });
      expect((await browser.get("/api/user/profile/")).status).toBe(200);
    }
    browser.forget("__Secure-refresh_token");
    expect(await browser.post("/api/token/refresh/")).toMatchObject({ status: 400, body: { refresh: ["This field is required."] } });
    expect((await browser.post("/api/token/refresh/", { refresh: "nonsense" })).status).toBe(401);
  });

  it("stays what it is wherever its token is refreshed, as the social app's does", async () => {
    const { refresh } = await signedUp();
    const elsewhere = await call("POST", "/api/auth/refresh/", { body: { refresh } });
    const back = await call("POST", "/api/token/refresh/", { body: { refresh: elsewhere.body.refresh } });
    expect(Object.keys(back.body)).toEqual(["refresh"]);
    const ann = await aPerson();
    expect((await call("POST", "/api/token/refresh/", { body: { refresh: ann.refresh } })).body.access).toEqual(expect.any(String));
  });

  it("logs out: the cookie goes, and neither token is good any more", async () => {
    const { browser, refresh } = await signedUp();
    const cookie = browser.cookiesFor("/");
    const { status, body, headers } = await browser.post("/api/user/logout/");
    expect({ status, body }).toEqual({ status: 200, body: { detail: "Successfully logged out." } });
    const cleared = headers.getSetCookie().map(parseSetCookie);
    expect(cleared.find(({ name }) => name === "__Host-access_token")).toMatchObject({
      value: "",
      attributes: { expires: "Thu, 01 Jan 1970 00:00:00 GMT", "max-age": "0", path: "/" },
    });
    expect((await call("GET", "/api/user/profile/", { headers: { cookie } })).status).toBe(401);
    expect((await call("POST", "/api/token/refresh/", { body: { refresh } })).status).toBe(401);
    expect((await browser.post("/api/user/logout/")).status, "there is no cookie any more").toBe(401);
    expect((await call("POST", "/api/user/logout/", { headers: { cookie } })).status, "twice is harmless").toBe(200);
  });

  it("logs out when its access token has run out, and when there is nothing left of it", async () => {
    stopClock();
    const { browser, refresh } = await signedUp();
    later(61 * 60);
    expect((await browser.post("/api/user/logout/")).status).toBe(200);
    expect((await call("POST", "/api/token/refresh/", { body: { refresh } })).status).toBe(401);

    const { browser: another } = await signedUp();
    another.forget("__Host-access_token");
    expect((await another.post("/api/user/logout/")).status).toBe(401);
    expect(another.has("__Secure-refresh_token"), "its browser is out all the same").toBe(false);
  });

  it("gets nothing done from another site", async () => {
    const { browser } = await signedUp();
    const hostile = { origin: "https://evil.example" };
    expect((await browser.post("/api/user/logout/", {}, hostile)).status).toBe(403);
    expect((await browser.post("/api/token/refresh/", {}, hostile)).status).toBe(403);
    expect((await browser.get("/api/user/profile/")).status).toBe(200);
  });
});

describe("where the address has to be confirmed first", () => {
  const mandatory = { EMAIL_VERIFICATION: "mandatory" };
  const SENT = { detail: "Verification e-mail sent." };

  it("signs up without logging in, and says that a mail is on its way", async () => {
    const person = newcomer();
    const { status, body, headers } = await call("POST", "/api/user/signup/", { body: person, env: mandatory });
    expect({ status, body, cookies: headers.getSetCookie() }).toEqual({ status: 201, body: SENT, cookies: [] });
    expect(await query("select * from sessions")).toEqual([]);
    expect(await query("select address, template from outbox")).toEqual([{ address: person.email, template: "verify" }]);
  });

  it("gives a token to who has confirmed it, tells who has the password what is missing, and nobody else anything", async () => {
    const { username, email, password } = newcomer();
    await call("POST", "/api/user/signup/", { body: { username, email, password, birth_date: "2001-12-31" }, env: mandatory });
    const token = (body: object) => call("POST", "/api/token/", { body, env: mandatory });
    const early = await token({ username, password });
    expect(early).toMatchObject({ status: 403, body: { detail: "E-mail is not verified.", code: "email_not_verified" } });
    expect(early.headers.getSetCookie()).toEqual([]);
    expect(early.text).not.toMatch(new RegExp(`eyJ|${username}`));
    const [wrong, nobody] = [await token({ username, password: "wrong-one" }), await token({ username: newName(), password })];
    expect({ status: wrong.status, body: wrong.body }).toMatchObject({ status: 401, body: WRONG });
    expect({ status: wrong.status, body: wrong.body }).toEqual({ status: nobody.status, body: nobody.body });
    await call("POST", "/api/auth/email/verify/", { body: { key: (await linkTo(email)).key } });
    expect(await token({ username, password })).toMatchObject({ status: 200, body: { refresh: expect.any(String) } });
  });
});
