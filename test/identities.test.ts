import bcrypt from "bcryptjs";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";
import { query } from "./support/hub";
import {
  APP_CALLBACK,
  atFacebook,
  atGoogle,
  awayAndBack,
  enterByGoogle,
  exchange,
  facebookIdToken,
  GOOGLE,
  googleCode,
  googleTokens,
  type Known,
  VERIFIER,
} from "./support/identities";
import { type Answer, aPerson, call, newName, PASSWORD, type Person } from "./support/people";
import { later, stopClock } from "./support/time";

const INCORRECT = { status: 400, body: { non_field_errors: ["Incorrect value"] } };
const dj = (provider: "google" | "facebook", body: object) => call("POST", `/dj-rest-auth/${provider}/`, { body });
const says = ({ status, body }: Answer) => ({ status, body });
const link = (person: Person, body: object) => person.post("/api/auth/identities/google/", body);
const verify = ({ id }: Person) => query("update users set email_verified_at = '2026-01-01T00:00:00.000Z' where id = ?", id);
const idToken = async (person: Known) => ({ id_token: (await googleTokens(person)).id_token });

/** What the provider would not say here of itself. */
function answering(answer: (url: URL) => Response | null) {
  const real = globalThis.fetch;
  return vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    return answer(new URL(input instanceof Request ? input.url : input)) ?? real(input, init);
  });
}

describe("logging in with what a client has from Google", () => {
  it("takes an ID token, an access token, and a code with its verifier", async () => {
    const ann = await atGoogle();
    const { id_token, access_token } = await googleTokens(ann);
    const code = () => googleCode(ann);
    const ways = [
      { id_token },
      { access_token },
      { id_token, access_token },
      { code: await code(), redirect_uri: APP_CALLBACK, code_verifier: VERIFIER },
      { code: await code(), callback_url: APP_CALLBACK, code_verifier: VERIFIER },
    ];
    const ids = new Set<number>();
    for (const way of ways) {
      const { status, body, headers } = await exchange("google", way);
      expect({ status, keys: Object.keys(body).sort() }, Object.keys(way).join()).toEqual({
        status: 200,
        keys: ["access", "refresh", "tokens", "user"],
      });
      const names = headers.getSetCookie().map((line) => line.split("=")[0]);
      expect(names).toEqual(expect.arrayContaining(["__Host-access_token", "__Host-refresh_token"]));
      ids.add(body.user.id);
    }
    expect(ids.size).toBe(1);
  });

  it("answers dj-rest-auth's clients as their log-in does, with cookies", async () => {
    const ann = await atGoogle();
    const { status, body, headers } = await dj("google", await idToken(ann));
    expect({ status, keys: Object.keys(body) }).toEqual({ status: 200, keys: ["access", "refresh", "user"] });
    expect(body.user).toEqual({ pk: body.user.pk, username: ann.sub, email: ann.email, first_name: "Ann", last_name: "Smith" });
    expect(headers.getSetCookie().join()).toContain(`__Host-refresh_token=${body.refresh}`);
    const bob = await dj("facebook", { id_token: await facebookIdToken(await atFacebook()) });
    expect(bob).toMatchObject({ status: 200, body: { user: { first_name: "Bob" } } });
  });

  it("says in dj-rest-auth's words what is wrong", async () => {
    for (const bad of [{ access_token: "x" }, { id_token: "x" }, { code: "x" }, { id_token: "a b" }])
      expect(says(await dj("google", bad)).status, JSON.stringify(bad)).toBe(400);
    for (const bad of [{ access_token: "x" }, { id_token: "x" }, { code: "x" }]) {
      expect(says(await dj("google", bad))).toEqual(INCORRECT);
      expect(says(await dj("facebook", bad))).toEqual(INCORRECT);
      expect(says(await exchange("google", bad))).toMatchObject({ ...INCORRECT, body: { ...INCORRECT.body, code: "provider_refused" } });
    }
    for (const empty of [{}, { access_token: "", code: null }])
      expect(says(await dj("google", empty))).toEqual({
        status: 400,
        body: { non_field_errors: ["Incorrect input. access_token or code is required."] },
      });
  });

  it("says so when our own secret is wrong: nobody's code is to blame", async () => {
    const body = { code: await googleCode(await atGoogle()), redirect_uri: APP_CALLBACK, code_verifier: VERIFIER };
    const wrong = await exchange("google", body, { GOOGLE_CLIENT_SECRET: "wrong" });
    expect(wrong).toMatchObject({ status: 503, body: { code: "provider_not_configured" } });
  });

  it.each(["redirect_uri_mismatch", "unauthorized_client"])(
    "blames who sent it when a code is answered with %s, and counts it",
    async (error) => {
      const answers = answering((url) => (url.pathname === "/token" ? Response.json({ error }, { status: 400 }) : null));
      const code = { code: "somebody-elses", redirect_uri: "https://app.example.com/wrong" };
      expect(await exchange("google", code)).toMatchObject({ ...INCORRECT, body: { ...INCORRECT.body, code: "provider_refused" } });
      expect(await query("select count from attempts where key like 'social_address:%'")).toEqual([{ count: 1 }]);
      answers.mockRestore();
      const { browser, back } = await awayAndBack(await atGoogle());
      answering((url) => (url.pathname === "/token" ? Response.json({ error }, { status: 400 }) : null));
      const ours = await browser.get(back);
      expect(ours, "what we began ourselves is ours").toMatchObject({ status: 503, body: { code: "provider_not_configured" } });
      expect(await query("select count from attempts where key like 'social_address:%'")).toEqual([{ count: 1 }]);
    },
  );

  it("takes a code once, with the address and the verifier that it was asked for with", async () => {
    const ann = await atGoogle();
    const good = { code: await googleCode(ann), redirect_uri: APP_CALLBACK, code_verifier: VERIFIER };
    expect((await exchange("google", good)).status).toBe(200);
    expect(says(await dj("google", good))).toEqual(INCORRECT);
    const spoilt = [{ redirect_uri: undefined }, { redirect_uri: "https://app.example.com/other" }, { code_verifier: undefined }];
    for (const change of [...spoilt, { code_verifier: "x".repeat(43) }])
      expect(says(await dj("google", { ...good, code: await googleCode(ann), ...change }))).toEqual(INCORRECT);
  });
});

