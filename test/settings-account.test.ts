import { describe, expect, it } from "vitest";
import { makeAdmin } from "./support/admins";
import { query } from "./support/hub";
import { atGoogle, googleTokens, throughGoogle } from "./support/identities";
import { mailsTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { errorsOf, fieldValue, flashOf, leadsTo, unescaped, Visitor } from "./support/pages";
import { aPerson, call, newName, PASSWORD } from "./support/people";
import { later, stopClock } from "./support/time";

/** How one gets in, what one takes along, and going. */

const ACCOUNT = "/settings/account";
const DELETE = "/settings/data/delete";
const NEW = "another-good-password";
const A_WHILE_S = 11 * 60;
const done = { status: 303, location: ACCOUNT };
const logIn = (username: string, password: string) => call("POST", "/api/auth/login/", { body: { username, password } });

/** Somebody who came in with Google, and has no password. */
async function withoutPassword(): Promise<{ visitor: Visitor; id: number; email: string }> {
  const visitor = new Visitor();
  const { body } = await visitor.browser.post("/api/auth/google/", { id_token: (await googleTokens(await atGoogle())).id_token });
  return { visitor, ...body.user };
}

describe("the page of one's account", () => {
  it("changes name and address, and says where a mail is on its way to", async () => {
    const { person, visitor } = await Visitor.new();
    const email = `${newName("moved")}@example.test`;
    const page = await visitor.open(ACCOUNT);
    expect(page.text).toContain("Your address is not confirmed");
    const saved = await visitor.submit(page, ACCOUNT, { username: newName("ann"), email, password: "" });
    expect(leadsTo(saved)).toEqual(done);
    const now = await visitor.follow(saved);
    expect(flashOf(now)).toBe(`A mail is on its way to ${email}. The address changes when you use its link.`);
    expect([fieldValue(now, "email"), now.text.includes(`A mail is on its way to ${email}:`)]).toEqual([person.email, true]);
    expect(leadsTo(await visitor.submit(now, "/resend-email"))).toEqual({ status: 303, location: "/resend-email/done/" });
    expect((await mailsTo(person.email)).filter(({ subject }) => /confirm/i.test(subject)).length).toBe(2);
    expect((await visitor.submit(page, ACCOUNT, { username: "late", email })).status, "an older page").toBe(412);
  });

  it("changes the password for who knows the old one, and ends all other sessions", async () => {
    const { person, visitor } = await Visitor.new();
    const page = await visitor.open(ACCOUNT);
    const send = (fields: Record<string, string>) => visitor.submit(page, `${ACCOUNT}/password`, fields);
    const wrong = await send({ old_password: "wrong-horse", new_password: "12345678", new_password2: "other" });
    expect([wrong.status, errorsOf(wrong)]).toEqual([
      400,
      [
        "Your old password was entered incorrectly. Please enter it again.",
        "This password is entirely numeric.",
        "The two password fields didn’t match.",
      ],
    ]);
    for (const secret of ["wrong-horse", "12345678", "other"]) expect(wrong.text).not.toContain(`value="${secret}"`);
    expect((await person.get("/api/users/me/")).status).toBe(200);
    const changed = await visitor.follow(await send({ old_password: PASSWORD, new_password: NEW, new_password2: NEW }));
    expect([changed.status, flashOf(changed)]).toEqual([200, "Your password is changed. You are logged out everywhere else."]);
    expect((await person.get("/api/users/me/")).status).toBe(401);
    expect((await logIn(person.username, NEW)).status).toBe(200);
  });

  it("sets a password for who has none, and has just come in", async () => {
    stopClock();
    const { visitor, email } = await withoutPassword();
    const page = await visitor.open(ACCOUNT);
    expect(page.text).toContain("Set a password");
    expect(fieldValue(page, "old_password")).toBeUndefined();
    const only = /\/linked\/\d+\/remove/.exec(page.text)![0];
    expect(flashOf(await visitor.follow(await visitor.submit(page, ACCOUNT + only)))).toBe(
      "This is your only way to log in. Set a password first.",
    );
    const send = (new_password: string) => visitor.submit(page, `${ACCOUNT}/password/first`, { new_password, new_password2: new_password });
    expect(errorsOf(await send("short"))).toEqual(["This password is too short. It must contain at least 8 characters."]);
    later(A_WHILE_S);
    const stale = await send(NEW);
    expect([stale.status, errorsOf(stale)]).toEqual([400, ["Log in again first: this takes a log-in of the last ten minutes."]]);
    expect(stale.text).toContain('href="/logout"');
    await query(
      "update sessions set created_at = ? where user_id = (select id from users where email = ?)",
      new Date().toISOString(),
      email,
    );
    expect(flashOf(await visitor.follow(await send(NEW)))).toBe("You have a password now.");
    expect((await logIn(email, NEW)).status).toBe(200);
    expect(errorsOf(await send("a-third-password")), "once").toEqual(["You have a password already: change it."]);
    expect((await logIn(email, NEW)).status).toBe(200);
    expect(flashOf(await visitor.follow(await visitor.submit(await visitor.open(ACCOUNT), ACCOUNT + only)))).toBe(
      "It logs nobody in any more.",
    );
    expect(leadsTo(await visitor.post(ACCOUNT + only)), "twice is harmless").toEqual(done);
  });

  it("leads to a provider and back, and then has its account", async () => {
    const { visitor } = await Visitor.new();
    const google = await atGoogle();
    const on = await visitor.submit(await visitor.open(ACCOUNT), `${ACCOUNT}/link/google`);
    const url = unescaped(/<a class="button" href="([^"]+)"/.exec(on.text)![1]!);
    expect([on.status, on.headers.get("refresh")], "a form that redirects there would break the policy").toEqual([200, `0; url=${url}`]);
    const back = await throughGoogle(url, google);
    const home = await visitor.open(back.pathname + back.search);
    expect(leadsTo(home)).toEqual({ status: 302, location: `https://kith.test${ACCOUNT}` });
    expect((await visitor.open(ACCOUNT)).text).toContain(google.email);
    const other = (await Visitor.new()).visitor;
    const taken = await other.submit(await other.open(ACCOUNT), `${ACCOUNT}/link/google`);
    const again = await throughGoogle(unescaped(/<a class="button" href="([^"]+)"/.exec(taken.text)![1]!), google);
    const refused = await other.open(again.pathname + again.search);
    const page = await other.open(new URL(refused.headers.get("location")!).pathname + new URL(refused.headers.get("location")!).search);
    expect(page.text).toContain("This account of the provider belongs to somebody else here.");
    expect((await other.open(`${ACCOUNT}?error=<b>`)).text).toContain("That did not work. Try again.");
    expect((await other.post(`${ACCOUNT}/link/elsewhere`)).status).toBe(404);
  });
});

