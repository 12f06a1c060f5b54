import { beforeAll, describe, expect, it } from "vitest";
import { makeAdmin } from "./support/admins";
import { GRANTS } from "./support/grants";
import { query } from "./support/hub";
import { atFacebook, atGoogle, back, facebookIdToken, googleTokens } from "./support/identities";
import { linkTo } from "./support/mail";
import { type Document, mismatches, type Operation, openApi, operations } from "./support/openapi";
import { type Answer, aPerson, call, newName, PASSWORD, type Person, people } from "./support/people";
import { pictureForm } from "./support/pictures";
import { fill, liveRoutes } from "./support/routes";

/** The documentation itself is no part of the API. */
const UNDOCUMENTED = ["GET /api/redoc/", "GET /api/redoc/redoc.js/", "GET /api/schema/"];

let document: Document;
let all: Operation[];
beforeAll(async () => {
  document = await openApi();
  all = operations(document);
});
const asRoute = ({ method, path }: Operation) => `${method} ${path.replace(/\{([^}]+)\}/g, ":$1")}`;

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1", async () => {
    const { status, headers, body } = await call("GET", "/api/schema");
    expect({ status, type: headers.get("content-type"), version: body.openapi }).toEqual({
      status: 200,
      type: "application/json",
      version: "3.1.0",
    });
  });

  it("has every route of the router, and every route is in it", () => {
    const live = liveRoutes().map(({ name }) => name);
    expect(all.length).toBeGreaterThan(50);
    expect([...all.map(asRoute), ...UNDOCUMENTED].sort()).toEqual(live.sort());
  });

  it("says of each operation what it is called, what it is about and who may call it", () => {
    const names = all.map(({ operationId }: any) => operationId);
    expect(new Set(names).size).toBe(all.length);
    for (const operation of all as any[]) {
      expect(operation.operationId, operation.name).toMatch(/^[a-z]+[A-Za-z]+$/);
      expect(operation.summary, operation.name).toBeTruthy();
      expect(operation.tags, operation.name).toHaveLength(1);
      const open = operation.security.length === 0 || operation.security.some((one: object) => Object.keys(one).length === 0);
      expect(open, `${operation.name} is open to everybody`).toBe("everybody" in GRANTS[asRoute(operation)]!);
    }
  });

  it("names every id in a path, and the answer for one that is none", () => {
    for (const { path, name, parameters, responses } of all) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, parameter]) => parameter);
      expect(
        parameters.filter((one) => one.in === "path").map((one) => one.name),
        name,
      ).toEqual(inPath);
      // An unknown section is a bad request (contracts §2).
      if (inPath.some((parameter) => parameter !== "section")) expect(Object.keys(responses), name).toContain("404");
    }
  });

  it("has a schema for every answer but those without a body", () => {
    for (const { name, responses } of all)
      for (const [status, { content }] of Object.entries(responses))
        expect(content !== undefined, `${name} ${status}`).toBe(!["101", "204", "302", "304"].includes(status));
  });

  it("says that every body may be JSON, urlencoded or multipart, but for an image by itself", () => {
    for (const { name, requestBody } of all.filter((operation) => operation.requestBody))
      expect(Object.keys(requestBody!.content), name).toEqual([
        "application/json",
        ...(name === "PUT /profile/image/"
          ? ["multipart/form-data", "image/*", "application/octet-stream"]
          : ["application/x-www-form-urlencoded", "multipart/form-data"]),
      ]);
  });
});

