import { describe, expect, it } from "vitest";
import { aPerson, call } from "./support/people";
import { avatarNameOf } from "./support/pictures";
import { fill, liveRoutes, pageRoutes } from "./support/routes";

describe("every answer", () => {
  it("is exactly application/json, whatever its status", async () => {
    const ann = await aPerson();
    const answers = [
      await ann.get("/api/users/me/"),
      await ann.post("/api/friends/request/", {}),
      await call("GET", "/api/users/"),
      await ann.put(`/api/users/${ann.id + 1}/`, { bio: "x" }),
      await ann.get("/api/users/99999/"),
      await ann.delete("/api/users/"),
      await ann.post("/api/auth/login/", "text", { "content-type": "text/plain" }),
      await ann.get("/api/nowhere/"),
      await ann.get("/ws/main/"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 403, 404, 405, 415, 404, 426]);
    for (const { headers } of answers) expect(headers.get("content-type")).toBe("application/json");
  });

  it("has a request id of its own", async () => {
    const answers = [await call("GET", "/health/"), await call("GET", "/nowhere/"), await call("GET", "/api/users/")];
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]{16,}$/);
  });

  it("does not repeat a request id that is more than an id", async () => {
    const { headers } = await call("GET", "/health/", { headers: { "x-request-id": '<b>"{},' } });
    expect(headers.get("x-request-id")).toMatch(/^[\w-]+$/);
  });

  it("is kept by no cache, and loaded into nothing", async () => {
    const ann = await aPerson();
    for (const { headers, status } of [await ann.get("/api/users/"), await call("GET", "/api/users/"), await call("GET", "/nowhere/")]) {
      expect(headers.get("cache-control"), `${status}`).toBe("no-store");
      expect(headers.get("x-content-type-options"), `${status}`).toBe("nosniff");
      expect(headers.get("referrer-policy"), `${status}`).toBe("no-referrer");
      expect(headers.get("content-security-policy"), `${status}`).toContain("frame-ancestors 'none'");
      const [, age] = /max-age=(\d+)/.exec(headers.get("strict-transport-security") ?? "") ?? [];
      expect(Number(age), `${status}`).toBeGreaterThanOrEqual(365 * 86_400);
    }
  });

  it("that has no content has no body", async () => {
    const ann = await aPerson();
    const { status, text, headers } = await ann.delete("/api/notifications/");
    expect({ status, text, type: headers.get("content-type") }).toEqual({ status: 204, text: "", type: null });
  });

  it("to HEAD is that to GET without its body", async () => {
    const ann = await aPerson();
    const [got, head] = [await ann.get("/api/users/me/"), await ann.ask("HEAD", "/api/users/me/")];
    expect({ status: head.status, type: head.headers.get("content-type"), text: head.text }).toEqual({
      status: got.status,
      type: "application/json",
      text: "",
    });
    expect(got.text).not.toBe("");
  });
});

/** Logging in through others is a redirect to them. */
const TO_A_PROVIDER = /^http:\/\/localhost:\d+\/.*client_id=/;

describe("an address", () => {
  it("works with its slash and without, and never redirects", async () => {
    const ann = await aPerson();
    const [withSlash, without] = [await ann.get("/api/users/?limit=1"), await ann.get("/api/users?limit=1")];
    expect(withSlash.status).toBe(200);
    expect({ status: without.status, body: without.body }).toEqual({ status: withSlash.status, body: withSlash.body });

    const login = await call("POST", "/api/auth/login", { body: { username: ann.username, password: "wrong" } });
    expect(login.status).toBe(401);
    const avatar = await avatarNameOf(ann);
    for (const { method, path, name } of liveRoutes()) {
      const bare = fill(path, path.startsWith("/avatars/") ? avatar : 1).replace(/\/$/, "");
      const { status, headers } = await call(method, bare);
      if (TO_A_PROVIDER.test(headers.get("location") ?? "")) continue;
      expect([301, 302, 307, 308, 404, 405, 500], `${name} as ${bare}`).not.toContain(status);
    }
  });

  it("that nothing is at is a JSON 404, with a token, without one and with a bad one", async () => {
    const ann = await aPerson();
    for (const token of [null, ann.access, "nonsense"]) {
      const { status, body } = await call("GET", "/api/nowhere/", { token });
      expect({ status, body }).toEqual({ status: 404, body: { detail: "Not found." } });
    }
  });

  it.each(["/api", "/api/users/1/nothing/", "/api/users/1/friends/2/", "//", "/%00/", "/api/..%2f..%2f/", "/api/users/1/friends/%ff"])(
    "that is strange is a 404 at worst: %s",
    async (path) => {
      expect([401, 404]).toContain((await call("GET", path)).status);
    },
  );

  it("with an id that is no id names nobody: 404", async () => {
    const ann = await aPerson();
    expect(await ann.get(`/api/users/${ann.id}/`), "a real id is found").toMatchObject({ status: 200 });
    for (const id of ["0", "-1", "1.5", "abc", "%00", "99999999999999999999", "NaN", "1;drop", "null", "%F0%9F%90%88"]) {
      const { status, body } = await ann.get(`/api/users/${id}/`);
      expect({ id, status, body }).toEqual({ id, status: 404, body: { detail: "Not found." } });
    }
  });
});