describe("the page of one's data", () => {
  it("has everything as a file, also when the access token has run out", async () => {
    stopClock();
    const { person, visitor } = await Visitor.new();
    expect((await visitor.open("/settings/data")).text).toContain('href="/settings/data/export"');
    later(60 * 60 + 1);
    const file = await visitor.open("/settings/data/export");
    expect(file.headers.get("content-disposition")).toBe(
      `attachment; filename="kith-${person.id}-${new Date().toISOString().slice(0, 10)}.json"`,
    );
    expect(file.body.account).toMatchObject({ id: person.id, username: person.username, email: person.email });
    const cookie = visitor.browser.cookiesFor("/");
    await query("update sessions set revoked_at = created_at where user_id = ?", person.id);
    for (const path of ["/settings/data", "/settings/data/export", DELETE])
      expect(leadsTo(await call("GET", path, { headers: { accept: "text/html", cookie } })), path).toEqual({
        status: 302,
        location: `/login?next=${path}`,
      });
  });

  it("deletes the account of who gives the password, and logs the browser out", async () => {
    stopClock();
    const { person, visitor } = await Visitor.new();
    later(A_WHILE_S);
    const page = await visitor.open(DELETE);
    expect(page.text).toContain("Gone at once, and for good");
    const send = (password: string) => visitor.submit(page, DELETE, { password });
    for (const [password, said] of [
      ["", "This field is required."],
      ["wrong-horse", "Your password was entered incorrectly. Please enter it again."],
    ] as const) {
      const wrong = await send(password);
      expect([wrong.status, errorsOf(wrong)]).toEqual([400, [said]]);
    }
    expect((await person.get("/api/users/me/")).status).toBe(200);
    const gone = await send(PASSWORD);
    expect(leadsTo(gone)).toEqual({ status: 303, location: "/" });
    expect(visitor.browser.has("__Host-access_token") || visitor.browser.has("__Host-refresh_token")).toBe(false);
    const home = await visitor.follow(gone);
    expect([home.status, flashOf(home)]).toEqual([200, "Your account is gone."]);
    expect((await logIn(person.username, PASSWORD)).status).toBe(401);
  });

  it("asks who has no password to come in anew, and the last admin for another one", async () => {
    stopClock();
    const { visitor } = await withoutPassword();
    const fresh = await visitor.open(DELETE);
    later(A_WHILE_S);
    const old = await visitor.open(DELETE);
    expect([fresh.text.includes("Delete it for good"), old.text.includes("Delete it for good")]).toEqual([true, false]);
    expect(errorsOf(await visitor.submit(fresh, DELETE))).toEqual(["Log in again first: this takes a log-in of the last ten minutes."]);

    const admin = await aPerson();
    await makeAdmin(admin);
    await query("update users set role = 'member' where role = 'admin' and id <> ?", admin.id);
    const last = await Visitor.as(admin);
    const page = await last.open(DELETE);
    expect(page.text).toContain("You are the last admin here");
    const refused = await last.post(DELETE, { password: PASSWORD });
    expect([refused.status, refused.text.includes("You are the last admin here")]).toEqual([400, true]);
    await makeAdmin(await aPerson());
    expect(leadsTo(await last.post(DELETE, { password: PASSWORD }))).toEqual({ status: 303, location: "/" });
  });

  it("costs, as the page of the account does, one round trip to open; to refuse a password it takes two", async () => {
    const { visitor } = await Visitor.new();
    const [leaving, account] = [await visitor.open(DELETE), await visitor.open(ACCOUNT)];
    const meter = meterD1();
    for (const path of [ACCOUNT, "/settings/data", "/settings/data/export", DELETE]) {
      await visitor.open(path);
      expect(meter.take().trips, path).toBe(1);
    }
    await visitor.submit(leaving, DELETE, { password: "wrong-horse" });
    expect(meter.take().trips).toBe(2);
    await visitor.submit(account, `${ACCOUNT}/password`, { old_password: PASSWORD, new_password: NEW, new_password2: NEW });
    expect(meter.take().trips).toBe(2);
  });
});
