import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { base64url, claimsOf, headerOf, resigned } from "./support/jwt";
import { aPerson, call, newName, PASSWORD, people } from "./support/people";

const secret = () => new TextEncoder().encode(env.JWT_SECRET);
const me = async (token: string, changes?: Record<string, unknown>) =>
  (await call("GET", "/api/users/me/", { token, ...(changes && { env: changes }) })).status;

describe("a token", () => {
  it("has the header and the claims that clients of SimpleJWT read", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { id, access, refresh } = await aPerson();
    expect(headerOf(access)).toEqual({ alg: "HS256", typ: "JWT", kid: expect.stringMatching(/^[0-9a-f]{8}$/) });
    const claims = claimsOf(access);
    expect(claims).toEqual({
      token_type: "access",
      user_id: id,
      sid: expect.any(Number),
      iss: "kith",
      iat: expect.any(Number),
      exp: claims.iat + 3600,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(Number.isInteger(claims.iat) && claims.iat >= before).toBe(true);
    expect(claimsOf(refresh)).toMatchObject({ token_type: "refresh", user_id: id, sid: claims.sid, exp: claims.iat + 14 * 86_400 });
    expect(claimsOf(refresh).jti).not.toBe(claims.jti);
  });

  it("is plain ASCII, whatever its owner is called", async () => {
    const { body } = await call("POST", "/api/auth/register/", {
      body: { username: `żółć_${newName()}`, email: `${newName()}@example.test`, password: PASSWORD },
    });
    for (const token of [body.access, body.refresh]) expect(atob(token.split(".")[1])).toMatch(/^[\x20-\x7e]+$/);
  });

  it("is written nowhere in the database", async () => {
    const ann = await aPerson();
    const { results } = await env.DB.prepare("select name from sqlite_master where type = 'table' and name not like '%cf%'").all<{
      name: string;
    }>();
    const tables = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`select * from "${name}"`)));
    const stored = JSON.stringify(tables.map((table) => table.results));
    expect(stored, "the person is there").toContain(ann.username);
    for (const token of [ann.access, ann.refresh]) for (const part of token.split(".").slice(1)) expect(stored).not.toContain(part);
    expect(stored).not.toContain(PASSWORD);
  });
});

