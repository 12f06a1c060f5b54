import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { bodyFields, type Document, type Operation, openApi, operations } from "./support/openapi";
import { aPerson, call, type Person } from "./support/people";
import { fill } from "./support/routes";

/** Nested lists as JSON text: built by hand, because JSON.stringify gives up before the parser does. */
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** JSON texts, so that what JSON.stringify would not write can be sent too. */
const NASTY: Record<string, string> = {
  null: "null",
  true: "true",
  zero: "0",
  "a negative": "-1",
  "a fraction": "0.5",
  "past every integer": "9007199254740993",
  "a huge number": "1e400",
  "a long number": "9".repeat(5000),
  "an empty text": '""',
  spaces: '"   "',
  NUL: '"a\\u0000b"',
  "a lone surrogate": '"a\\ud800b"',
  "right to left": '"\\u202eabc\\u2066"',
  "a byte order mark": '"\\ufeff"',
  "an emoji": '"\\ud83d\\udc08"',
  combining: `"${"\\u0301".repeat(200)}"`,
  "an expanding ligature": '"\\ufdfa"',
  "Turkish I": '"\\u0130"',
  quotes: JSON.stringify(`'"\`;--`),
  SQL: JSON.stringify("x'); DROP TABLE users;--"),
  LIKE: '"%_\\\\%"',
  "full-text syntax": JSON.stringify(`"a" OR b* NEAR(c) AND -d ^e {f}: `),
  "JSON path": '"$.x[#-1]"',
  "a template": JSON.stringify("{{7*7}}<script>alert(1)</script>"),
  newlines: '"a\\r\\nSet-Cookie: b=c"',
  "a long text": `"${"x".repeat(100_000)}"`,
  "an empty list": "[]",
  "an empty object": "{}",
  "an object that says how it turns into text": '{"toString":1,"valueOf":null,"toJSON":2}',
  prototypes: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
  "a deep list": nested(50_000),
  "a deep object": `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`,
};

/** In addresses, where every value is a text. */
const NASTY_TEXTS = [
  ...[
    "",
    " ",
    "%00",
    "%ff",
    "%ed%a0%80",
    "%F0%9F%90%88",
    "'",
    '"',
    "%22*",
    "%25_%5C",
    "x'%3B--",
    "NEAR(a)",
    "a%20OR%20b",
    "-a",
    "^a",
    "[]",
  ],
  ...["0", "-1", "1.5", "1e3", "1e400", "NaN", "Infinity", "0x10", "9007199254740993", "9".repeat(400), "null", "true", "undefined"],
  ...["x".repeat(51), "x".repeat(151), "x".repeat(5000), "%E0%B8%81".repeat(60), "azE", "azA=", "a", "az0x"],
];

/** What every list takes, and one piece of code reads. */
const PAGING = new Set(["limit", "cursor", "page", "page_size"]);

/** What pages post; they are not in the API's description. */
const PAGES: Record<string, string[]> = {
  "/forgot-password/": ["email"],
  "/resend-email/": ["email"],
  "/verify-email/": ["key"],
  "/reset-password/": ["uid", "token", "new_password", "new_password2"],
};

const JSON_TYPE = { "content-type": "application/json" };

let document: Document;
let all: Operation[];
let withBody: Operation[];
/** PUT and PATCH of the same address take the same body. */
let distinct: Operation[];
beforeAll(async () => {
  document = await openApi();
  all = operations(document);
  withBody = all.filter(({ requestBody }) => requestBody);
  const patched = new Set(withBody.filter(({ method }) => method === "PATCH").map(({ path }) => path));
  distinct = withBody.filter(({ method, path }) => method !== "PUT" || !patched.has(path));
});

/** There are thousands of requests: no log. */
beforeEach(() => void vi.spyOn(console, "log").mockReturnValue());

const target = (operation: Operation, person: Person) => fill(operation.path, person.id);
/** Without the token where it would log them out. */
const send = (person: Person, operation: Operation, body: unknown, headers: Record<string, string> = {}) =>
  call(operation.method, target(operation, person), { token: operation.path.includes("logout") ? null : person.access, body, headers });