describe("a method that a path does not have", () => {
  it.each([
    ["GET", "/api/auth/login/", "POST, OPTIONS"],
    ["DELETE", "/api/users/", "GET, HEAD, OPTIONS"],
    ["POST", "/api/users/7/", "GET, PUT, PATCH, HEAD, OPTIONS"],
    ["PUT", "/api/notifications/", "GET, DELETE, HEAD, OPTIONS"],
    ["PATCH", "/api/notifications/7/read", "PUT, OPTIONS"],
  ])("%s %s is a 405 that allows %s", async (method, path, allow) => {
    const { status, body, headers } = await call(method, path);
    expect({ status, body, allow: headers.get("allow") }).toEqual({
      status: 405,
      body: { detail: `Method "${method}" not allowed.` },
      allow,
    });
  });

  it("is not OPTIONS, which says what there is to nobody in particular", async () => {
    const { status, text, headers } = await call("OPTIONS", "/api/users/7/");
    expect({ status, text, allow: headers.get("allow") }).toEqual({ status: 200, text: "", allow: "GET, PUT, PATCH, HEAD, OPTIONS" });
    expect((await call("OPTIONS", "/api/nowhere/")).status).toBe(404);
  });

  it("is a 405 on every path, and what Allow names is served", async () => {
    const routes = [...liveRoutes(), ...pageRoutes()];
    for (const path of new Set(routes.map((route) => route.path)))
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
        const { status, headers } = await call(method, fill(path, 1));
        const served = routes.some((route) => route.path === path && route.method === method);
        if (served) expect(status, `${method} ${path}`).not.toBe(405);
        else if (status === 405) {
          const allowed = headers.get("allow")!.split(", ");
          expect(allowed, `${method} ${path}`).not.toContain(method);
          for (const route of routes.filter((other) => other.path === path)) expect(allowed, `${method} ${path}`).toContain(route.method);
        } else expect([401, 404], `${method} ${path}: another route's pattern covers it`).toContain(status);
      }
  });

  it("cannot be smuggled in a header", async () => {
    const ann = await aPerson();
    await call("GET", `/api/notifications/`, { token: ann.access, headers: { "x-http-method-override": "DELETE" } });
    const { status, body } = await call("POST", "/api/auth/login/", {
      headers: { "x-http-method-override": "GET", "x-user-id": "1", "x-forwarded-for": "127.0.0.1" },
    });
    expect({ status, body }).toEqual({
      status: 400,
      body: { username: ["This field is required."], password: ["This field is required."] },
    });
  });
});

describe("without good credentials", () => {
  const BAD_TOKEN = {
    detail: "Given token not valid for any token type",
    code: "token_not_valid",
    messages: [{ token_class: "AccessToken", token_type: "access", message: "Token is invalid or expired" }],
  };
  const NONE = { detail: "Authentication credentials were not provided." };
  const TWO_VALUES = { detail: "Authorization header must contain two space-delimited values", code: "bad_authorization_header" };

  it.each([
    ["no header", undefined, NONE],
    ["an empty header", "", NONE],
    ["another scheme", "Basic YTpi", NONE],
    ["Django's scheme", "Token abc", NONE],
    ["Bearer alone", "Bearer", TWO_VALUES],
    ["two tokens", "Bearer a b", TWO_VALUES],
    ["nonsense", "Bearer nonsense", BAD_TOKEN],
    ["what a script sends that has no token", "Bearer undefined", BAD_TOKEN],
  ])("%s gets the 401 that SimpleJWT gives", async (_, authorization, expected) => {
    const { status, body, headers } = await call("GET", "/api/users/me/", {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect({ status, body }).toEqual({ status: 401, body: expected });
    expect(headers.get("www-authenticate")).toBe('Bearer realm="api"');
  });

  it("the scheme may be written in any case", async () => {
    const ann = await aPerson();
    const { status } = await call("GET", "/api/users/me/", { headers: { authorization: `bearer ${ann.access}` } });
    expect(status).toBe(200);
  });

  it("a failed log-in says which scheme to use as well", async () => {
    const { status, body, headers } = await call("POST", "/api/auth/login/", { body: { username: "nobody", password: "x" } });
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        detail: "No active account found with the given credentials",
        non_field_errors: ["No active account found with the given credentials"],
      },
    });
    expect(headers.get("www-authenticate")).toBe('Bearer realm="api"');
  });
});
