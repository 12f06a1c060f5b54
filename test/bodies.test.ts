import { beforeAll, describe, expect, it } from "vitest";
import { bodyFields, type Document, type Operation, openApi, operations } from "./support/openapi";
import { type Answer, aPerson, call, type Person } from "./support/people";
import { fill } from "./support/routes";

const JSON_TYPE = { "content-type": "application/json" };
const LIMIT = 256 * 1024;

let document: Document;
/** It has a test of its own below. */
const NEVER_FAILS = "POST /api/logout/";
let withBody: Operation[];
beforeAll(async () => {
  document = await openApi();
  withBody = operations(document).filter(({ requestBody, name }) => requestBody && name !== NEVER_FAILS);
});

const says = ({ status, body }: Answer) => ({ status, body });
/** Sends a body to an operation as somebody who may; ids in its path are their own. */
const sender = (person: Person) => (operation: Operation, body: unknown, headers?: Record<string, string>) =>
  person.ask(operation.method, fill(operation.path, person.id), body, headers);

describe("every endpoint that takes a body", () => {
  it("is in the document, so that these tests mean something", () => {
    expect(withBody.length).toBeGreaterThanOrEqual(13);
    for (const operation of withBody) expect(Object.keys(bodyFields(document, operation)), operation.name).not.toEqual([]);
  });

  it("takes JSON, urlencoded and multipart alike", async () => {
    const send = sender(await aPerson());
    const multipart = new FormData();
    multipart.set("unknown_field", "x");
    for (const operation of withBody) {
      const expected = says(await send(operation, { unknown_field: "x" }));
      expect(expected.status, operation.name).toBeLessThan(500);
      const withCharset = await send(operation, { unknown_field: "x" }, { "content-type": "Application/JSON; charset=utf-8" });
      expect(says(withCharset), `${operation.name} with a charset`).toEqual(expected);
      expect(says(await send(operation, new URLSearchParams({ unknown_field: "x" }))), `${operation.name} urlencoded`).toEqual(expected);
      expect(says(await send(operation, multipart)), `${operation.name} multipart`).toEqual(expected);
    }
  });

  it("takes no body, and one of no bytes, for {}: field errors and no parse error", async () => {
    const send = sender(await aPerson());
    for (const operation of withBody) {
      const expected = says(await send(operation, {}));
      expect(says(await send(operation, undefined)), operation.name).toEqual(expected);
      expect(says(await send(operation, "", JSON_TYPE)), operation.name).toEqual(expected);
      expect(says(await send(operation, new Uint8Array(), { "content-type": "text/plain" })), operation.name).toEqual(expected);
    }
  });

  it("refuses another type with 415", async () => {
    const send = sender(await aPerson());
    for (const operation of withBody)
      for (const type of ["text/plain", "text/plain;charset=UTF-8", "application/xml", "nonsense"])
        expect(says(await send(operation, '{"a":1}', { "content-type": type })), operation.name).toEqual({
          status: 415,
          body: { detail: `Unsupported media type "${type}" in request.` },
        });
  });

  it.each([["{"], ["{'a': 1}"], ['{"a":1}}'], ["{,}"], ["NaN"], ["undefined"], ["a=b"], ['"\u0001"'], ['{"a":"\n"}']])(
    "refuses the broken JSON %j, and does not repeat it",
    async (text) => {
      const send = sender(await aPerson());
      for (const operation of withBody) {
        const { status, body } = await send(operation, text, JSON_TYPE);
        expect({ status, detail: body.detail }, operation.name).toEqual({
          status: 400,
          detail: expect.stringMatching(/^JSON parse error - /),
        });
        expect(Object.keys(body)).toEqual(["detail"]);
      }
    },
  );

  it("refuses bytes that are no UTF-8", async () => {
    const send = sender(await aPerson());
    const bytes = new Uint8Array([...new TextEncoder().encode('{"a":"'), 0xc3, 0x28, ...new TextEncoder().encode('"}')]);
    for (const operation of withBody) expect((await send(operation, bytes, JSON_TYPE)).status, operation.name).toBe(400);
  });

  it.each([
    ["[]", "Invalid data. Expected a dictionary, but got list."],
    ['[{"username":"x"}]', "Invalid data. Expected a dictionary, but got list."],
    ['"x"', "Invalid data. Expected a dictionary, but got str."],
    ["5", "Invalid data. Expected a dictionary, but got int."],
    ["1.5", "Invalid data. Expected a dictionary, but got float."],
    ["true", "Invalid data. Expected a dictionary, but got bool."],
    ["null", "No data provided"],
  ])("refuses %s, which is no dictionary", async (text, message) => {
    const send = sender(await aPerson());
    for (const operation of withBody)
      expect(says(await send(operation, text, JSON_TYPE)), operation.name).toEqual({
        status: 400,
        body: { non_field_errors: [message] },
      });
  });

  it("refuses a multipart body that breaks off", async () => {
    const send = sender(await aPerson());
    for (const operation of withBody)
      for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"])
        expect((await send(operation, "--x\r\nContent-Disposition: form-data; na", { "content-type": type })).status, operation.name).toBe(
          400,
        );
  });
});

