import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readSettings } from "../src/settings";
import { everything } from "./support/everything";
import { GRANTS } from "./support/grants";
import { aPerson, call, newName, ORIGIN, PASSWORD } from "./support/people";
import { liveRoutes } from "./support/routes";

const production = { ENVIRONMENT: "production", MAIL_FROM: "no-reply@example.com", EMAIL: { send: async () => {} } };
const NOT_CONFIGURED = {
  status: 503,
  body: {
    detail: "The server has no usable signing secret. Set JWT_SECRET to at least 32 random characters.",
    code: "not_configured",
  },
};

describe("in production", () => {
  const allowed = async (origin: string, changes: object = production) => {
    const answer = await call("OPTIONS", "/api/users/", {
      headers: { origin, "access-control-request-method": "GET" },
      env: changes as Record<string, unknown>,
    });
    return answer.headers.get("access-control-allow-origin");
  };

  it("pages of this machine are foreign; those of the list and our own are not", async () => {
    for (const origin of ["http://localhost:3000", "http://localhost", "http://127.0.0.1:5173"]) {
      expect(await allowed(origin), origin).toBeNull();
      expect(await allowed(origin, {}), `${origin} while developing`).toBe(origin);
    }
    for (const origin of ["https://app.example.com", ORIGIN]) expect(await allowed(origin), origin).toBe(origin);
    expect(await allowed("https://app.example.com", { ...production, ALLOWED_ORIGINS: "" })).toBeNull();
    const two = { ...production, ALLOWED_ORIGINS: " https://a.example , https://b.example," };
    expect([await allowed("https://b.example", two), await allowed("", two)]).toEqual(["https://b.example", null]);
  });

  it("is what an environment without a name counts as", async () => {
    for (const name of [undefined, "", "Development", "dev", "test"])
      expect(await allowed("http://localhost:3000", { ENVIRONMENT: name }), `${name}`).toBeNull();
  });

  it("there is no route for developers", async () => {
    expect(liveRoutes().filter(({ path }) => /\/dev\/|debug|seed|outbox|mailbox|test/.test(path))).toEqual([]);
    for (const path of ["/dev/mailbox/", "/dev/", "/debug/", "/__debug__/", "/.env", "/.dev.vars", "/wrangler.toml"])
      expect((await call("GET", path, { env: production })).status, path).toBe(404);
  });

  it("the API's description is there if it is switched on, and else like any path that is not", async () => {
    const nowhere = (await call("GET", "/api/nowhere/", { env: production })).body;
    for (const path of ["/api/schema/", "/api/redoc/", "/api/redoc/redoc.js/"]) {
      expect((await call("GET", path, { env: { ...production, API_DOCS: "on" } })).status, path).toBe(200);
      for (const API_DOCS of [undefined, "", "off"]) {
        const { status, body } = await call("GET", path, { env: { ...production, API_DOCS } });
        expect({ status, body }, `${path} ${API_DOCS}`).toEqual({ status: 404, body: nowhere });
      }
    }
    expect((await call("GET", "/api/schema/", { env: { API_DOCS: undefined } })).status, "while developing").toBe(200);
  });

  it("everything else works as it does while developing", async () => {
    const ann = await aPerson();
    const { status, body } = await call("GET", "/api/users/me/", { token: ann.access, env: production });
    expect({ status, id: body.id }).toEqual({ status: 200, id: ann.id });
    expect((await call("GET", "/health/ready/", { env: production })).status).toBe(200);
  });
});

