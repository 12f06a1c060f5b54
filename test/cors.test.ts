import { describe, expect, it } from "vitest";
import { aPerson, call, ORIGIN } from "./support/people";

const APP = "https://app.example.com";
const preflight = (origin: string, path = "/api/users/1/", method = "PUT") =>
  call("OPTIONS", path, {
    headers: { origin, "access-control-request-method": method, "access-control-request-headers": "authorization, content-type" },
  });
const list = (header: string | null) => (header ?? "").toLowerCase().split(/,\s*/).sort();

describe("a preflight", () => {
  it("from an allowed origin is answered with 200 and all that a page needs", async () => {
    const { status, headers, text } = await preflight(APP);
    expect({ status, text }).toEqual({ status: 200, text: "" });
    expect(headers.get("access-control-allow-origin")).toBe(APP);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("access-control-max-age")).toBe("86400");
    expect(list(headers.get("access-control-allow-methods"))).toEqual(["delete", "get", "options", "patch", "post", "put"]);
    expect(list(headers.get("access-control-allow-headers"))).toEqual(
      expect.arrayContaining([
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "x-csrftoken",
        "x-requested-with",
      ]),
    );
  });

  it.each(["/api/users/1/", "/api/auth/login", "/api/nowhere/", "/health/"])("is answered so on %s, whatever is there", async (path) => {
    const { status, headers } = await preflight(APP, path, "POST");
    expect({ status, origin: headers.get("access-control-allow-origin") }).toEqual({ status: 200, origin: APP });
  });

  it.each(["http://localhost:3000", "http://localhost", "http://127.0.0.1:5173", ORIGIN])(
    "from %s is allowed while developing",
    async (origin) => {
      expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBe(origin);
    },
  );

  it.each([
    "https://evil.example",
    "https://app.example.com.evil.example",
    "https://evil-app.example.com",
    "http://app.example.com",
    "https://app.example.com:8443",
    "http://localhost.evil.example",
    "http://localhost:3000.evil.example",
    "https://127.0.0.1.evil.example",
    "null",
    "*",
  ])("from %s is not", async (origin) => {
    const { headers } = await preflight(origin);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });
});

describe("an answer to another origin's page", () => {
  it("names the origin and lets scripts read the headers that clients use", async () => {
    const ann = await aPerson();
    const { headers } = await ann.get("/api/users/me/", { origin: APP });
    expect(headers.get("access-control-allow-origin")).toBe(APP);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(list(headers.get("access-control-expose-headers"))).toEqual(
      expect.arrayContaining(["etag", "link", "x-request-id", "retry-after"]),
    );
  });

  it("does so when it is a refusal: without, a client could not tell a 401 from a broken network", async () => {
    const ann = await aPerson();
    const headers = { origin: APP };
    const answers = [
      await call("GET", "/api/users/me/", { headers }),
      await call("POST", "/api/auth/login/", { headers, body: { username: "nobody", password: "x" } }),
      await call("POST", "/api/auth/register/", { headers, body: {} }),
      await call("GET", "/api/nowhere/", { headers }),
      await call("DELETE", "/api/users/", { headers }),
      await ann.post("/api/auth/login/", "x".repeat(300_000), headers),
      await ann.post("/api/auth/login/", "x", { ...headers, "content-type": "text/plain" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 400, 404, 405, 413, 415]);
    for (const answer of answers) {
      expect(answer.headers.get("access-control-allow-origin"), `${answer.status}`).toBe(APP);
      expect(answer.headers.get("access-control-allow-credentials"), `${answer.status}`).toBe("true");
    }
  });

  it("names nobody else's origin, and never all of them", async () => {
    const ann = await aPerson();
    for (const origin of ["https://evil.example", "null"]) {
      const { status, headers } = await ann.get("/api/users/me/", { origin });
      expect({ status, origin: headers.get("access-control-allow-origin") }).toEqual({ status: 200, origin: null });
    }
  });

  it("says that it differs by origin, so that no cache mixes them up", async () => {
    const ann = await aPerson();
    for (const headers of [{ origin: APP }, { origin: "https://evil.example" }, undefined])
      expect((await ann.get("/api/users/me/", headers)).headers.get("vary")).toContain("Origin");
  });
});