describe("nasty input is a clear refusal and no accident", () => {
  it.each(Object.keys(NASTY))("%s, in every field of every body", async (name) => {
    const ann = await aPerson();
    const password = "not-the-password";
    const birth_date = "2001-12-31";
    const passwords = { password, password1: password, password2: password, old_password: password };
    const link = { uid: "1", token: "x", new_password: password, new_password1: password, new_password2: password };
    const someone = { username: ann.username, email: ann.email, birth_date, ...passwords, ...link };
    let sent = 0;
    const turn = Object.keys(NASTY).indexOf(name);
    const asked = new Set<string>();
    for (const [place, operation] of distinct.entries())
      for (const [field, schema] of Object.entries(bodyFields(document, operation))) {
        // A field that another body has too, with the same rules, takes each value there, and some of them here.
        const rules = field + JSON.stringify(schema);
        if (asked.has(rules) && (place + turn) % 4 !== 0) continue;
        asked.add(rules);
        // Beside it, what is needed to get past the validation: the value itself shall reach the database.
        const rest = Object.entries(someone).filter(([key]) => key !== field && key in bodyFields(document, operation));
        const others = rest.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`).join("");
        const { status, body } = await send(ann, operation, `{${others}${JSON.stringify(field)}:${NASTY[name]}}`, JSON_TYPE);
        const what = `${operation.name} ${field}: ${status} ${JSON.stringify(body)?.slice(0, 200)}`;
        expect(status, what).toBeLessThan(500);
        if (status >= 400 && status !== 401)
          expect(Object.keys(body).join(), what).toMatch(
            new RegExp(`${field}|detail|non_field_errors|username|email|to_user|password|uid|token|image`),
          );
        sent++;
      }
    expect(sent).toBeGreaterThan(30);
    expect((await ann.get("/api/users/me/")).status, "all this time they were logged in").toBe(200);
  });

  it.each(Object.keys(NASTY))("%s, posted to a page as JSON", async (name) => {
    const someone = { email: "nobody@example.test", key: "x", uid: "1", token: "x", new_password: "x" };
    for (const [path, fields] of Object.entries(PAGES))
      for (const field of fields) {
        const others = Object.entries(someone).filter(([key]) => key !== field && fields.includes(key));
        const rest = others.map(([key, value]) => `"${key}":"${value}",`).join("");
        const { status, text } = await call("POST", path, { body: `{${rest}"${field}":${NASTY[name]}}`, headers: JSON_TYPE });
        expect([200, 400, 413], `${path} ${field}: ${status} ${text.slice(0, 200)}`).toContain(status);
      }
  });

  it("as a form, where every value is a text or a file", async () => {
    const ann = await aPerson();
    for (const operation of withBody)
      for (const field of Object.keys(bodyFields(document, operation)))
        for (const value of [new File(["x"], "x.png", { type: "image/png" }), "a\u0000b", "x".repeat(10_000)]) {
          const form = new FormData();
          form.append(field, value);
          const { status } = await send(ann, operation, form);
          expect(status, `${operation.name} ${field}`).toBeLessThan(500);
        }
  });

  it("in every field of a query", async () => {
    const ann = await aPerson();
    let sent = 0;
    // What all lists share is asked of each with some of the texts, and of all lists together with all.
    for (const [place, operation] of all.filter(({ path }) => path !== "/ws/main/").entries())
      for (const { name } of operation.parameters.filter((parameter) => parameter.in === "query"))
        for (const text of NASTY_TEXTS.filter((_, i) => !PAGING.has(name) || (i + place) % 4 === 0)) {
          const { status, body } = await ann.ask(operation.method, `${target(operation, ann)}?${name}=${text}`);
          expect(status, `${operation.name} ?${name}=${text.slice(0, 60)} ${JSON.stringify(body)?.slice(0, 200)}`).toBeLessThan(500);
          sent++;
        }
    expect(sent).toBeGreaterThan(500);
  });

  it("twice in one query", async () => {
    const ann = await aPerson();
    for (const operation of all.filter(({ method }) => method === "GET"))
      for (const { name } of operation.parameters.filter((parameter) => parameter.in === "query" && operation.path !== "/ws/main/")) {
        const { status } = await ann.get(`${target(operation, ann)}?${name}=1&${name}=2`);
        expect(status, `${operation.name} ?${name} twice`).toBeLessThan(500);
      }
  });

  it("for every id in a path", async () => {
    const ann = await aPerson();
    for (const operation of all.filter(({ parameters }) => parameters.some((parameter) => parameter.in === "path")))
      for (const id of ["0", "-1", "1.5", "1e3", "abc", "%00", "%ff", "%27", "9007199254740993", "9".repeat(400)]) {
        const { status } = await ann.ask(operation.method, fill(operation.path, id));
        expect([400, 403, 404], `${operation.name} with ${id}`).toContain(status);
      }
  });

  it("in an Idempotency-Key and in an Authorization header", async () => {
    const ann = await aPerson();
    for (const value of ["", " ", "'; --", "x".repeat(256), "x".repeat(8000)]) {
      const { status } = await ann.post("/api/friends/request/", { to_user: ann.id }, { "idempotency-key": value });
      expect(status, `key ${value.slice(0, 20)}`).toBe(400);
      const answer = await ann.get("/api/users/me/", { authorization: `Bearer ${value}` });
      expect(answer.status, `token ${value.slice(0, 20)}`).toBe(401);
    }
  });

  it("cannot make a number of an object's field: nobody becomes somebody", async () => {
    const ann = await aPerson();
    const { status } = await ann.post(
      "/api/users/1/update-status/",
      '{"status":"busy","__proto__":{"id":1},"constructor":{"prototype":{"id":1}}}',
      { "content-type": "application/json" },
    );
    expect(status).toBe(200);
    expect(({} as Record<string, unknown>).id).toBeUndefined();
  });
});
