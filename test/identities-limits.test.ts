import { describe, expect, it, vi } from "vitest";
import { query } from "./support/hub";
import { atFacebook, atGoogle, awayAndBack, exchange, facebookIdToken, googleTokens, type Known } from "./support/identities";
import { linkTo } from "./support/mail";
import { type Answer, aPerson, call, PASSWORD } from "./support/people";

/** What holds for every way in holds for this one: limits, addresses that have to be confirmed, the log. */

const idToken = async (person: Known) => ({ id_token: (await googleTokens(person)).id_token });
const facebookToken = async (person: Known) => ({ id_token: await facebookIdToken(person) });
const says = ({ status, body }: Answer) => ({ status, code: body?.code });
const mails = () => query<{ address: string; template: string }>("select address, template from outbox");

describe("tokens that are no good", () => {
  const strict = { RATE_LIMITS: "strict", CREDENTIAL_BURSTS: { limit: async () => ({ success: true }) } };

  it("are counted by the address they come from, good ones are not", async () => {
    const good = await idToken(await atGoogle());
    for (let i = 0; i < 5; i++) expect((await exchange("google", good, strict)).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 52 }, () => exchange("google", { id_token: "x" }, strict)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(50).fill(400), 429, 429]);
    expect(answers.find(({ status }) => status === 429)!.headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await exchange("google", good, strict)).status, "nobody is locked out by them").toBe(200);
  });

  it("and comings and goings meet the shield against bursts", async () => {
    const shut = { RATE_LIMITS: "strict", CREDENTIAL_BURSTS: { limit: async () => ({ success: false }) } };
    for (const [method, path] of [
      ["GET", "/api/auth/google/"],
      ["GET", "/api/auth/google/callback/"],
      ["POST", "/api/auth/google/"],
      ["POST", "/dj-rest-auth/facebook/"],
    ] as const)
      expect((await call(method, path, { env: shut, body: method === "POST" ? {} : undefined })).status, path).toBe(429);
  });
});

describe("an address that the provider has not verified", () => {
  it("is asked to be confirmed by mail, where addresses are; one that it has verified is not", async () => {
    const [bob, cid, ann] = [await atFacebook(), await atFacebook(), await atGoogle()];
    await exchange("facebook", await facebookToken(bob));
    expect(await mails()).toEqual([{ address: bob.email, template: "verify" }]);
    await exchange("facebook", await facebookToken(cid), { EMAIL_VERIFICATION: "none" });
    await exchange("google", await idToken(ann));
    expect(await mails()).toHaveLength(1);
  });

  it("makes an account where that has to come first, and lets nobody in before", async () => {
    const mandatory = { EMAIL_VERIFICATION: "mandatory" };
    const bob = await atFacebook();
    for (let i = 0; i < 2; i++)
      expect(says(await exchange("facebook", await facebookToken(bob), mandatory))).toEqual({ status: 403, code: "email_not_verified" });
    expect(await query("select count(*) as people from users")).toEqual([{ people: 1 }]);
    expect(await query("select * from sessions")).toEqual([]);
    const dj = await call("POST", "/dj-rest-auth/facebook/", { body: await facebookToken(bob), env: mandatory });
    expect({ status: dj.status, body: dj.body }).toEqual({ status: 400, body: { non_field_errors: ["E-mail is not verified."] } });
    await query("update users set email_verified_at = '2026-01-01T00:00:00.000Z'");
    expect((await exchange("facebook", await facebookToken(bob), mandatory)).status).toBe(200);
    expect((await exchange("google", await idToken(await atGoogle()), mandatory)).status).toBe(200);
  });

  it("counts as confirmed when the provider verifies it later, if it still is the person's here", async () => {
    const said = { given_name: "Ann" };
    const ann = await atGoogle({ ...said, email_verified: false });
    expect((await exchange("google", await idToken(ann))).body.user.email_verified).toBe(false);
    await atGoogle({ ...said, email: ann.email }, ann.sub);
    expect((await exchange("google", await idToken(ann))).body.user.email_verified).toBe(true);

    const eve = await aPerson();
    const google = await atGoogle();
    await eve.post("/api/auth/identities/google/", await idToken(google));
    expect((await exchange("google", await idToken(google))).body.user).toMatchObject({ id: eve.id, email_verified: false });
  });
});

