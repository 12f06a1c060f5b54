import { beforeEach, describe, expect, it, vi } from "vitest";
import { onwards } from "../src/web/next";
import { parseSetCookie } from "./support/browser";
import { query } from "./support/hub";
import { atGoogle, awayAndBack } from "./support/identities";
import { claimsOf } from "./support/jwt";
import { linkTo } from "./support/mail";
import { errorsOf, FORM_COOKIE, FORM_FIELD, fieldValue, flashOf, leadsTo, secretOf, Visitor } from "./support/pages";
import { type Answer, aPerson, ask, befriend, call, newName, ORIGIN, PASSWORD, people } from "./support/people";
import { file } from "./support/pictures";

/** The profile page's website (contracts §4), case by case. */

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const DAY_S = 86_400;
const REFUSED = "CSRF verification failed. Request aborted.";

const newcomer = (changes: Record<string, string> = {}) => {
  const username = newName("new");
  return { username, email: `${username}@example.test`, password: PASSWORD, password2: PASSWORD, ...changes };
};
const cookiesOf = ({ headers }: Answer) => headers.getSetCookie().map(parseSetCookie);
const isLoggedIn = async (visitor: Visitor) => (await visitor.browser.get("/api/users/me/")).status === 200;
const historyOf = async (visitor: Visitor) =>
  (await visitor.browser.get("/api/history/")).body.map(({ activity_type, details }: any) => `${activity_type}: ${details}`);