describe("an ID token", () => {
  it("of another client's is refused", async () => {
    const ann = await atGoogle();
    expect(says(await dj("google", { id_token: (await googleTokens(ann, "foreign")).id_token }))).toEqual(INCORRECT);
    expect((await dj("google", await idToken(ann))).status).toBe(200);
  });

  it("that has run out is refused", async () => {
    stopClock();
    const token = await idToken(await atGoogle());
    later(3599);
    expect((await dj("google", token)).status).toBe(200);
    later(2);
    expect(says(await dj("google", token))).toEqual(INCORRECT);
  });

  it("with another nonce than the client's is refused", async () => {
    const { id_token } = await googleTokens(await atGoogle(), "kith", { nonce: "of-this-log-in" });
    expect(says(await dj("google", { id_token, nonce: "of-another" }))).toEqual(INCORRECT);
    expect((await dj("google", { id_token, nonce: "of-this-log-in" })).status).toBe(200);
  });

  it("that is unsigned, signed with our secret, or changed is refused", async () => {
    const { id_token } = await idToken(await atGoogle());
    const [header, claims, signature] = id_token.split(".") as [string, string, string];
    const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const decoded = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    const confused = new SignJWT(decoded).setProtectedHeader({ alg: "HS256" });
    for (const forged of [
      `${encode({ alg: "none" })}.${claims}.`,
      await confused.sign(new TextEncoder().encode("a-secret-between-kith-and-google")),
      `${header}.${encode({ ...decoded, sub: "somebody-else" })}.${signature}`,
      `${header}.${claims}.`,
    ])
      expect(says(await dj("google", { id_token: forged }))).toEqual(INCORRECT);
  });

  it("of another provider's is refused", async () => {
    expect(says(await dj("google", { id_token: await facebookIdToken(await atFacebook()) }))).toEqual(INCORRECT);
    expect(says(await dj("facebook", await idToken(await atGoogle())))).toEqual(INCORRECT);
  });
});