describe("a password by a mailed link", () => {
  async function resetPassword(email: string): Promise<void> {
    await call("POST", "/api/auth/password/reset/", { body: { email } });
    const { uid, token } = await linkTo(email);
    const { status } = await call("POST", "/api/auth/password/reset/confirm/", { body: { uid, token, new_password: PASSWORD } });
    expect(status).toBe(200);
  }
  const login = (email: string) => call("POST", "/api/auth/login/", { body: { email, password: PASSWORD } });
  const linked = async (token: string) => (await call("GET", "/api/auth/identities/", { token })).body;

  it("is a way in for who had none but the provider, whom they may unlink then", async () => {
    const ann = await atGoogle();
    const { body: first } = await exchange("google", await idToken(ann));
    await resetPassword(ann.email);
    const { body } = await login(ann.email);
    expect(body.user.id).toBe(first.user.id);
    const [identity] = await linked(body.access);
    expect(identity).toMatchObject({ provider: "google" });
    expect((await call("DELETE", `/api/auth/identities/${identity.id}/`, { token: body.access })).status).toBe(204);
  });

  it("shuts out who made the account by a provider with an address that was not theirs", async () => {
    const mallory = await atFacebook();
    const made = await exchange("facebook", await facebookToken(mallory));
    expect(made.status).toBe(200);
    await resetPassword(mallory.email);
    const owner = (await login(mallory.email)).body;
    expect(owner.user.id).toBe(made.body.user.id);
    expect(await linked(owner.access)).toEqual([]);
    expect(says(await exchange("facebook", await facebookToken(mallory)))).toEqual({ status: 409, code: "account_exists" });
  });
});

describe("a new way in", () => {
  it("is told by mail, once, whichever way it was linked; the first of a newcomer is not", async () => {
    const ann = await aPerson();
    await query("update users set email_verified_at = '2026-01-01T00:00:00.000Z'");
    await query("delete from outbox");
    const [own, another, newcomer] = [await atGoogle({ email: ann.email }), await atGoogle(), await atGoogle()];
    for (let i = 0; i < 2; i++) {
      await exchange("google", await idToken(own));
      await ann.post("/api/auth/identities/google/", await idToken(another));
      await exchange("google", await idToken(newcomer));
    }
    const told = { address: ann.email, template: "identity_linked" };
    expect(await mails()).toEqual([told, told]);
  });
});

describe("the log", () => {
  it("says who got in by a provider and who did not, also where the answer leads a browser on", async () => {
    const lines: Record<string, unknown>[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => void lines.push(JSON.parse(line)));
    const ann = await atGoogle();
    const { body } = await exchange("google", await idToken(ann));
    await exchange("google", { id_token: "x" });
    const refused = await awayAndBack(ann, { agrees: false, query: "?next=/" });
    await refused.browser.get(refused.back);
    await call("GET", refused.back);
    const { browser, back } = await awayAndBack(ann, { query: "?next=/" });
    await browser.get(back);
    const events = lines.filter(({ event }) => event !== undefined);
    expect(events.map(({ event, outcome, user_id, error }) => ({ event, outcome, user_id, error }))).toEqual([
      { event: "login", outcome: "success", user_id: body.user.id, error: undefined },
      { event: "login", outcome: "failure", user_id: null, error: "provider_refused" },
      { event: "login", outcome: "failure", user_id: null, error: "access_denied" },
      { event: "login", outcome: "failure", user_id: null, error: "login_not_started" },
      { event: "login", outcome: "success", user_id: body.user.id, error: undefined },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/code=|state=|eyJ|@example/);
  });
});