describe("signing up", () => {
  it("takes the form's four fields, logs in, and leads to the settings", async () => {
    const visitor = new Visitor();
    const form = await visitor.open("/registration");
    expect(form.status).toBe(200);
    for (const name of ["username", "email", "password", "password2"]) expect(form.text).toContain(` name="${name}"`);
    const given = newcomer();
    const before = secretOf(visitor);
    const answer = await visitor.submit(form, "/registration", given);
    expect(leadsTo(answer)).toEqual({ status: 302, location: "/settings" });
    expect(secretOf(visitor), "its forms have another secret").not.toBe(before);
    const page = await visitor.follow(answer);
    expect(page.status).toBe(200);
    expect(flashOf(page)).toContain(`Welcome, ${given.username}!`);
    expect((await visitor.browser.get("/api/users/me/")).body).toMatchObject({ username: given.username, email: given.email });
    expect(await historyOf(visitor), "and that is no row of its history").toEqual([]);
  });

  it("says what is wrong in its order, and keeps what was typed but for passwords", async () => {
    const ann = await aPerson();
    const visitor = new Visitor();
    const people = await query("select count(*) as n from users");
    const wrong: [Record<string, string>, string][] = [
      [{ username: ann.username, email: ann.email, password: "short", password2: "other" }, "Password dismatch"],
      [{ username: ann.username, email: ann.email.toUpperCase(), password: "short", password2: "short" }, "Email taken"],
      [{ username: ann.username.toUpperCase(), password: "short", password2: "short" }, "Username taken"],
      [{ password: "short", password2: "short" }, "Password must be at least 8 characters long"],
      [{ password: "", password2: "" }, "Password must be at least 8 characters long"],
      [{ password: "password123", password2: "password123" }, "Password: This password is too common."],
      [{ password: "x".repeat(73), password2: "x".repeat(73) }, "Password: This password is too long. It may take at most 72 bytes."],
      [
        { username: "no spaces" },
        "Username: Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
      ],
      [{ username: " " }, "Choose a username."],
      [{ email: "" }, "Give your e-mail address."],
      [{ email: "nowhere" }, "E-mail address: Enter a valid email address."],
    ];
    for (const [changes, said] of wrong) {
      const given = newcomer(changes);
      const answer = await visitor.post("/registration", given);
      expect(leadsTo(answer), said).toEqual({ status: 302, location: "/registration" });
      const form = await visitor.follow(answer);
      expect(flashOf(form)).toBe(said);
      expect({ username: fieldValue(form, "username"), email: fieldValue(form, "email") }).toEqual({
        username: given.username,
        email: given.email,
      });
      expect([fieldValue(form, "password"), fieldValue(form, "password2")], "never a password").toEqual(["", ""]);
      expect(flashOf(await visitor.open("/registration")), "it is said once").toBe("");
    }
    const missing = await visitor.post("/registration", { password: PASSWORD, password2: PASSWORD });
    expect(flashOf(await visitor.follow(missing))).toBe("Choose a username.");
    expect(await query("select count(*) as n from users")).toEqual(people);
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it("has the address confirmed first where that is mandatory, and a way to another mail", async () => {
    const env = { EMAIL_VERIFICATION: "mandatory" };
    const given = newcomer();
    const headers = { ...FORM_COOKIE, accept: "text/html" };
    const post = (path: string, fields: Record<string, string>) =>
      call("POST", path, { body: new URLSearchParams({ ...fields, ...FORM_FIELD }), headers, env });
    const follow = (answer: Answer) => {
      const { name, value } = cookiesOf(answer).find(({ name }) => name === "__Host-flash")!;
      return call("GET", answer.headers.get("location")!, { headers: { cookie: `${name}=${value}` }, env });
    };
    const sent = await post("/registration", given);
    expect(leadsTo(sent)).toEqual({ status: 302, location: "/login" });
    expect(cookiesOf(sent).map(({ name }) => name)).toEqual(["__Host-flash"]);
    expect(flashOf(await follow(sent))).toBe(`A mail is on its way to ${given.email}. Open its link, then log in.`);
    expect(await query("select * from sessions")).toEqual([]);

    const early = await post("/login", { username: given.username, password: PASSWORD });
    expect(leadsTo(early)).toEqual({ status: 302, location: "/login" });
    const form = await follow(early);
    expect(flashOf(form)).toContain("Confirm your e-mail address first");
    expect(form.text).toContain('href="/resend-email"');
    const wrong = await post("/login", { username: given.username, password: "wrong-one" });
    expect(flashOf(await follow(wrong)), "to who has not the password it says nothing of that").toBe("Invalid login");

    await call("POST", "/api/auth/email/verify/", { body: { key: (await linkTo(given.email)).key } });
    expect(leadsTo(await post("/login", { username: given.username, password: PASSWORD }))).toEqual({
      status: 302,
      location: "/profilepage",
    });
  });
});

describe("logging in", () => {
  it("leads to the profile page with another secret and cookies for fourteen days", async () => {
    const ann = await aPerson();
    for (const username of [ann.username, ann.email]) {
      const visitor = new Visitor();
      const form = await visitor.open("/login");
      expect(form.status).toBe(200);
      const before = secretOf(visitor);
      const answer = await visitor.submit(form, "/login", { username, password: PASSWORD });
      expect(leadsTo(answer)).toEqual({ status: 302, location: "/profilepage" });
      expect(secretOf(visitor)).not.toBe(before);
      const set = cookiesOf(answer).filter(({ value }) => value !== "");
      expect(
        set.map(({ name, attributes }) => [name, "httponly" in attributes, attributes.samesite, "secure" in attributes, attributes.path]),
      ).toEqual([
        ["__Host-access_token", true, "Lax", true, "/"],
        ["__Host-refresh_token", true, "Lax", true, "/"],
        ["__Host-csrftoken", false, "Lax", true, "/"],
      ]);
      const refresh = Number(set[1]!.attributes["max-age"]);
      expect(Math.abs(refresh - 14 * DAY_S)).toBeLessThan(60);
      expect(claimsOf(set[0]!.value).user_id).toBe(ann.id);
      expect(await historyOf(visitor)).toContain("login: Login");
      expect((await visitor.follow(answer)).text).toContain(ann.email);
      expect(leadsTo(await visitor.open("/login")), "again is not needed").toEqual({ status: 302, location: "/profilepage" });
    }
  });

  it("gives each log-in a session of its own, and voids the forms of before", async () => {
    const { person, visitor } = await Visitor.new();
    const form = await visitor.open("/settings");
    const cookies = visitor.browser.cookiesFor("/");
    await visitor.submit(await visitor.open("/settings"), "/settings", { name: "Ann" });
    expect(leadsTo(await visitor.post("/login", { username: person.username, password: PASSWORD })).status).toBe(302);
    expect(visitor.browser.cookiesFor("/")).not.toBe(cookies);
    expect((await call("GET", "/api/users/me/", { headers: { cookie: cookies } })).status, "the one before is over").toBe(401);
    expect((await person.get("/api/users/me/")).status, "those elsewhere are not").toBe(200);
    const late = await visitor.submit(form, "/settings", { csrfmiddlewaretoken: fieldValue(form, "csrfmiddlewaretoken")!, name: "Late" });
    expect({ status: late.status, said: late.text.includes(REFUSED) }).toEqual({ status: 403, said: true });
    expect((await person.get("/profile/")).body.first_name).toBe("Ann");
  });

  it("is refused alike whatever is wrong, and keeps the name and where one was going", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const ann = await aPerson();
    const visitor = new Visitor();
    for (const [username, password] of [
      [ann.username, "wrong-one"],
      [newName(), PASSWORD],
      [ann.username, ""],
      ["", ""],
    ] as const) {
      const answer = await visitor.post("/login", { username, password, next: "/settings?a=b" });
      expect(leadsTo(answer)).toEqual({ status: 302, location: "/login?next=/settings%3Fa%3Db" });
      const form = await visitor.follow(answer);
      expect(flashOf(form)).toBe("Invalid login");
      expect({ username: fieldValue(form, "username"), next: fieldValue(form, "next") }).toEqual({ username, next: "/settings?a=b" });
      expect(flashOf(await visitor.open("/login"))).toBe("");
    }
    const logged = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('"event":"login"'));
    expect(logged.length).toBeGreaterThan(0);
    for (const line of logged) expect(JSON.parse(line)).toMatchObject({ outcome: "failure", error: "login_failed" });
    expect(leadsTo(await visitor.post("/login", { username: ann.username, password: "wrong-one" }))).toEqual({
      status: 302,
      location: "/login",
    });
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it("stops who tries too often, the right password too", async () => {
    const ann = await aPerson();
    const visitor = new Visitor();
    const tries = (password: string) => visitor.post("/login", { username: ann.username, password });
    let answer = await tries("wrong-one");
    for (let n = 0; answer.status === 302 && n < 30; n++) answer = await tries("wrong-one");
    for (const refused of [answer, await tries(PASSWORD)]) {
      expect({ status: refused.status, page: refused.text.includes("Too many tries") }).toEqual({ status: 429, page: true });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it.each([
    ["/settings", "/settings"],
    ["/people?search=a&b=%2F#c", "/people?search=a&b=%2F#c"],
    ["/a b", "/a%20b"],
    [`${ORIGIN}/settings`, null],
    ["//evil.example", null],
    ["///evil.example", null],
    ["/\\evil.example", null],
    ["\\\\evil.example", null],
    ["/.//evil.example", null],
    ["/..//evil.example", null],
    ["/%2e//evil.example", null],
    ["/\t/evil.example", null],
    ["/\n/evil.example", null],
    ["\t//evil.example", null],
    [" //evil.example", null],
    ["https://evil.example", null],
    ["https:evil.example", null],
    ["https:/evil.example", null],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["evil.example", null],
    ["", null],
    [undefined, null],
    ["/logout", null],
    ["/logout/?x", null],
    ["/login?next=/login", null],
  ])("takes %j for a way on to %j", (next, there) => {
    expect(onwards(next, ORIGIN)).toBe(there);
  });

  it("goes on to where one was going on this site, and nowhere else", async () => {
    const { person, visitor } = await Visitor.new();
    const to = async (path: string, fields: Record<string, string> = {}) => {
      visitor.refresh();
      return leadsTo(await visitor.post(path, { username: person.username, password: PASSWORD, ...fields })).location;
    };
    expect(await to("/login", { next: "/people?search=a" })).toBe("/people?search=a");
    expect(await to("/login", { next: "/\\evil.example" })).toBe("/profilepage");
    expect(await to("/login?next=/devices")).toBe("/devices");
    expect(leadsTo(await visitor.open("/login?next=/devices"))).toEqual({ status: 302, location: "/devices" });
    expect(leadsTo(await visitor.open("/login?next=//evil.example"))).toEqual({ status: 302, location: "/profilepage" });
    const stranger = await new Visitor().open("/login?next=//evil.example");
    expect(stranger.text).not.toContain("evil.example");
  });

  it("offers the providers that are set up, which come back here, and says what they refuse", async () => {
    const { visitor } = await Visitor.new();
    for (const path of ["/login?next=/devices", "/registration?next=/devices"]) {
      const { text } = await new Visitor().open(path);
      for (const name of ["google", "facebook"]) expect(text).toContain(`href="/api/auth/${name}/?next=/login%3Fnext%3D/devices"`);
      const none = await call("GET", path, { env: { GOOGLE_CLIENT_ID: "", FACEBOOK_CLIENT_ID: "" } });
      expect(none.text).not.toContain("Continue with");
    }
    const before = secretOf(visitor);
    expect(leadsTo(await visitor.open("/login?next=%2Fdevices"))).toEqual({ status: 302, location: "/devices" });
    expect(secretOf(visitor), "to be led on changes nothing").toBe(before);
    const link = "?next=/login%3Fnext%3D/devices";
    for (const [agrees, there] of [
      [true, { status: 302, location: "/devices" }],
      [false, { status: 200, location: null }],
    ] as const) {
      const away = await awayAndBack(await atGoogle(), { query: link, agrees });
      const home = (await away.browser.get(away.back)).headers.get("location")!;
      const answer = await away.browser.get(home.replace(ORIGIN, ""));
      expect(leadsTo(answer)).toEqual(there);
      if (!agrees) expect(answer.text).toContain("You did not agree to log in with this provider.");
    }
    expect((await new Visitor().open("/login?error=<b>nonsense</b>")).text).not.toContain("nonsense");
  });
});

describe("POST /login, which two clients have in common", () => {
  it("is the API's for JSON and for a form with the slash, the page's for all other forms", async () => {
    const ann = await aPerson();
    const credentials = { username: ann.username, password: PASSWORD };
    const form = () => new URLSearchParams(credentials);
    const json = { "content-type": "application/json" };
    const browser = { accept: "text/html" };
    for (const [path, body, headers, whose] of [
      ["/login/", JSON.stringify(credentials), json, "api"],
      ["/login", JSON.stringify(credentials), json, "api"],
      ["/login", JSON.stringify(credentials), { ...json, ...browser }, "api"],
      ["/login", form(), { accept: "application/json" }, "api"],
      ["/login/", form(), {}, "api"],
      ["/login/", form(), browser, "page"],
      ["/login/", new URLSearchParams({ ...credentials, csrfmiddlewaretoken: "x" }), {}, "page"],
      ["/login", form(), {}, "page"],
    ] as const) {
      const answer = await call("POST", path, { body, headers });
      const what = `${path} ${JSON.stringify(headers)} ${body}`;
      if (whose === "page")
        expect({ status: answer.status, said: answer.text.includes(REFUSED) }, what).toEqual({ status: 403, said: true });
      else
        expect(answer, what).toMatchObject({
          status: 200,
          body: { token: answer.body.access, access: expect.any(String), refresh: expect.any(String) },
        });
    }
    const refused = await call("POST", "/login", { body: { ...credentials, password: "wrong-one" } });
    expect(refused).toMatchObject({ status: 401, body: { detail: "Invalid credentials" } });
  });

  it("registers by JSON too", async () => {
    const given = newcomer();
    const answer = await call("POST", "/registration", { body: given });
    expect(answer).toMatchObject({ status: 201, body: { access: expect.any(String), refresh: expect.any(String) } });
    expect(await call("POST", "/registration", { body: given })).toMatchObject({
      status: 400,
      body: { username: [expect.any(String)], email: [expect.any(String)] },
    });
    const form = new URLSearchParams(newcomer({ password2: "other-one" }));
    expect(await call("POST", "/registration", { body: form, headers: { accept: "application/json" } })).toMatchObject({
      status: 400,
      body: { non_field_errors: ["The two password fields didn't match."] },
    });
  });
});

describe("logging out", () => {
  it("ends the session at once, takes the cookies, and is noted", async () => {
    const { person, visitor } = await Visitor.new();
    const cookie = visitor.browser.cookiesFor("/");
    const refresh = /refresh_token=([^;]+)/.exec(cookie)![1]!;
    const answer = await visitor.open("/logout");
    expect(leadsTo(answer)).toEqual({ status: 302, location: "/login" });
    expect(visitor.browser.has("__Host-access_token") || visitor.browser.has("__Host-refresh_token")).toBe(false);
    expect((await call("GET", "/api/users/me/", { headers: { cookie } })).status).toBe(401);
    expect((await call("POST", "/api/auth/refresh/", { body: { refresh } })).status).toBe(401);
    expect(leadsTo(await call("GET", "/profilepage", { headers: { cookie } }))).toEqual({
      status: 302,
      location: "/login?next=/profilepage",
    });
    expect((await person.get("/api/history/")).body[0]).toMatchObject({ activity_type: "logout", details: "Logout" });
    expect(leadsTo(await visitor.open("/logout"))).toEqual({ status: 302, location: "/login?next=/logout" });
  });

  it("is not done by another site, nor by a browser that looks ahead: then one is asked", async () => {
    const { visitor } = await Visitor.new();
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "same-origin", "sec-purpose": "prefetch;prerender" },
      { "sec-fetch-site": "same-origin", purpose: "prefetch" },
    ]) {
      const asked = await visitor.open("/logout", headers as Record<string, string>);
      expect({ status: asked.status, asks: asked.text.includes("Log out?") }, JSON.stringify(headers)).toEqual({ status: 200, asks: true });
    }
    await visitor.browser.ask("HEAD", "/logout");
    expect((await visitor.open("/logout", { accept: "application/json", "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect(await isLoggedIn(visitor)).toBe(true);
    const asked = await visitor.open("/logout", { "sec-fetch-site": "cross-site" });
    expect(leadsTo(await visitor.submit(asked, "/logout"))).toEqual({ status: 302, location: "/login" });
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it("is done by a link of ours, by a typed address, and by script, which is told so", async () => {
    const { person } = await Visitor.new();
    for (const site of ["same-origin", "none"]) {
      const visitor = await Visitor.as(person);
      expect(leadsTo(await visitor.open("/logout", { "sec-fetch-site": site })).status).toBe(302);
      expect(await isLoggedIn(visitor)).toBe(false);
    }
    const visitor = await Visitor.as(person);
    const answer = await visitor.browser.post("/logout", {}, { accept: "application/json" });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { detail: "Successfully logged out." } });
    expect(await isLoggedIn(visitor)).toBe(false);
  });
});

describe("the settings", () => {
  const profile = {
    name: "Ada",
    surname: "Lovelace",
    age: "36",
    phone_number: "+49 151 1234567",
    profession: "Analyst",
    about_me: "Notes <b>on</b> the engine.",
  };

  it("take a form with or without a picture, and the profile page shows it all", async () => {
    const { visitor } = await Visitor.new();
    const saved = await visitor.submit(await visitor.open("/settings"), "/settings", profile);
    expect(leadsTo(saved)).toEqual({ status: 302, location: "/settings" });
    const form = await visitor.follow(saved);
    expect(flashOf(form)).toBe("Profile settings successfully updated.");
    for (const name of ["name", "surname", "age", "profession"] as const) expect(fieldValue(form, name)).toBe(profile[name]);
    expect(flashOf(await visitor.open("/settings"))).toBe("");

    const picture = new File([file("photo.png")], "photo.png", { type: "image/png" });
    expect(leadsTo(await visitor.post("/settings", { profileimg: picture })).location).toBe("/settings");
    const shown = await visitor.open("/profilepage");
    for (const text of ["Ada Lovelace", "36", "+491511234567", "Analyst", "Notes &lt;b&gt;on&lt;/b&gt; the engine."])
      expect(shown.text).toContain(text);
    const avatar = /src="(\/avatars\/[^"]+)"/.exec(shown.text)![1]!;
    expect((await visitor.browser.get(avatar)).status).toBe(200);

    await visitor.post("/settings", { profileimg: new File([], ""), name: "Augusta" });
    const kept = await visitor.open("/profilepage");
    expect(kept.text, "an empty file part keeps it, and what is left out stays").toContain(avatar);
    expect(kept.text).toContain("Augusta Lovelace");
    expect(await historyOf(visitor)).toContain("update: Changed profile settings");

    const removed = await visitor.submit(await visitor.open("/settings"), "/settings/picture/remove");
    expect(flashOf(await visitor.follow(removed))).toBe("Your picture is removed.");
    expect((await visitor.open("/profilepage")).text).not.toContain("/avatars/");
  });

  it("show what is wrong, exactly so, with what was typed, and have changed nothing", async () => {
    const { person, visitor } = await Visitor.new();
    const before = (await person.get("/profile/")).body;
    const bad = await visitor.post("/settings", { ...profile, age: "old" });
    expect(bad.status).toBe(200);
    expect(bad.text).toContain('<ul class="errorlist"><li>Enter a whole number.</li></ul>');
    expect({ name: fieldValue(bad, "name"), age: fieldValue(bad, "age") }).toEqual({ name: "Ada", age: "old" });
    expect(bad.text).toContain("Notes &lt;b&gt;on&lt;/b&gt; the engine.</textarea>");

    const noImage = await visitor.post("/settings", { ...profile, profileimg: new File(["<svg/>"], "x.png", { type: "image/png" }) });
    expect({ status: noImage.status, errors: errorsOf(noImage) }).toEqual({
      status: 200,
      errors: ["Upload a valid image. The file you uploaded was either not an image or a corrupted image."],
    });
    const large = await visitor.post("/settings", { ...profile, profileimg: new File([new Uint8Array(2 ** 21 + 1)], "x.png") });
    expect({ status: large.status, errors: errorsOf(large), name: fieldValue(large, "name") }).toEqual({
      status: 200,
      errors: ["That picture is too large: 2 MB at most."],
      name: "Ada",
    });
    expect(large.text).toContain("Not saved yet: see what is marked below.");
    const unread = await visitor.post("/settings", { ...profile, profileimg: new File([new Uint8Array(3 * 2 ** 20)], "x.png") });
    expect({ status: unread.status, errors: errorsOf(unread) }).toEqual({
      status: 200,
      errors: ["That picture is too large: 2 MB at most. What you had filled in is lost."],
    });
    expect((await new Visitor().post("/settings", { profileimg: new File([new Uint8Array(3 * 2 ** 20)], "x.png") })).status).toBe(302);
    expect((await person.get("/profile/")).body).toEqual(before);
    expect((await visitor.post("/settings", { age: "" })).status, "nothing is no number, and clears").toBe(302);
  });

  it("answer script in JSON", async () => {
    const { visitor } = await Visitor.new();
    const post = (body: object) => visitor.browser.post("/settings", body, { accept: "application/json" });
    expect(await post({ name: "Ada", age: 36 })).toMatchObject({ status: 200, body: { name: "Ada", age: 36, surname: "" } });
    expect(await post({ age: "old" })).toMatchObject({ status: 400, body: { age: ["A valid integer is required."] } });
    expect(await call("POST", "/settings", { body: {} })).toMatchObject({ status: 401, body: { detail: expect.any(String) } });
  });
});

describe("the activity", () => {
  it("is listed newest first and goes on, and is hidden one by one or at once", async () => {
    const { person, visitor } = await Visitor.new();
    await visitor.post("/settings", { name: "Ada" });
    const page = await visitor.open("/activity");
    const said = [...page.text.matchAll(/<strong>([^<]+)<\/strong><div class="quiet"><time/g)].map(([, text]) => text);
    expect(said).toEqual(["Changed profile settings", "Login", "Account registered"]);
    expect(page.text).not.toContain('rel="next"');
    const action = /action="(\/activity\/\d+\/hide)"/.exec(page.text)![1]!;
    for (const _ of ["once", "and again is harmless"])
      expect(leadsTo(await visitor.post(action))).toEqual({ status: 303, location: "/activity" });
    expect((await visitor.open("/activity")).text).not.toContain("<strong>Changed profile settings");

    await query(
      `with recursive n as (select 1 as n union all select n + 1 from n where n < 25)
       insert into activity (user_id, type, created_at) select ?, 'update', '2026-01-01T00:00:00.000Z' from n`,
      person.id,
    );
    const long = await visitor.open("/activity");
    const on = /href="(\/activity\?cursor=[^"]+)"/.exec(long.text)![1]!;
    expect(long.text).not.toContain("Account registered");
    expect((await visitor.open(on)).text).toContain("Account registered");
    expect((await visitor.open("/activity?cursor=nonsense")).status).toBe(400);
    await visitor.submit(long, "/activity/hide-all");
    expect((await visitor.open("/activity")).text).toContain("Nothing here");
  });
});

describe("the start page", () => {
  it("tells a stranger what this is, and where to go", async () => {
    const { status, text } = await new Visitor().open("/");
    expect(status).toBe(200);
    for (const link of ["/login", "/registration", "/api/redoc/"]) expect(text).toContain(`href="${link}"`);
    const closed = await call("GET", "/", { env: { ENVIRONMENT: "production", API_DOCS: "off" }, headers: { accept: "text/html" } });
    expect(closed.text).not.toContain("/api/redoc");
  });

  it("shows who is new what to do, and everybody else who waits, who is there and whom they may know", async () => {
    const { person: ann, visitor } = await Visitor.new("ann");
    expect((await visitor.open("/")).text).toContain("Find people");
    const [bob, cid, dan] = [await aPerson("bob"), await aPerson("cid"), await aPerson("dan")];
    const accept = (who: typeof bob, id: number) => who.put(`/api/friends/request/${id}/`, { action: "accept" });
    await accept(bob, await ask(ann, bob));
    await accept(cid, await ask(bob, cid));
    await ask(dan, ann);
    const socket = await bob.socket();
    const home = await visitor.open("/");
    const { text } = home;
    expect(text).not.toContain("Find people");
    expect(text).toContain(`${bob.username} accepted your friend request.`);
    expect(text).toContain(`aria-label="Accept ${dan.username}"`);
    expect(text, "what waits for an answer is said once").not.toContain("sent you a friend request");
    expect(text).toMatch(new RegExp(`data-presence="${bob.id}" data-status="online"`));
    expect(text).toContain(`A friend in common: <a href="/people/${bob.id}">${bob.username}</a>`);
    const accepted = await visitor.submit(home, /action="(\/friends\/requests\/\d+\/accept)"/.exec(text)![1]!);
    expect(leadsTo(accepted)).toEqual({ status: 303, location: "/" });
    expect(leadsTo(await visitor.submit(home, `/people/${cid.id}/ask`))).toEqual({ status: 303, location: "/" });
    const later = await visitor.open("/");
    expect(flashOf(later)).toBe(`You asked ${cid.username} to be friends.`);
    expect(later.text).not.toMatch(/aria-label="Accept|in common/);
    socket.close();
  });

  it("has what is new behind any number of requests, and says so where there is nothing else", async () => {
    const { person: ann, visitor } = await Visitor.new("ann");
    const [bob, ...others] = await people("bob", ..."abcde");
    await befriend(ann, bob!);
    for (const other of others) await ask(other, ann);
    const { text } = await visitor.open("/");
    expect(text).toContain(`${bob!.username} accepted your friend request.`);
    expect(text.match(/aria-label="Accept/g)).toHaveLength(5);
    await ann.put("/api/notifications/read-all/");
    expect((await visitor.open("/")).text).toContain("Nothing else is new.");
  });
});