describe("an access token", () => {
  const TOKENINFO = { GOOGLE_TOKENINFO_URL: `${GOOGLE}/tokeninfo` };

  it.each([
    ["by standard introspection", {}],
    ["by Google's tokeninfo", TOKENINFO],
  ])("that was issued to another app is refused, %s: its owner would log in as its people", async (_, env) => {
    const ann = await atGoogle();
    const own = await googleTokens(ann);
    const foreign = await googleTokens(ann, "foreign");
    expect(await exchange("google", { access_token: own.access_token }, env)).toMatchObject({ status: 200 });
    expect(await exchange("google", { access_token: foreign.access_token }, env)).toMatchObject(INCORRECT);
    expect(await exchange("google", { access_token: `${own.access_token}x` }, env)).toMatchObject(INCORRECT);
    const me = await fetch(`${GOOGLE}/me`, { headers: { authorization: `Bearer ${foreign.access_token}` } });
    expect(me.status, "the provider itself takes it").toBe(200);
  });
});

describe("the first log-in", () => {
  it("makes a person without a password, who gets a name that is free", async () => {
    const name = newName();
    await aPerson();
    const first = await enterByGoogle(await atGoogle({ email: `${name}@one.example` }));
    const second = await enterByGoogle(await atGoogle({ email: `${name}@two.example`, email_verified: false }));
    expect(first.body.user).toMatchObject({ username: name, email_verified: true });
    expect(second.body.user).toMatchObject({ email_verified: false });
    expect(second.body.user.username).toMatch(new RegExp(`^${name}\\d{6}$`));
    const [row] = await query("select password_hash from users where id = ?", first.body.user.id);
    expect(row).toEqual({ password_hash: "!" });
    const found = await call("GET", `/api/users/?search=${name}`, { token: second.body.access });
    expect(found.body.map(({ id }: { id: number }) => id)).toEqual([first.body.user.id, second.body.user.id]);
  });

  it("takes as much of a long name as fits, and no half characters", async () => {
    const cat = "\u{1f408}";
    const { body } = await enterByGoogle(await atGoogle({ given_name: `${"x".repeat(149)}${cat}`, family_name: cat.repeat(100) }));
    expect(body.user).toMatchObject({ first_name: "x".repeat(149), last_name: cat.repeat(75) });
    const same = { first_name: body.user.first_name, last_name: body.user.last_name };
    expect(await call("PATCH", `/api/users/${body.user.id}/`, { token: body.access, body: same })).toMatchObject({
      status: 200,
      body: same,
    });
  });

  it("makes one person of ten at once", async () => {
    const token = await idToken(await atGoogle());
    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange("google", token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
    expect(await query("select (select count(*) from users) as users, (select count(*) from identities) as identities")).toEqual([
      { users: 1, identities: 1 },
    ]);
  });

  it("needs an address", async () => {
    for (const email of ["", "no address", undefined]) {
      const answer = await enterByGoogle(await atGoogle({ email }));
      expect(answer).toMatchObject({ status: 400, body: { code: "provider_email_missing" } });
    }
  });

  it("leaves no password that opens the account, and a try takes as long as any", async () => {
    const ann = await atGoogle();
    await enterByGoogle(ann);
    const compare = vi.spyOn(bcrypt, "compare");
    for (const password of ["!", "", " ", "null", PASSWORD]) {
      const { status } = await call("POST", "/api/auth/login/", { body: { email: ann.email, password } });
      expect(status, password).toBe(password === "" ? 400 : 401);
    }
    expect(compare).toHaveBeenCalledTimes(4);
    for (const [, hash] of compare.mock.calls) expect(bcrypt.getRounds(hash)).toBe(10);
  });

  it("is refused like a failed log-in when the person is suspended, first and later", async () => {
    const ann = await atGoogle();
    const { body } = await enterByGoogle(ann);
    await query("update users set suspended_at = '2026-01-01T00:00:00.000Z' where id = ?", body.user.id);
    const failed = await call("POST", "/api/auth/login/", { body: { username: "nobody-here", password: PASSWORD } });
    expect(says(await enterByGoogle(ann))).toEqual(says(failed));
    expect(says(await dj("google", await idToken(ann)))).toEqual({
      status: 400,
      body: { non_field_errors: ["Unable to log in with provided credentials."] },
    });
  });
});

describe("an address that somebody here has", () => {
  const EXISTS = { status: 409, body: { code: "account_exists" } };

  it.each([
    ["neither side has verified it", false, false],
    ["only the provider has", true, false],
    ["only we have", false, true],
  ])("lets nobody in while %s", async (_, theirs, ours) => {
    const ann = await aPerson();
    if (ours) await verify(ann);
    const mallory = await atGoogle({ email: ann.email, email_verified: theirs });
    expect(await enterByGoogle(mallory)).toMatchObject(EXISTS);
    expect(says(await dj("google", await idToken(mallory)))).toEqual({
      status: 400,
      body: { non_field_errors: ["User is already registered with this e-mail address."] },
    });
    expect((await ann.get("/api/auth/identities/")).body).toEqual([]);
  });

  it("is its owner's when both have, in any case", async () => {
    const ann = await aPerson();
    await verify(ann);
    const google = await atGoogle({ email: ann.email.toUpperCase() });
    expect((await enterByGoogle(google)).body.user.id).toBe(ann.id);
    expect((await ann.get("/api/auth/identities/")).body).toMatchObject([{ provider: "google", email: ann.email }]);
    expect((await ann.elsewhere()).id, "the password still works").toBe(ann.id);
  });

  it("of a suspended person gets everybody who comes what a failed log-in gets", async () => {
    const [ann, mandatory] = [await aPerson(), { EMAIL_VERIFICATION: "mandatory" }];
    const stranger = await idToken(await atGoogle({ email: ann.email }));
    const linked = await facebookIdToken(await atFacebook());
    await ann.post("/api/auth/identities/facebook/", { id_token: linked });
    const come = async () => [await exchange("google", stranger), await exchange("facebook", { id_token: linked }, mandatory)];
    expect(
      (await come()).map(({ body }) => body.code),
      "it could be told",
    ).toEqual(["account_exists", "email_not_verified"]);
    await query("update users set suspended_at = '2026-01-01T00:00:00.000Z' where id = ?", ann.id);
    const failed = says(await call("POST", "/api/auth/login/", { body: { username: "nobody-here", password: PASSWORD } }));
    expect((await come()).map(says)).toEqual([failed, failed]);
  });

  it("by Facebook, which vouches for none, is never linked by itself", async () => {
    const ann = await aPerson();
    await verify(ann);
    const token = await facebookIdToken(await atFacebook(), { email: ann.email, email_verified: true });
    expect(await exchange("facebook", { id_token: token })).toMatchObject(EXISTS);
  });
});

describe("Google itself", () => {
  const EXISTS = { status: 409, body: { code: "account_exists" } };

  /** Google's keys are ours here; everything else is as it is. */
  async function asGoogle() {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const jwks_uri = "https://www.googleapis.com/oauth2/v3/certs";
    const documents: Record<string, object> = {
      "https://accounts.google.com/.well-known/openid-configuration": { issuer: ISSUER, jwks_uri, token_endpoint: `${ISSUER}/token` },
      [jwks_uri]: { keys: [{ ...(await exportJWK(publicKey)), alg: "RS256", use: "sig", kid: "one" }] },
    };
    answering(({ href }) => (documents[href] ? Response.json(documents[href]) : null));
    const sign = (claims: object) =>
      new SignJWT({ sub: newName("g"), email_verified: true, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "one" })
        .setIssuer(ISSUER)
        .setAudience("kith")
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey);
    return async (claims: object) => exchange("google", { id_token: await sign(claims) }, { GOOGLE_ISSUER: "" });
  }
  const ISSUER = "https://accounts.google.com";

  async function known(email: string): Promise<number> {
    const { body } = await call("POST", "/api/auth/register/", { body: { username: newName(), email, password: PASSWORD } });
    await query("update users set email_verified_at = '2026-01-01T00:00:00.000Z' where id = ?", body.user.id);
    return body.user.id;
  }

  it("lets in by an address that is its own, or of a domain that it hosts", async () => {
    const enter = await asGoogle();
    for (const [email, hd] of [["ann@gmail.com"], ["bob@googlemail.com"], ["cid@hosted.example", "hosted.example"]] as const) {
      const id = await known(email);
      expect(await enter({ email, hd }), email).toMatchObject({ status: 200, body: { user: { id, email_verified: true } } });
    }
  });

  it("does not by another, which it has seen to be theirs some day", async () => {
    const enter = await asGoogle();
    for (const [email, hd] of [
      ["ann@elsewhere.example"],
      ["bob@elsewhere.example", "hosted.example"],
      ["cid@notgmail.com"],
      ["eve@gmail.com.example", ""],
      ["mallory@sub.hosted.example", "hosted.example"],
    ] as const) {
      await known(email);
      expect(await enter({ email, hd }), email).toMatchObject(EXISTS);
    }
    expect(await query("select * from identities")).toEqual([]);
  });

  it("makes an account with such an address, which is then to be confirmed like any", async () => {
    const enter = await asGoogle();
    const { status, body } = await enter({ email: "ann@elsewhere.example" });
    expect({ status, verified: body.user.email_verified }).toEqual({ status: 200, verified: false });
    expect(await query("select template from outbox")).toEqual([{ template: "verify" }]);
  });
});