describe("a body that is too large", () => {
  const huge = `{"a":"${"x".repeat(LIMIT)}"}`;
  const chunked = (chunks: number) =>
    new ReadableStream({
      start(controller) {
        for (let i = 0; i < chunks; i++) controller.enqueue(new TextEncoder().encode("x".repeat(LIMIT / 4)));
        controller.close();
      },
    });

  it("is a 413 on every endpoint, and the server goes on", async () => {
    const ann = await aPerson();
    const send = sender(ann);
    for (const operation of withBody) {
      expect(says(await send(operation, huge, JSON_TYPE)), operation.name).toEqual({
        status: 413,
        body: { detail: "Request body is too large." },
      });
      expect((await ann.get("/api/users/me/")).status).toBe(200);
    }
  });

  it.each(["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])(
    "is a 413 when it comes in chunks without saying how long it is, as %s",
    async (type) => {
      const { status, body } = await call("POST", "/api/auth/login/", { body: chunked(6), headers: { "content-type": type } });
      expect({ status, body }).toEqual({ status: 413, body: { detail: "Request body is too large." } });
      expect((await call("GET", "/health/")).status).toBe(200);
    },
  );

  it("is one byte more than what is taken", async () => {
    const at = (bytes: number) => `{"a":"${"x".repeat(bytes - 8)}"}`;
    const send = (text: string) => call("POST", "/api/auth/login/", { body: text, headers: JSON_TYPE });
    expect((await send(at(LIMIT))).status).toBe(400);
    expect((await send(at(LIMIT + 1))).status).toBe(413);
  });
});

describe("field errors", () => {
  it("name every bad field at once, in DRF's words", async () => {
    const { status, body } = await call("POST", "/api/auth/register/", { body: { username: "", email: "no address" } });
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        username: ["This field may not be blank."],
        email: ["Enter a valid email address."],
        password: ["This field is required."],
      },
    });
    const login = await call("POST", "/api/auth/login/", { body: {} });
    expect(login.body).toEqual({ username: ["This field is required."], password: ["This field is required."] });
  });

  it("tell what each value lacks", async () => {
    const ann = await aPerson();
    const change = async (body: unknown) => (await ann.patch(`/api/users/${ann.id}/`, body)).body;
    expect(await change({ username: null })).toEqual({ username: ["This field may not be null."] });
    expect(await change({ username: "   " })).toEqual({ username: ["This field may not be blank."] });
    expect(await change({ username: true })).toEqual({ username: ["Not a valid string."] });
    expect(await change({ username: {} })).toEqual({ username: ["Not a valid string."] });
    expect(await change({ username: "x".repeat(151) })).toEqual({ username: ["Ensure this field has no more than 150 characters."] });
    expect(await change({ bio: "a\u0000b" })).toEqual({ bio: ["Null characters are not allowed."] });
    expect(await change({ bio: ["x"], status: "hourly" })).toEqual({
      bio: ["Not a valid string."],
      status: ['"hourly" is not a valid choice.'],
    });
    expect((await ann.post("/api/friends/request/", { to_user: "x" })).body).toEqual({ to_user: ["A valid integer is required."] });
    expect((await ann.post("/api/friends/request/", { to_user: 1.5 })).body).toEqual({ to_user: ["A valid integer is required."] });
    expect((await ann.get("/api/notifications/?unread=perhaps")).body).toEqual({ unread: ["Must be a valid boolean."] });
  });

  it("leave everything as it was", async () => {
    const ann = await aPerson();
    const before = (await ann.get("/api/users/me/")).body;
    expect((await ann.patch(`/api/users/${ann.id}/`, { bio: "new", status: "hourly" })).status).toBe(400);
    expect((await ann.get("/api/users/me/")).body).toEqual(before);
    expect((await ann.patch(`/api/users/${ann.id}/`, { bio: "new" })).body.bio, "and it could have changed").toBe("new");
  });

  it("trim a text, make a text of a number and a number of a text", async () => {
    const ann = await aPerson();
    expect((await ann.patch(`/api/users/${ann.id}/`, { bio: "  hello " })).body.bio).toBe("hello");
    expect((await ann.patch(`/api/users/${ann.id}/`, { bio: 12 })).body.bio).toBe("12");
    expect((await ann.post("/api/friends/request/", { to_user: ` ${ann.id} ` })).body.code).toBe("request_to_self");
  });

  it("do not mention fields that nobody asked for", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.patch(`/api/users/${ann.id}/`, { favourite_colour: { nested: [1] }, bio: "x" });
    expect({ status, bio: body.bio }).toEqual({ status: 200, bio: "x" });
  });
});

describe("the social app's log-out", () => {
  it.each([
    ["broken JSON", "{", "application/json"],
    ["a list", "[]", "application/json"],
    ["another type", "bye", "text/plain"],
  ])("ends the session whatever the body is: %s", async (_, body, type) => {
    const ann = await aPerson();
    expect((await ann.ask("POST", "/api/logout/", body, { "content-type": type })).status).toBe(200);
    expect((await ann.get("/api/users/me/")).status).toBe(401);
  });
});