describe("a token that we did not sign so is refused:", () => {
  it("and the very same one signed again is not, so these tests mean something", async () => {
    const { access } = await aPerson();
    expect(await me(await resigned(access))).toBe(200);
    expect(await me(await resigned(access, { claims: { unknown: "claim" } }))).toBe(200);
  });

  it("by its header", async () => {
    const { access } = await aPerson();
    const claims = access.split(".")[1]!;
    const unsigned = (alg: string) => `${base64url(JSON.stringify({ ...headerOf(access), alg }))}.${claims}.`;
    const forged: Record<string, string> = {
      "no algorithm": unsigned("none"),
      "no algorithm, in capitals": unsigned("NONE"),
      "no signature": unsigned("HS256"),
      "the signature of another header": `${base64url(JSON.stringify({ ...headerOf(access), alg: "RS256" }))}.${claims}.${access.split(".")[2]}`,
      "a longer hash": await resigned(access, { header: { alg: "HS384" }, key: await hmac("SHA-384") }),
      "the longest hash": await resigned(access, { header: { alg: "HS512" }, key: await hmac("SHA-512") }),
      "an unknown key": await resigned(access, { header: { kid: "00000000" } }),
      "no key": await resigned(access, { header: { kid: undefined } }),
      "another type": await resigned(access, { header: { typ: "at+jwt" } }),
      "no type": await resigned(access, { header: { typ: undefined } }),
      "another secret": await resigned(access, { key: new TextEncoder().encode("another-secret-0123456789abcdef-0123") }),
    };
    for (const [what, token] of Object.entries(forged)) expect({ what, status: await me(token) }).toEqual({ what, status: 401 });
  });

  it("by its claims", async () => {
    const { access } = await aPerson();
    const now = Math.floor(Date.now() / 1000);
    const lacking = ["exp", "iat", "jti", "user_id", "sid", "token_type", "iss"].map((claim) => ({ [claim]: undefined }));
    const wrong: Record<string, unknown>[] = [
      ...lacking,
      { exp: now - 1 },
      { exp: "9999999999" },
      { exp: null },
      { nbf: now + 60 },
      { iss: "somebody else" },
      { token_type: "refresh" },
      { token_type: "ticket" },
      { token_type: "" },
      { user_id: "1" },
      { user_id: 0 },
      { user_id: 1.5 },
      { user_id: [1] },
      { sid: "1" },
      { sid: -1 },
      { sid: 999_999 },
    ];
    for (const claims of wrong) expect({ claims, status: await me(await resigned(access, { claims })) }).toEqual({ claims, status: 401 });
  });

  it("by its text", async () => {
    const { access } = await aPerson();
    const [header, claims, signature] = access.split(".") as [string, string, string];
    const edited = base64url(JSON.stringify({ ...claimsOf(access), user_id: claimsOf(access).user_id + 1 }));
    const flipped = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    const texts = [
      `${header}.${edited}.${signature}`,
      `${header}.${claims}.${flipped}`,
      `${header}.${claims}.${signature}.${signature}`,
      `${header}.${claims}`,
      `${header}..${signature}`,
      `.${claims}.${signature}`,
      "..",
      ".",
      "a.b.c",
      `${base64url("[]")}.${claims}.${signature}`,
      `${base64url("null")}.${claims}.${signature}`,
      access.slice(0, -5),
      "x".repeat(8000),
    ];
    for (const token of texts) expect({ token, status: await me(token) }).toEqual({ token, status: 401 });
  });

  it("when it stands twice in the header", async () => {
    const { access } = await aPerson();
    for (const authorization of [`Bearer ${access}, Bearer ${access}`, `Bearer ${access} ${access}`])
      expect((await call("GET", "/api/users/me/", { headers: { authorization } })).status).toBe(401);
  });

  it("in the second in which it runs out, and not a second before", async () => {
    const { access } = await aPerson();
    const { exp } = claimsOf(access);
    vi.useFakeTimers({ toFake: ["Date"], now: exp * 1000 - 1 });
    expect(await me(access)).toBe(200);
    vi.setSystemTime(exp * 1000);
    expect(await me(access)).toBe(401);
  });

  it("with somebody else's session, or somebody else's name on one's own", async () => {
    const [ann, bob] = await people("ann", "bob");
    const { sid } = claimsOf(bob!.access);
    expect(await me(await resigned(ann!.access, { claims: { sid } }))).toBe(401);
    expect(await me(await resigned(ann!.access, { claims: { user_id: bob!.id } }))).toBe(401);
    expect(await me(await resigned(ann!.access, { claims: { sid, user_id: bob!.id } })), "both together are bob").toBe(200);
  });
});

const hmac = (hash: string) => crypto.subtle.importKey("raw", secret(), { name: "HMAC", hash }, false, ["sign"]);

describe("when the signing secret is replaced", () => {
  const NEXT = "next-secret-fedcba9876543210fedcba9876543210";

  it("tokens of the one before go on until it is removed", async () => {
    const ann = await aPerson();
    const rotated = { JWT_SECRET: NEXT, JWT_SECRET_PREVIOUS: env.JWT_SECRET };
    expect(await me(ann.access, rotated)).toBe(200);
    const refreshed = await call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh }, env: rotated });
    expect(refreshed.status).toBe(200);
    expect(headerOf(refreshed.body.access).kid).not.toBe(headerOf(ann.access).kid);

    expect(await me(ann.access, { JWT_SECRET: NEXT })).toBe(401);
    expect(await me(refreshed.body.access, { JWT_SECRET: NEXT })).toBe(200);
    expect(await me(refreshed.body.access), "and the old Worker does not know the new key").toBe(401);
  });

  it("nobody can sign with a new secret under the old one's name", async () => {
    const { access } = await aPerson();
    const { status } = await call("GET", "/api/users/me/", {
      token: await resigned(access, { key: new TextEncoder().encode(NEXT) }),
      env: { JWT_SECRET: NEXT, JWT_SECRET_PREVIOUS: env.JWT_SECRET },
    });
    expect(status).toBe(401);
  });
});