describe("linking and unlinking", () => {
  it("links what the token stands for, once, and lists it", async () => {
    const ann = await aPerson();
    const google = await atGoogle();
    const token = await idToken(google);
    const first = await link(ann, token);
    expect(first).toMatchObject({ status: 201, body: { provider: "google", email: google.email } });
    expect((await link(ann, token)).body.id).toBe(first.body.id);
    await ann.post("/api/auth/identities/facebook/", { id_token: await facebookIdToken(await atFacebook()) });
    const { body } = await ann.get("/api/auth/identities/");
    expect(body.map(({ provider }: { provider: string }) => provider)).toEqual(["google", "facebook"]);
    expect((await enterByGoogle(google)).body.user.id).toBe(ann.id);
  });

  it("an account at a provider is one person's, whoever links it first", async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => aPerson()));
    const token = await idToken(await atGoogle());
    const answers = await Promise.all(people.map((person) => link(person, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe("identity_taken");
  });

  it("does not take a token that another app was given", async () => {
    const ann = await aPerson();
    const google = await atGoogle();
    const { access_token, id_token } = await googleTokens(google, "foreign");
    for (const bad of [{ access_token }, { id_token }]) expect(await link(ann, bad)).toMatchObject(INCORRECT);
    expect((await link(ann, await idToken(google))).status).toBe(201);
  });

  it("unlinks, and then it logs nobody in here", async () => {
    const ann = await aPerson();
    const google = await atGoogle({ email: "elsewhere@example.test" });
    const { body } = await link(ann, await idToken(google));
    expect((await ann.delete(`/api/auth/identities/${body.id}/`)).status).toBe(204);
    expect((await ann.get("/api/auth/identities/")).body).toEqual([]);
    expect((await enterByGoogle(google)).body.user.id).not.toBe(ann.id);
  });

  it("keeps the last way in of who has no password", async () => {
    const google = await atGoogle();
    const { body } = await enterByGoogle(google);
    const token = body.access;
    const list = async () => (await call("GET", "/api/auth/identities/", { token })).body as { id: number }[];
    const remove = (id: number) => call("DELETE", `/api/auth/identities/${id}/`, { token });
    const [first] = await list();
    expect(await remove(first!.id)).toMatchObject({ status: 400, body: { code: "last_way_in" } });
    await call("POST", "/api/auth/identities/google/", { token, body: await idToken(await atGoogle()) });
    const both = await list();
    const removals = await Promise.all(both.map(({ id }) => remove(id)));
    expect(removals.map(({ status }) => status).sort(), "both at once: one stays").toEqual([204, 400]);
    expect(await list()).toHaveLength(1);
  });
});
