import { beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "./support/browser";
import { everything } from "./support/everything";
import { query } from "./support/hub";
import { linkTo, mailsTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { FORM_COOKIE, FORM_FIELD, fieldValue, leadsTo, Visitor } from "./support/pages";
import { aPerson, call, ORIGIN, PASSWORD, type Person } from "./support/people";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const NEW = "another-good-password";
const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const open = (path: string) => call("GET", path, { headers: html });
/** Posts a form as a browser does from a page of ours, which sends no referrer and so hides its origin. */
const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call("POST", path, {
    body: new URLSearchParams({ ...FORM_FIELD, ...fields }),
    headers: { ...html, ...FORM_COOKIE, origin: "null", "sec-fetch-site": "same-origin", ...headers },
  });
const forgot = async (person: Person) => {
  await call("POST", "/api/auth/password/reset/", { body: { email: person.email } });
  return linkTo(person.email);
};
const logIn = (person: Person, password: string) => call("POST", "/api/auth/login/", { body: { username: person.username, password } });

describe("the page that a link to an address opens", () => {
  it("changes nothing by being opened, as mail programs do, and confirms when asked to", async () => {
    const ann = await aPerson();
    const { url, key } = await linkTo(ann.email);
    const before = await everything();
    for (const method of ["GET", "HEAD", "GET"])
      expect((await call(method, url.pathname + url.search, { headers: html })).status).toBe(200);
    expect(await everything()).toEqual(before);
    const { text } = await open(url.pathname + url.search);
    expect(text).toContain(ann.email);
    expect(fieldValue({ text }, "key")).toBe(key);
    expect(leadsTo(await submit("/verify-email/", { key }))).toEqual({ status: 303, location: "/verify-email/done/" });
    expect((await open("/verify-email/done/")).text).toContain("Your address is confirmed");
    expect((await ann.get("/api/users/me/")).body.email_verified).toBe(true);
  });

  it("names the account, as the mail does, and takes no for an answer: the link is void then", async () => {
    const ann = await aPerson();
    const [mail] = await mailsTo(ann.email);
    const { url, key } = await linkTo(ann.email);
    const { text } = await open(url.pathname + url.search);
    expect(text).toContain("Did you make this account?");
    for (const says of [text, mail!.text, mail!.html]) {
      expect(says).toContain(ann.username);
      expect(says).toMatch(/\d{4}-\d\d-\d\d\s+at\s+\d\d:\d\d\s+UTC/);
    }
    const no = { key, made_by_me: "no" };
    expect(leadsTo(await submit("/verify-email/", no))).toEqual({ status: 303, location: "/forgot-password/" });
    for (const answer of [no, { key }]) expect((await submit("/verify-email/", answer)).status).toBe(400);
    expect((await ann.get("/api/users/me/")).body.email_verified).toBe(false);
  });

  it("unlinks what was linked before, unless the browser is logged in to the account", async () => {
    for (const [loggedIn, left] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const ann = await aPerson();
      await query(
        "insert into identities (user_id, provider, subject, created_at, last_used_at) values (?1, 'facebook', ?1, '2026-01-01', '2026-01-01')",
        ann.id,
      );
      const browser = new Browser(ORIGIN);
      await browser.post("/api/auth/login/", { username: (loggedIn ? ann : await aPerson()).username, password: PASSWORD });
      const { key } = await linkTo(ann.email);
      expect((await browser.post("/verify-email/", { key }, { accept: "application/json" })).status).toBe(200);
      expect((await ann.get("/api/users/me/")).body.email_verified).toBe(true);
      expect(await query("select id from identities where user_id = ?", ann.id), `logged in: ${loggedIn}`).toHaveLength(left);
    }
  });

  it("offers another mail when the link is not good", async () => {
    const ann = await aPerson();
    const { url, key } = await linkTo(ann.email);
    await submit("/verify-email/", { key });
    for (const answer of [
      await open(url.pathname + url.search),
      await open("/verify-email/?key=x"),
      await open("/verify-email/"),
      await submit("/verify-email/", { key }),
      await submit("/verify-email/", {}),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.text).toContain("This link is not good any more");
      expect(answer.text).toContain('href="/resend-email/"');
    }
    const bob = await aPerson();
    expect(leadsTo(await submit("/resend-email/", { email: bob.email }))).toEqual({ status: 303, location: "/resend-email/done/" });
    expect(await mailsTo(bob.email)).toHaveLength(2);
  });

  it("asks the database for nothing that can be no link, nor does that of a new password", async () => {
    const secret = "x".repeat(43);
    const trips = async (path: string) => {
      const meter = meterD1();
      expect((await open(path)).status, path).toBe(400);
      meter.stop();
      return meter.take().trips;
    };
    const garbage = ["x", `${secret}x`, `${secret.slice(1)}%00`, "%F0%9F%90%88", "x".repeat(5000)];
    for (const key of garbage) {
      expect(await trips(`/verify-email/?key=${key}`)).toBe(0);
      expect(await trips(`/reset-password/?uid=1&token=${key}`)).toBe(0);
    }
    for (const uid of ["x", "0", "-1", "1e3"]) expect(await trips(`/reset-password/?uid=${uid}&token=${secret}`)).toBe(0);
    expect([await trips(`/verify-email/?key=${secret}`), await trips(`/reset-password/?uid=1&token=${secret}`)], "what may be").toEqual([
      1, 1,
    ]);
  });

  it("says what a change of address will do, and that somebody was faster", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    for (const email of ["new@example.test", bob.email]) await ann.post("/api/auth/email/change/", { email, password: PASSWORD });
    const { url, key } = await linkTo(bob.email);
    expect((await open(url.pathname + url.search)).text).toContain("Your account will use");
    const { status, text } = await submit("/verify-email/", { key });
    expect({ status, says: text.includes("Another account uses this address") }).toEqual({ status: 400, says: true });
  });
});

describe("the page of a forgotten password", () => {
  it("mails a link and says the same for every address", async () => {
    const ann = await aPerson();
    for (const email of [ann.email, "nobody@example.test"])
      expect(leadsTo(await submit("/forgot-password/", { email }))).toEqual({ status: 303, location: "/forgot-password/done/" });
    expect(await mailsTo(ann.email)).toHaveLength(2);
  });

  it("shows what is wrong beside the field, and keeps what was typed, escaped", async () => {
    const { status, text } = await submit("/forgot-password/", { email: '"><script>alert(1)</script>' });
    expect(status).toBe(400);
    expect(text).toContain("Enter a valid email address.");
    expect(text).toContain('aria-invalid="true"');
    expect(text).toContain('aria-describedby="email-errors"');
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;script&gt;");
  });

  it("says when it is asked too often", async () => {
    const email = "nobody@example.test";
    const post = () =>
      call("POST", "/forgot-password/", {
        body: new URLSearchParams({ ...FORM_FIELD, email }),
        headers: { ...html, ...FORM_COOKIE },
        env: { RATE_LIMITS: "strict" },
      });
    for (let i = 0; i < 5; i++) expect((await post()).status).toBe(303);
    const { status, headers, text } = await post();
    expect({ status, says: text.includes("Too many tries") }).toEqual({ status: 429, says: true });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("the page of a new password", () => {
  it("sets it, leaves the browser logged in nowhere, and works once", async () => {
    const ann = await aPerson();
    const browser = new Browser(ORIGIN);
    await browser.post("/api/auth/login/", { username: ann.username, password: PASSWORD });
    const { url, uid, token } = await forgot(ann);
    const { text } = await open(url.pathname + url.search);
    expect([fieldValue({ text }, "uid"), fieldValue({ text }, "token")]).toEqual([uid, token]);
    const fields = { uid, token, new_password: NEW, new_password2: NEW };
    expect(leadsTo(await submit("/reset-password/", fields))).toEqual({ status: 303, location: "/reset-password/done/" });
    expect((await browser.get("/api/users/me/")).status).toBe(401);
    expect((await logIn(ann, NEW)).status).toBe(200);
    for (const answer of [await open(url.pathname + url.search), await submit("/reset-password/", fields)]) {
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('href="/forgot-password/"');
    }
  });

  it("shows what is wrong in place, and gives no password back", async () => {
    const ann = await aPerson();
    const { uid, token } = await forgot(ann);
    const { status, text } = await submit("/reset-password/", { uid, token, new_password: "sunshine", new_password2: "moonshine" });
    expect(status).toBe(400);
    expect(text).toContain("This password is too common.");
    expect(text).toContain("The two password fields didn’t match.");
    expect(text).not.toMatch(/sunshine|moonshine/);
    expect([fieldValue({ text }, "uid"), fieldValue({ text }, "token")]).toEqual([uid, token]);
    const empty = await submit("/reset-password/", { uid, token });
    expect({ status: empty.status, says: empty.text.includes("This field is required.") }).toEqual({ status: 400, says: true });
    expect((await logIn(ann, PASSWORD)).status).toBe(200);
  });

  it("answers script in JSON", async () => {
    const ann = await aPerson();
    const { uid, token } = await forgot(ann);
    const ask = (fields: Record<string, string>) => submit("/reset-password/", { uid, token, ...fields }, { accept: "application/json" });
    expect(await ask({ new_password: "sunshine" })).toMatchObject({
      status: 400,
      body: { new_password: ["This password is too common."] },
    });
    expect(await ask({ new_password: NEW })).toMatchObject({ status: 200, body: { detail: "ok" } });
  });
});

describe("the mailbox of development", () => {
  it("is an array of mails as JSON, newest first, and one of them by its id", async () => {
    const ann = await aPerson();
    await forgot(ann);
    const { status, headers, body } = await call("GET", "/dev/mailbox/");
    expect({ status, type: headers.get("content-type") }).toEqual({ status: 200, type: "application/json" });
    const mine = body.filter(({ to }: { to: string }) => to === ann.email);
    expect(mine.map(({ subject }: { subject: string }) => subject)).toEqual([
      "Choose a new password for Kith",
      "Confirm your e-mail address for Kith",
    ]);
    for (const mail of body) {
      expect(Object.keys(mail).sort()).toEqual(["html", "id", "sent_at", "subject", "text", "to"]);
      expect(mail.sent_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    expect((await call("GET", `/dev/mailbox/${mine[0].id}`)).body).toEqual(mine[0]);
    for (const nothing of ["999999", "x", "0"]) expect((await call("GET", `/dev/mailbox/${nothing}/`)).status).toBe(404);
  });

  it("is pages for people; a mail's HTML stands in a frame that may do nothing", async () => {
    const ann = await aPerson();
    const [mail] = await mailsTo(ann.email);
    expect((await open("/dev/mailbox/")).text).toContain(`href="/dev/mailbox/${mail!.id}/"`);
    const { text, headers } = await open(`/dev/mailbox/${mail!.id}/`);
    expect(text).toContain(`src="/dev/mailbox/${mail!.id}/html/"`);
    expect(text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(headers.get("content-security-policy")).toContain("frame-src 'self'");
    const frame = await open(`/dev/mailbox/${mail!.id}/html/`);
    expect(frame.text).toBe(mail!.html);
    expect(frame.headers.get("content-security-policy")).toMatch(/^sandbox [^;]*; default-src 'none'; /);
    expect(frame.headers.get("content-security-policy")).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
  });

  it("leaves out what was written with a signing secret that is gone", async () => {
    const ann = await aPerson();
    await ann.post("/api/auth/password/change/", { old_password: PASSWORD, new_password: NEW });
    const anew = { env: { JWT_SECRET: "a-new-secret-0123456789abcdef0123456789" } };
    const { status, body } = await call("GET", `/dev/mailbox/?to=${ann.email}`, anew);
    expect({ status, subjects: body.map(({ subject }: { subject: string }) => subject) }).toEqual({
      status: 200,
      subjects: ["Your password at Kith was changed"],
    });
    const [, verify] = await mailsTo(ann.email);
    expect((await call("GET", `/dev/mailbox/${verify!.id}/`, anew)).status).toBe(404);
  });

  it("exists nowhere else: a path like any that does not", async () => {
    const ann = await aPerson();
    const [mail] = await mailsTo(ann.email);
    for (const ENVIRONMENT of ["production", "", undefined, "Development"])
      for (const [method, path] of [
        ["GET", "/dev/mailbox/"],
        ["GET", `/dev/mailbox/${mail!.id}/`],
        ["GET", `/dev/mailbox/${mail!.id}/html/`],
        ["POST", "/dev/mailbox/"],
        ["OPTIONS", "/dev/mailbox/"],
      ] as const) {
        const env = { ENVIRONMENT };
        const { status, text, headers } = await call(method, path, { env });
        const nowhere = await call(method, path.replace("mailbox", "nowhere"), { env });
        const shown = (all: Headers) => [...all].filter(([name]) => name !== "x-request-id");
        expect({ status, text, headers: shown(headers) }, `${method} ${path}`).toEqual({
          status: 404,
          text: nowhere.text,
          headers: shown(nowhere.headers),
        });
      }
  });
});

describe("a mail", () => {
  it("says the same as text and as HTML, and calls the product by its name, escaped", async () => {
    const username = `n${crypto.randomUUID().slice(0, 8)}`;
    const email = `${username}@example.test`;
    const named = { APP_NAME: 'Tom & <b>"Jerry"</b>' };
    await call("POST", "/api/auth/register/", { body: { username, email, password: PASSWORD }, env: named });
    const [mail] = (await call("GET", `/dev/mailbox/?to=${email}`, { env: named })).body;
    expect(mail.subject).toBe('Confirm your e-mail address for Tom & <b>"Jerry"</b>');
    expect(mail.html).toContain("Tom &amp; &lt;b&gt;&quot;Jerry&quot;&lt;/b&gt;");
    expect(mail.html).not.toContain("<b>");
    const { url } = await linkTo(email);
    expect(mail.html.split(`href="${url.href}"`)).toHaveLength(3);
    expect(mail.html).not.toMatch(/<img|<script|url\(/);
    for (const line of mail.text.split("\n")) if (!line.startsWith("http")) expect(line.length).toBeLessThanOrEqual(72);
  });

  it("leads to the app's own pages where APP_URL says so", async () => {
    const ann = await aPerson();
    await forgot(ann);
    const at = { env: { APP_URL: "https://app.example.com/account/" } };
    const [reset, verify] = (await call("GET", `/dev/mailbox/?to=${ann.email}`, at)).body;
    expect(reset.text).toMatch(/^https:\/\/app\.example\.com\/account\/reset-password\/\?uid=\d+&token=[\w-]{43}$/m);
    expect(verify.text).toMatch(/^https:\/\/app\.example\.com\/account\/verify-email\/\?key=[\w-]{43}$/m);
    for (const APP_URL of ["app.example.com", "javascript:alert(1)"]) {
      const { status, body } = await call("GET", "/health/ready/", { env: { APP_URL } });
      expect({ status, names: body.detail.includes("APP_URL") }).toEqual({ status: 503, names: true });
    }
  });
});

describe("the pages that mails lead to", () => {
  it("lead on: home once an address is confirmed, to log in once a password is new", async () => {
    expect((await open("/verify-email/done/")).text).toContain('<a class="button" href="/">Go on</a>');
    expect((await open("/reset-password/done/")).text).toContain('<a class="button" href="/login">Log in with the new one</a>');
    expect((await open("/forgot-password/")).text).toContain('<a href="/login">Log in</a>');
  });

  it("have the frame of who is logged in, and confirm for them; to who was, they are as to anybody", async () => {
    const { person, visitor } = await Visitor.new();
    const { url, key } = await linkTo(person.email);
    const page = await visitor.open(url.pathname + url.search);
    expect(page.text).toContain('<a href="/logout">Log out</a>');
    await person.delete("/api/auth/sessions/");
    const cookie = visitor.browser.cookiesFor("/");
    for (const path of ["/verify-email/?key=nonsense", "/forgot-password/", "/verify-email/done/", "/dev/mailbox/"]) {
      const answer = await call("GET", path, { headers: { ...html, cookie } });
      expect([answer.text.includes('href="/logout"'), answer.text.includes('href="/login"')], path).toEqual([false, true]);
      expect(answer.headers.getSetCookie().join(), path).toContain("__Host-access_token=;");
    }
    const wrong = await visitor.submit(page, "/verify-email/", { key: "nonsense" });
    expect([wrong.status, wrong.text.includes("not good any more")]).toEqual([400, true]);
    expect(leadsTo(await visitor.submit(page, "/verify-email/", { key }))).toEqual({ status: 303, location: "/verify-email/done/" });
    expect((await person.get("/api/users/me/")).body.email_verified).toBe(true);
  });
});