describe("every answer in the life of three people", () => {
  type Line = {
    id?: number | string | (number | string)[];
    query?: string;
    body?: unknown;
    headers?: Record<string, string>;
    token?: string | null;
    env?: object;
  };

  it("is what the document promises for its route and status, with no key more", async () => {
    const seen = new Map<string, Set<number>>();
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];

    /** Says one line of the story, and holds the answer against the document. */
    async function say(who: Person | null, name: string, { id = 0, query = "", body, headers, ...rest }: Line = {}): Promise<Answer> {
      const operation = all.find((one) => one.name === name);
      if (!operation) throw new Error(`${name} is not in the document`);
      const answer = await call(operation.method, fill(operation.path, ...[id].flat()) + query, {
        token: who?.access ?? null,
        body,
        ...(headers && { headers }),
        ...(rest as object),
      });
      const promised = operation.responses[answer.status];
      expect(promised, `${name} answered ${answer.status}: ${answer.text}`).toBeDefined();
      const schema = promised!.content?.["application/json"]?.schema;
      if (schema) expect(mismatches(document, schema, answer.body), `${name} ${answer.status} ${answer.text}`).toEqual([]);
      else if (!promised!.content) expect(answer.text, `${name} ${answer.status}`).toBe("");
      seen.set(name, (seen.get(name) ?? new Set()).add(answer.status));
      return answer;
    }
    const newcomer = () => ({ username: newName(), email: `${newName()}@example.test`, password: PASSWORD });
    const asks = async (from: Person, to: Person): Promise<number> =>
      (await say(from, "POST /api/friends/request/", { body: { to_user: to.id } })).body.id;

    /** Google's and Facebook's people. */
    async function sayProviders(): Promise<void> {
      for (const provider of ["google", "facebook"] as const) {
        const somebody = provider === "google" ? atGoogle : atFacebook;
        const token = async () => ({
          id_token: provider === "google" ? (await googleTokens(await somebody())).id_token : await facebookIdToken(await somebody()),
        });
        const path = `/api/auth/${provider}/`;
        const linking = `POST /api/auth/identities/${provider}/`;
        for (const name of [`POST ${path}`, `POST /dj-rest-auth/${provider}/`, linking]) {
          const who = name === linking ? cid : null;
          for (const body of [await token(), { id_token: "nonsense" }, {}]) await say(who, name, { body });
          await say(who, name, { body: await token(), env: { [`${provider.toUpperCase()}_CLIENT_ID`]: "" } });
        }
        await say(null, `POST ${path}`, { body: { id_token: await idTokenFor(provider, bob.email) } });
        const taken = await token();
        for (const person of [ann, bob]) await say(person, linking, { body: taken });

        const { headers } = await say(null, `GET ${path}`);
        const cookie = headers.getSetCookie()[0]!.split(";")[0]!;
        const query = new URL(await back(provider, headers.get("location")!, await somebody()), "https://kith.test").search;
        await say(null, `GET ${path}`, { query: "?next=https://evil.example" });
        await say(null, `GET ${path}callback/`, { query });
        await say(null, `GET ${path}callback/`, { query, headers: { cookie } });
        await say(cid, `${linking}redirect/`, { body: {} });
        await say(cid, `${linking}redirect/`, { body: { next: "//evil.example" } });
      }
      const { body: linked } = await say(cid, "GET /api/auth/identities/");
      for (let i = 0; i < 2; i++) await say(cid, "DELETE /api/auth/identities/{id}/", { id: linked[0].id });
    }
    const idTokenFor = async (provider: "google" | "facebook", email: string) =>
      provider === "google"
        ? (await googleTokens(await atGoogle({ email, email_verified: false }))).id_token
        : facebookIdToken({ ...(await atFacebook()), email });

    /** Other clients' ways in and out. */
    async function sayDialects(): Promise<void> {
      const wrong = { username: newName(), password: "wrong" };
      const eve = newcomer();
      await say(null, "POST /register/", { body: eve });
      await say(null, "POST /register/", { body: eve });
      await say(null, "POST /login/", { body: { email: eve.email, password: PASSWORD } });
      await say(null, "POST /login/", { body: {} });

      const fay = { ...newcomer(), birth_date: "2001-12-31" };
      const signedUp = await say(null, "POST /api/user/signup/", { body: fay });
      await say(null, "POST /api/user/signup/", { body: fay });
      await say(null, "POST /api/token/refresh/", { body: { refresh: signedUp.body.refresh } });
      await say(null, "POST /api/token/", { body: fay });
      await say(null, "POST /api/token/", { body: wrong });
      await say(null, "POST /api/token/", { body: {} });
      const gil = await aPerson();
      await say(gil, "GET /api/user/profile/");
      await say(gil, "POST /api/user/logout/", { body: {} });
      await say(gil, "GET /api/user/profile/");
      await say(gil, "POST /api/user/logout/", { body: {} });

      const hal = newcomer();
      const body = { ...hal, password1: PASSWORD, password2: PASSWORD };
      const { refresh, access } = (await say(null, "POST /dj-rest-auth/registration/", { body })).body;
      await say(null, "POST /dj-rest-auth/registration/", { body });
      await say(null, "POST /dj-rest-auth/login/", { body: hal });
      await say(null, "POST /dj-rest-auth/login/", { body: wrong });
      await say(null, "POST /dj-rest-auth/token/verify/", { body: { token: access } });
      await say(null, "POST /dj-rest-auth/token/verify/", { body: { token: "nonsense" } });
      await say(null, "POST /dj-rest-auth/token/verify/", { body: {} });
      await say(null, "POST /dj-rest-auth/token/refresh/", { body: { refresh } });
      await say(null, "POST /dj-rest-auth/token/refresh/", { body: {} });
      await say(null, "POST /dj-rest-auth/logout/", { body: { refresh } });
      await say(null, "POST /dj-rest-auth/logout/", { body: {} });
      const ida = await aPerson();
      await say(ida, "GET /dj-rest-auth/user/");
      await say(null, "GET /dj-rest-auth/user/");
      await say(ida, "PATCH /dj-rest-auth/user/", { body: { first_name: "Ida" } });
      await say(ida, "PATCH /dj-rest-auth/user/", { body: { first_name: [] } });
      await say(null, "PATCH /dj-rest-auth/user/", { body: {} });
      await say(ida, "PUT /dj-rest-auth/user/", { body: { username: ida.username } });
      await say(ida, "PUT /dj-rest-auth/user/", { body: {} });
      await say(null, "PUT /dj-rest-auth/user/", { body: {} });
    }

    // Addresses and passwords
    for (const root of ["/api/auth/email", "/dj-rest-auth/registration"]) {
      const [confirm, again] = root.startsWith("/api") ? ["verify", "resend"] : ["verify-email", "resend-email"];
      const eve = await aPerson();
      await say(null, `POST ${root}/${again}/`, { body: { email: eve.email } });
      await say(null, `POST ${root}/${again}/`, { body: {} });
      const { key } = await linkTo(eve.email);
      for (const body of [{}, { key }, { key }]) await say(null, `POST ${root}/${confirm}/`, { body });
    }
    for (const root of ["/api/auth/password", "/dj-rest-auth/password"]) {
      const eve = await aPerson();
      const passwords = (one: string, two = one) => ({ new_password: one, new_password1: one, new_password2: two });
      await say(null, `POST ${root}/reset/`, { body: { email: eve.email } });
      await say(null, `POST ${root}/reset/`, { body: { email: "nonsense" } });
      const { uid, token } = await linkTo(eve.email);
      for (const body of [
        {},
        { uid, token: "x", ...passwords("a-new-password") },
        { uid, token, ...passwords("short", "other") },
        { uid, token, ...passwords("a-new-password") },
      ])
        await say(null, `POST ${root}/reset/confirm/`, { body });
      const fay = await aPerson();
      for (const body of [
        {},
        { old_password: "wrong", ...passwords("a-new-password") },
        { old_password: PASSWORD, ...passwords("a-new-password", "another-password") },
        { old_password: PASSWORD, ...passwords("a-new-password") },
      ])
        await say(fay, `POST ${root}/change/`, { body });
    }
    const gus = await aPerson();
    for (const body of [{}, { email: "gus@example.test", password: "wrong" }, { email: "gus@example.test", password: PASSWORD }])
      await say(gus, "POST /api/auth/email/change/", { body });

    await say(null, "GET /health/");
    await say(null, "GET /health/ready/");
    await say(null, "GET /health/ready/", { env: { ENVIRONMENT: "production" } });
    await say(null, "GET /health/ready/", { env: { JWT_SECRET: undefined } });
    await say(null, "GET /ws/main/");

    // Accounts
    for (const [register, login, refresh, logout] of [
      ["POST /api/auth/register/", "POST /api/auth/login/", "POST /api/auth/refresh/", "POST /api/auth/logout/"],
      ["POST /api/register/", "POST /api/login/", "POST /api/token/refresh/", "POST /api/logout/"],
    ] as const) {
      const dan = newcomer();
      const account = (await say(null, register, { body: dan })).body;
      await say(null, register, { body: dan });
      await say(null, register, { body: "{", headers: { "content-type": "application/json" } });
      await say(null, login, { body: { username: dan.username, password: PASSWORD } });
      await say(null, login, { body: { username: dan.username, password: "wrong" } });
      await say(null, login, { body: {} });
      await say(null, refresh, { body: { refresh: account.refresh } });
      await say(null, refresh, { body: { refresh: "nonsense" } });
      await say(null, refresh, { body: {} });
      await say(null, logout, { body: { refresh: account.refresh } });
      await say(null, logout, { body: "[]", headers: { "content-type": "application/json" } });
    }
    await sayDialects();
    await say(null, "POST /api/auth/verify/", { body: { token: ann.access } });
    await say(null, "POST /api/auth/verify/", { body: { token: "nonsense" } });
    const phone = await ann.elsewhere();
    const { body: sessions } = await say(ann, "GET /api/auth/sessions/");
    await say(ann, "DELETE /api/auth/sessions/{id}/", { id: sessions.find(({ current }: any) => !current).id });
    await say(ann, "DELETE /api/auth/sessions/{id}/", { id: 999_999 });
    await say(phone, "GET /api/users/me/");
    await say(ann, "DELETE /api/auth/sessions/");
    await say(ann, "POST /api/ws/ticket/", { body: {} });

    // People
    await say(ann, "GET /api/users/");
    await say(ann, "GET /api/users/", { query: "?page=1&page_size=2" });
    await say(ann, "GET /api/users/", { query: "?limit=none" });
    await say(ann, "GET /api/users/me/");
    for (const id of [bob.id, 999_999, "me too"]) await say(ann, "GET /api/users/{id}/", { id });
    for (const change of ["PUT /api/users/{id}/", "PATCH /api/users/{id}/", "POST /api/users/{id}/update-status/"]) {
      await say(ann, change, { id: ann.id, body: { bio: "Hello", status: "busy" } });
      await say(ann, change, { id: ann.id, body: { username: bob.username, status: "dancing" } });
      await say(ann, change, { id: bob.id, body: { status: "busy" } });
      await say(ann, change, { id: "x", body: { status: "busy" } });
    }

    // Profiles
    for (const root of ["/api/users/me/", "/profile/"])
      for (const method of ["PUT", "PATCH"])
        for (const body of [{ phone_number: "+49 151 1234567", age: 30 }, { birth_date: "tomorrow" }])
          await say(ann, `${method} ${root}`, { body });
    const { image } = (await say(ann, "PUT /profile/image/", { body: pictureForm("photo.png") })).body;
    for (const body of [{}, pictureForm(new Uint8Array(9))]) await say(ann, "PUT /profile/image/", { body });
    const name = image.split("/").at(-1);
    for (const headers of [{}, { "if-none-match": `"${name}"` }]) await say(null, "GET /avatars/{name}/", { id: name, headers });
    await say(null, "GET /avatars/{name}/", { id: "nobody.png" });
    await say(ann, "DELETE /profile/image/");
    await say(ann, "GET /profile/");
    await say(ann, "DELETE /profile/");
    for (const query of ["", "?page=1", "?page=2", "?page=one"]) await say(ann, "GET /api/profiles/", { query });
    for (const body of [{ name: "Ann", age: 30 }, { age: "old" }]) await say(ann, "POST /api/profiles/", { body });
    for (const id of [ann.id, bob.id, "x"]) {
      await say(ann, "GET /api/profiles/{id}/", { id });
      for (const method of ["PUT", "PATCH"])
        for (const body of [{ surname: "Lee" }, { surname: [] }]) await say(ann, `${method} /api/profiles/{id}/`, { id, body });
      await say(ann, "DELETE /api/profiles/{id}/", { id });
    }

    // Friends, every way to say it
    const put = "PUT /api/friends/request/{id}/";
    for (const answer of [put, put.replace("PUT", "PATCH")]) {
      const id = await asks(ann, bob);
      await say(ann, "POST /api/friends/request/", { body: { to_user: bob.id } });
      await say(ann, answer, { id, body: { action: "reject" } });
      await say(bob, answer, { id, body: {} });
      await say(bob, answer, { id, body: { action: "reject" } });
    }
    for (const verb of ["accept", "reject"])
      for (const method of ["PUT", "POST", "PATCH"]) {
        const id = await asks(ann, bob);
        await say(bob, `${method} /api/friends/request/{id}/${verb}/`, { id });
        await say(bob, `${method} /api/friends/request/{id}/${verb}/`, { id });
        if (verb === "accept") await say(ann, "DELETE /api/friends/{user_id}/", { id: bob.id });
      }
    await say(ann, "DELETE /api/friends/{user_id}/", { id: bob.id });
    for (const body of [{ to_user: cid.id }, { to_user: bob.id }, { to_user: 999_999 }, {}])
      await say(ann, "POST /api/friends/request/", { body, headers: { "idempotency-key": "key" } });
    for (const query of ["", "?direction=outgoing", "?page=1", "?direction=up"]) await say(ann, "GET /api/friends/requests/", { query });
    const mistake = (await ann.get("/api/friends/requests/?direction=outgoing")).body[0].id;
    for (let i = 0; i < 2; i++) await say(ann, "DELETE /api/friends/request/{id}/", { id: mistake });

    const person = (verb: string) => `POST /api/users/{id}/${verb}/`;
    await say(ann, "GET /api/users/{id}/friend-request/", { id: bob.id });
    await say(ann, person("send-friend-request"), { id: bob.id });
    await say(ann, person("send-friend-request"), { id: bob.id });
    await say(bob, "GET /api/users/{id}/friend-request/", { id: ann.id });
    await say(bob, "GET /api/users/pending-requests/");
    await say(bob, "GET /api/users/pending-requests/", { query: "?page=1" });
    for (const verb of ["reject-friend-request", "reject-friend-request"]) await say(bob, person(verb), { id: ann.id });
    await say(ann, person("send-friend-request"), { id: bob.id });
    for (const verb of ["accept-friend-request", "accept-friend-request"]) await say(bob, person(verb), { id: ann.id });
    for (const id of [bob.id, cid.id, 999_999]) await say(ann, "GET /api/users/{id}/friendship-status/", { id });
    for (const id of [ann.id, cid.id, 999_999]) await say(bob, "GET /api/users/{id}/friends/", { id });
    for (const query of ["", "?page=1", "?cursor=none"]) await say(ann, "GET /api/friends/", { query });
    for (let i = 0; i < 2; i++) await say(ann, person("remove-friend"), { id: bob.id });

    // Who sees what, and groups of friends
    const showing = (id: number) => ({ fields: { email: { level: "specific", people: [id] } } });
    await say(ann, "GET /api/users/me/visibility/");
    for (const body of [showing(bob.id), showing(999_999), { profile: "everybody" }, {}])
      await say(ann, "PATCH /api/users/me/visibility/", { body });
    await asks(ann, bob);
    await say(bob, person("accept-friend-request"), { id: ann.id });
    const { id: group } = (await say(ann, "POST /api/friends/groups/", { body: { name: "Close ones" } })).body;
    for (const body of [{ name: "close ones" }, {}]) await say(ann, "POST /api/friends/groups/", { body });
    for (const query of ["", "?page=1", "?cursor=none"]) await say(ann, "GET /api/friends/groups/", { query });
    for (const of of [group, 999_999]) {
      for (const id of [bob.id, cid.id]) await say(ann, "PUT /api/friends/groups/{id}/members/{user_id}/", { id: [of, id] });
      for (const suffix of ["", "members/"]) await say(ann, `GET /api/friends/groups/{id}/${suffix}`, { id: of });
      for (const name of ["Best ones", ""]) await say(ann, "PATCH /api/friends/groups/{id}/", { id: of, body: { name } });
      await say(ann, "DELETE /api/friends/groups/{id}/members/{user_id}/", { id: [of, bob.id] });
      await say(ann, "DELETE /api/friends/groups/{id}/", { id: of });
    }
    await asks(bob, cid);
    await say(cid, person("accept-friend-request"), { id: bob.id });
    for (const query of ["", "?page=1", "?cursor=none"]) await say(ann, "GET /api/users/suggestions/", { query });
    await say(cid, "DELETE /api/friends/{user_id}/", { id: bob.id });
    await say(ann, "DELETE /api/friends/{user_id}/", { id: bob.id });

    // Notifications
    await asks(cid, ann);
    for (const query of ["", "?page=1", "?unread=true", "?unread=perhaps"]) await say(ann, "GET /api/notifications/", { query });
    await say(ann, "GET /api/notifications/unread-count/");
    await say(ann, "GET /api/sync/");
    await say(cid, "POST /api/notifications/digest/");
    await query("update users set email_verified_at = created_at where id = ?", ann.id);
    for (let i = 0; i < 2; i++) await say(ann, "POST /api/notifications/digest/");
    const notes: any[] = (await ann.get("/api/notifications/")).body;
    const [newest, ...fleeting] = notes;
    for (const [i, read] of ["PUT /api/notifications/{id}/read/", "POST /api/notifications/{id}/mark-as-read/"].entries())
      for (const id of [newest.id, fleeting[i].id, fleeting[i].id]) await say(ann, read, { id });
    for (let i = 0; i < 2; i++) await say(ann, "DELETE /api/notifications/{id}/", { id: newest.id });
    for (const all of [
      "PUT /api/notifications/read-all/",
      "POST /api/notifications/mark-all-as-read/",
      "POST /api/notifications/mark-as-read-all/",
    ])
      await say(ann, all);
    await say(ann, "DELETE /api/notifications/");

    // Preferences, under every name
    const all304 = async (path: string) => {
      const { headers } = await say(ann, `GET ${path}`);
      await say(ann, `GET ${path}`, { headers: { "if-none-match": headers.get("etag")! } });
    };
    for (const root of ["/api/preferences/", "/preferences/"]) await all304(root);
    const theme = { theme: "dark", font_size: "large" };
    for (const [section, body] of Object.entries({
      account_settings: { username: newName() },
      notification_settings: { frequency: "weekly", time_zone: "Europe/Berlin", quiet_hours_start: "22:00", quiet_hours_end: "7:00" },
      theme_settings: theme,
      privacy_settings: { profile_visibility: "friends", data_sharing: false },
    })) {
      const path = `/api/preferences/${section}/`;
      await all304(path);
      await say(ann, `PATCH ${path}`, { body });
      await say(ann, `PATCH ${path}`, { body, headers: { "if-match": '"old"' } });
      await say(ann, `PATCH ${path}`, { body: Object.fromEntries(Object.keys(body).map((key) => [key, {}])) });
    }
    await say(ann, "PATCH /api/preferences/privacy_settings/", { body: { profile_visibility: "public", data_sharing: true } });
    for (const path of ["/api/preferences/{section}/", "/preferences/{section}/"])
      for (const id of ["account", "notification", "notifications", "theme", "privacy", "nonsense"]) {
        await say(ann, `GET ${path}`, { id });
        await say(ann, `PATCH ${path}`, { id, body: theme });
        await say(ann, `PATCH ${path}`, { id, body: theme, headers: { "if-match": '"old"' } });
      }
    // What she did
    for (const root of ["/api/activity/", "/api/history/"]) {
      for (const bio of ["Something", "else"]) await ann.patch("/api/users/me/", { bio });
      for (const query of ["", "?page=1", "?limit=1", "?cursor=none", "?type=login,update", "?type=flying"])
        await say(ann, `GET ${root}`, { query });
      const { body } = await ann.get(root);
      for (const method of ["GET", "DELETE", "GET", "DELETE"]) await say(ann, `${method} ${root}{id}/`, { id: body[0].id });
      await say(ann, `DELETE ${root}`);
    }

    // Blocks
    for (const id of [bob.id, bob.id, ann.id, 999_999]) await say(ann, "POST /api/users/{id}/block/", { id });
    for (const query of ["", "?page=1", "?cursor=none"]) await say(ann, "GET /api/users/blocked/", { query });
    for (const id of [ann.id, bob.id]) await say(id === ann.id ? bob : ann, "GET /api/users/{id}/friendship-status/", { id });
    for (const id of [bob.id, bob.id, 999_999]) await say(ann, "DELETE /api/users/{id}/block/", { id });

    // Leaving
    await say(ann, "GET /api/users/me/export/");
    for (const leave of ["DELETE /api/users/me/", "POST /api/auth/delete-account/"]) {
      const eve = await aPerson("eve");
      const old = await eve.elsewhere();
      await query("update sessions set created_at = '2020-01-01T00:00:00.000Z' where id = (select max(id) from sessions)");
      await say(eve, leave, { body: { password: "wrong" } });
      await say(old, leave, { body: {} });
      await query("update users set password_hash = '!' where id = ?", eve.id);
      await say(old, leave, { body: {} });
      const role = (name: string) => query(`update users set role = '${name}' where id = ?`, eve.id);
      await role("admin");
      await say(eve, leave, { body: {} });
      await role("member");
      await say(eve, leave, { body: {} });
    }

    // Administration
    await makeAdmin(cid);
    const onAccount = (act: string) => `${act.split(" ")[0]} /api/admin/users/{id}/${act.split(" ")[1] ?? ""}`;
    const acts: [string, unknown?][] = [
      ["GET"],
      ["POST suspend/", { reason: "spam" }],
      ["POST restore/"],
      ["PUT role/", { role: "pharmacist" }],
      ["DELETE sessions/"],
    ];
    for (const [act, body] of acts) {
      for (const id of [phone.id, 999_999]) await say(cid, onAccount(act), { id, body });
      await say(bob, onAccount(act), { id: cid.id, body });
    }
    await say(cid, onAccount("POST suspend/"), { id: cid.id, body: { reason: "spam" } });
    await say(cid, onAccount("POST suspend/"), { id: cid.id, body: {} });
    await say(cid, onAccount("PUT role/"), { id: cid.id, body: { role: "member" } });
    for (const query of ["", "?page=1", "?role=king"]) await say(cid, "GET /api/admin/users/", { query });
    for (const query of ["", "?page=1", "?actor=me"]) await say(cid, "GET /api/admin/audit/", { query });
    for (const list of ["users", "audit"]) await say(bob, `GET /api/admin/${list}/`);

    await sayProviders();

    // Every body that is too large, or of another kind
    for (const { name } of all.filter((operation) => operation.requestBody))
      for (const [body, type] of [
        ["x".repeat(300_000), "application/json"],
        ["x", "text/plain"],
      ])
        await say(ann, name, { id: ann.id, body, headers: { "content-type": type! } });

    // Everything again, by nobody
    for (const { name, responses, requestBody } of all)
      if (responses["401"] && name !== "GET /ws/main/")
        await say(null, name, { id: 1, body: requestBody ? { token: "x", refresh: "x" } : undefined });

    const told = all.filter(({ name }) => name !== "GET /ws/main/" && ![...(seen.get(name) ?? [])].some((status) => status < 400));
    expect(
      told.map(({ name }) => name),
      "these were never granted in the story",
    ).toEqual([]);
    expect([...new Set([...seen.values()].flatMap((statuses) => [...statuses]))].sort()).toEqual([
      200, 201, 204, 302, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422, 426, 503,
    ]);
  }, 60_000);

  it("would be found out if it were not", () => {
    const user = { $ref: "#/components/schemas/User" };
    const good = { id: 1, username: "x", email: "", avatar: null, bio: null, status: "busy", is_online: false, last_online: null };
    expect(mismatches(document, user, good)).toEqual([]);
    expect(mismatches(document, user, { ...good, password_hash: "x" })).toEqual(["$.password_hash is not in the document"]);
    expect(mismatches(document, user, { ...good, id: "1" })).toHaveLength(1);
    expect(mismatches(document, user, { ...good, status: "dancing" })).toHaveLength(1);
    const { bio: _, ...lacking } = good;
    expect(mismatches(document, user, lacking)).toEqual(["$.bio is missing"]);
    expect(mismatches(document, { type: "array", items: user }, [good, null])).toHaveLength(1);
  });
});