describe.each<[string, unknown]>([
  ["missing", undefined],
  ["empty", ""],
  ["one character short of 32", "x".repeat(31)],
  ["the example's", "change-me-to-at-least-32-random-characters"],
  ["another example's", "this-is-an-EXAMPLE-secret-0123456789abcdef"],
])("while the signing secret is %s", (_, JWT_SECRET) => {
  const says = async (...[method, path, init]: Parameters<typeof call>) => {
    const { status, body } = await call(method, path, { ...init, env: { JWT_SECRET, ...init?.env } });
    return { status, body };
  };

  it("nobody gets in or out: 503 on every route that deals in tokens, and nothing is stored", async () => {
    const ann = await aPerson();
    const before = await everything();
    const newcomer = { username: newName(), email: `${newName()}@example.test`, password: PASSWORD };
    const known = { username: ann.username, password: PASSWORD };
    const auth = liveRoutes().filter(({ name }) => name.startsWith("POST") && "everybody" in GRANTS[name]!);
    expect(auth.length).toBeGreaterThan(20);
    // All that any of them asks for.
    const all = {
      ...newcomer,
      ...{ password1: PASSWORD, password2: PASSWORD, birth_date: "2001-12-31", age: "2001-12-31" },
      ...{ refresh: ann.refresh, refresh_token: ann.refresh, token: ann.access, id_token: "x", key: "x", uid: String(ann.id) },
      ...{ new_password: PASSWORD, new_password1: PASSWORD, new_password2: PASSWORD },
    };
    const attempts: [string, object][] = [
      ...auth.map(({ path }): [string, object] => [path, all]),
      ["/api/auth/login/", known],
      ["/api/auth/login/", { ...known, password: "wrong" }],
      ["/api/auth/login/", { username: "nobody", password: "wrong" }],
      ["/api/ws/ticket/", {}],
      ["/register/", newcomer],
      ["/login/", known],
      ["/api/user/signup/", { ...newcomer, birth_date: "2001-12-31" }],
      ["/api/token/", known],
      ["/dj-rest-auth/registration/", { ...newcomer, password1: PASSWORD, password2: PASSWORD }],
      ["/dj-rest-auth/login/", known],
      ["/dj-rest-auth/logout/", { refresh: ann.refresh }],
      ["/dj-rest-auth/token/refresh/", { refresh: ann.refresh }],
      ["/dj-rest-auth/token/verify/", { token: ann.access }],
      ...["/api/auth/google/", "/api/auth/facebook/", "/dj-rest-auth/google/", "/dj-rest-auth/facebook/"].map((path): [string, object] => [
        path,
        { id_token: "x" },
      ]),
    ];
    for (const [path, body] of attempts)
      expect({ path, ...(await says("POST", path, { body, token: ann.access })) }).toEqual({ path, ...NOT_CONFIGURED });
    expect(await says("GET", "/api/users/me/", { token: ann.access })).toEqual(NOT_CONFIGURED);
    expect(await says("GET", `/ws/main/?token=${ann.access}`, { headers: { upgrade: "websocket" } })).toEqual(NOT_CONFIGURED);
    expect(await everything()).toEqual(before);
    expect((await ann.get("/api/users/me/")).status, "with the secret back all goes on").toBe(200);
  });

  it("the Worker is alive but not ready, and the documentation is there", async () => {
    expect(await says("GET", "/health/")).toEqual({ status: 200, body: { status: "ok" } });
    expect(await says("GET", "/health/ready/")).toEqual(NOT_CONFIGURED);
    expect((await says("GET", "/api/schema/")).status).toBe(200);
    expect(
      (await says("GET", "/health/ready/", { env: { JWT_SECRET_PREVIOUS: env.JWT_SECRET } })).status,
      "the previous one cannot sign",
    ).toBe(503);
  });
});

describe("the signing secret", () => {
  it("may be of 32 characters and more", async () => {
    const { current } = await readSettings({ JWT_SECRET: "0123456789abcdef0123456789abcdef" }).signingKeys();
    expect(current.kid).toMatch(/^[0-9a-f]{8}$/);
  });

  it("is not told by its name", async () => {
    const [one, two] = await Promise.all(
      ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdeg"].map((JWT_SECRET) =>
        readSettings({ JWT_SECRET }).signingKeys(),
      ),
    );
    expect(one!.current.kid).not.toBe(two!.current.kid);
    expect(one!.current.key.extractable).toBe(false);
  });
});

describe("readiness", () => {
  it("warns in production that links lead to whichever address was asked, while nothing says where to", async () => {
    const says = async (changes: object) => {
      const { status, body } = await call("GET", "/health/ready/", { env: { ...production, ...changes } });
      return { status, body };
    };
    for (const APP_URL of [undefined, "", " "])
      expect(await says({ APP_URL })).toEqual({ status: 200, body: { status: "ok", warnings: [expect.stringContaining("APP_URL")] } });
    expect(await says({ APP_URL: "https://app.example.com" })).toEqual({ status: 200, body: { status: "ok" } });
    expect((await says({ ENVIRONMENT: "development", APP_URL: "" })).body, "while developing").toEqual({ status: "ok" });
  });

  it("is none with links that are not encrypted, but while developing", async () => {
    const APP_URL = "http://app.example.com";
    const { status, body } = await call("GET", "/health/ready/", { env: { ...production, APP_URL } });
    expect({ status, names: body.detail.includes("APP_URL") }).toEqual({ status: 503, names: true });
    expect((await call("GET", "/health/ready/", { env: { ENVIRONMENT: "development", APP_URL } })).status).toBe(200);
  });

  it("is none with a name that would break a mail's head, which is not used", async () => {
    for (const APP_NAME of ["Kith\r\nBcc: x@example.com", "a\u0000b", "a\u001bb"]) {
      const { status, body } = await call("GET", "/health/ready/", { env: { ...production, APP_NAME } });
      expect({ status, names: body.detail.includes("APP_NAME") }).toEqual({ status: 503, names: true });
      expect(readSettings({ APP_NAME }).appName).toBe("Kith");
    }
    expect(readSettings({ APP_NAME: " Tom & Jérôme\n" }).appName).toBe("Tom & Jérôme");
  });

  it("is none without the secret or the tables, whatever else there is to say", async () => {
    const unset = { ...production, MAIL_FROM: "" };
    expect((await call("GET", "/health/ready/", { env: unset })).body.warnings).toHaveLength(2);
    const { status, body } = await call("GET", "/health/ready/", { env: { ...unset, JWT_SECRET: undefined } });
    expect({ status, body }).toEqual(NOT_CONFIGURED);
    await reset();
    const broken = await call("GET", "/health/ready/", { env: unset });
    expect([broken.status, broken.body.code]).toEqual([503, "not_ready"]);
  });

  it("needs the database's tables", async () => {
    expect((await call("GET", "/health/ready/")).body).toEqual({ status: "ok" });
    await reset();
    const { status, body } = await call("GET", "/health/ready/");
    expect({ status, code: body.code }).toEqual({ status: 503, code: "not_ready" });
    expect((await call("GET", "/health/")).status).toBe(200);
  });
});
