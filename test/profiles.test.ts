import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { atFacebook, atGoogle, facebookIdToken, googleTokens } from "./support/identities";
import { aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";

const EMPTY = {
  image: null,
  first_name: "",
  last_name: "",
  bio: null,
  birth_date: null,
  age: null,
  phone_number: null,
  profession: null,
  status_line: null,
};
const FULL = {
  first_name: "Ann",
  last_name: "Lee",
  bio: "Hello.",
  birth_date: null,
  age: 30,
  phone_number: "+491511234567",
  profession: "Pilot",
  status_line: "at the beach",
};
const mine = async (person: Person) => (await person.get("/profile/")).body;
const row = async ({ id }: Person) => (await query("select * from users where id = ?", id))[0];

/** Every way to become somebody here: what to post, and where the access token then is. */
const newcomer = () => {
  const username = newName();
  return { username, email: `${username}@example.test`, password: PASSWORD };
};
const REGISTRATIONS: Record<string, () => Promise<object>> = {
  "/api/auth/register/": async () => newcomer(),
  "/api/register/": async () => newcomer(),
  "/register/": async () => newcomer(),
  "/dj-rest-auth/registration/": async () => ({ ...newcomer(), password1: PASSWORD, password2: PASSWORD }),
  "/api/user/signup/": async () => ({ ...newcomer(), age: "2001-12-31" }),
  "/api/auth/google/": async () => ({ id_token: (await googleTokens(await atGoogle())).id_token }),
  "/api/auth/facebook/": async () => ({ id_token: await facebookIdToken(await atFacebook()) }),
};

describe("a profile", () => {
  it.each(Object.keys(REGISTRATIONS))("is there from registration on: %s", async (path) => {
    const { status, headers } = await call("POST", path, { body: await REGISTRATIONS[path]!() });
    expect([200, 201]).toContain(status);
    const cookie = headers.getSetCookie()[0]!.split(";")[0]!;
    const profile = await call("GET", "/profile/", { headers: { cookie } });
    expect(profile.status).toBe(200);
    expect(Object.keys(profile.body).sort()).toEqual(["email", "id", "user", "username", "visibility", ...Object.keys(EMPTY)].sort());
    if (path === "/api/user/signup/") expect(profile.body.birth_date).toBe("2001-12-31");
  });

  it("is empty at first, and seen by everybody", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.get("/profile/");
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: ann.id, user: ann.id, username: ann.username, email: ann.email, visibility: "public", ...EMPTY },
    });
  });

  it("has an address with and without a slash, and is nobody's without a token", async () => {
    const ann = await aPerson();
    expect((await ann.get("/profile")).body).toEqual(await mine(ann));
    expect((await call("GET", "/profile")).status).toBe(401);
  });
});

describe("changing a profile", () => {
  it.each(["put", "patch"] as const)("with %s changes what is sent and leaves the rest", async (method) => {
    const ann = await aPerson();
    const before = await mine(ann);
    const { status, body } = await ann[method]("/profile/", { ...FULL, visibility: "friends" });
    expect({ status, body }).toEqual({ status: 200, body: { ...before, ...FULL, visibility: "friends" } });
    for (const [field, value] of Object.entries(EMPTY).filter(([name]) => name !== "image")) {
      const { body } = await ann[method]("/profile/", { [field]: value });
      expect(body, field).toEqual({ ...before, ...FULL, visibility: "friends", [field]: value });
      await ann.put("/profile/", FULL);
    }
    expect((await ann[method]("/profile/", {})).body).toEqual(await mine(ann));
  });

  it("takes forms of both kinds", async () => {
    const ann = await aPerson();
    const fields = { first_name: "Ann", birth_date: "2001-12-31", phone_number: "+49 151 1234567", status_line: "" };
    const expected = { first_name: "Ann", birth_date: "2001-12-31", phone_number: "+491511234567", status_line: null };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const body of [new URLSearchParams(fields), form]) {
      await ann.put("/profile/", { status_line: "away" });
      expect((await call("PATCH", "/profile/", { token: ann.access, body })).body).toMatchObject(expected);
      await ann.delete("/profile/");
    }
  });

  it("refuses all bad fields at once, in their order, and changes nothing", async () => {
    const ann = await aPerson();
    const before = await row(ann);
    const { status, body } = await ann.patch("/profile/", {
      profession: "Pilot",
      visibility: "all",
      phone_number: "123",
      age: "old",
      birth_date: "tomorrow",
      bio: {},
      first_name: null,
    });
    expect(status).toBe(400);
    expect(Object.keys(body)).toEqual(["first_name", "bio", "birth_date", "age", "phone_number", "visibility"]);
    expect(await row(ann)).toEqual(before);
  });

  it("is one change, whichever address it comes to", async () => {
    const ann = await aPerson();
    for (const address of ["/profile/", "/api/users/me/", `/api/users/${ann.id}/`])
      for (const method of ["put", "patch"] as const) {
        const profession = `${method} ${address}`;
        expect((await ann[method](address, { profession, phone_number: "0049 151 1234567", age: "30" })).status).toBe(200);
        const changed = { profession, phone_number: "+491511234567", age: 30 };
        expect(await mine(ann)).toMatchObject(changed);
        expect((await ann.get("/api/users/me/")).body).toMatchObject(changed);
        expect((await ann.get(`/api/users/${ann.id}/`)).body).toMatchObject(changed);
        expect((await ann[method](address, { age: "old" })).body).toEqual({ age: ["A valid integer is required."] });
        await ann.delete("/profile/");
      }
  });

  it("reaches one's other devices once, and not at all if nothing changes", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await ann.patch("/profile/", FULL);
    await ann.patch("/profile/", { ...FULL, phone_number: "0049 (0)151 1234567" });
    await ann.put("/profile/", {});
    await ann.delete("/profile/");
    await ann.delete("/profile/");
    const [changed, emptied] = await socket.next("profile_update", 2).then(() => socket.ofType("profile_update"));
    expect(changed!.user).toMatchObject(FULL);
    expect(emptied!.user).toEqual((await ann.get("/api/users/me/")).body);
    await ann.patch("/profile/", { bio: "again" });
    await socket.next("profile_update", 3);
    expect(socket.ofType("profile_update").map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("is in one's history as what changed: the profile, who sees it, or both", async () => {
    const ann = await aPerson();
    const noted = async () =>
      (await query("select type from activity where user_id = ? order by id", ann.id)).map(({ type }) => type).slice(known);
    let known = 0;
    known = (await noted()).length;
    await ann.patch("/profile/", { bio: "Hello." });
    await ann.put("/profile/", { ...FULL, visibility: "public" });
    await ann.put("/profile/", { ...FULL, visibility: "public" });
    await ann.put("/profile/", { ...FULL, visibility: "friends" });
    await ann.patch("/api/users/me/", { status: "busy" });
    await ann.patch("/api/users/me/", { status: "away", visibility: "public", phone_number: "" });
    await ann.delete("/profile/");
    expect(await noted()).toEqual(["update", "update", "privacy_change", "update", "privacy_change", "update"]);
  });

  it("of who sees it makes friends see one go and come", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const his = await bob.socket();
    await ann.socket();
    await his.next("status_update", 2);
    for (const visibility of ["private", "specific", "friends", "private", "public"]) await ann.patch("/profile/", { visibility });
    await his.next("status_update", 6);
    const statuses = his.ofType("status_update").filter(({ user_id }) => user_id === ann.id);
    expect(statuses.map(({ status }) => status)).toEqual(["online", "offline", "online", "offline", "online"]);
  });

  it.each(["/profile/", "/api/profiles/"])("takes back what it answered, whole, and nothing changes: %s", async (address) => {
    const ann = await aPerson();
    await ann.patch("/profile/", { ...FULL, birth_date: "2001-12-31" });
    const path = address === "/profile/" ? address : `${address}${ann.id}/`;
    const before = await row(ann);
    const { body } = await ann.get(path);
    const again = await ann.put(path, body);
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body });
    expect(await row(ann)).toEqual(before);
  });

  it("refuses a username that somebody has", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { status, body } = await ann.patch("/profile/", { username: bob.username, bio: "new" });
    expect({ status, body }).toEqual({ status: 400, body: { username: ["A user with that username already exists."] } });
    expect((await mine(ann)).bio).toBeNull();
  });

  it.each(["/profile/", "/api/users/me/", "/api/profiles/"])("cannot reach what is no part of it: %s", async (address) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const path = address === "/api/profiles/" ? `${address}${ann.id}/` : address;
    const before = await row(ann);
    const theirs = await row(bob);
    const smuggled = {
      id: bob.id,
      id_user: bob.id,
      user: bob.id,
      role: "admin",
      is_staff: true,
      password: "another-password",
      password_hash: "!",
      email: "new@example.test",
      email_verified: true,
      email_verified_at: "2026-01-01T00:00:00.000Z",
      username_key: "x",
      stated_age: 99,
      data_sharing: false,
      suspended_at: null,
      created_at: "1999-01-01T00:00:00.000Z",
      avatar: `https://kith.test/avatars/${"0".repeat(32)}.png`,
      __proto__: { role: "admin" },
    };
    for (const method of ["put", "patch"] as const) {
      const { status, body } = await ann[method](path, { ...smuggled, profession: method });
      expect({ status, profession: body.profession }).toEqual({ status: 200, profession: method });
      expect(Object.keys(body).filter((key) => /password|hash|key|staff|suspended|stated/.test(key))).toEqual([]);
      expect(await row(ann)).toEqual({ ...(before as object), profession: method });
      expect(await row(bob)).toEqual(theirs);
    }
  });
});

describe("deleting a profile", () => {
  it("empties it, and leaves the account and who may see what", async () => {
    const ann = await aPerson();
    const before = await row(ann);
    await ann.patch("/profile/", { ...FULL, visibility: "friends" });
    await ann.patch("/profile/", { birth_date: "2001-12-31" });
    const { status, text } = await ann.delete("/profile/");
    expect({ status, text }).toEqual({ status: 204, text: "" });
    expect(await row(ann)).toEqual({ ...(before as object), visibility: "friends" });
    const after = await ann.get("/profile/");
    expect({ status: after.status, body: after.body }).toEqual({
      status: 200,
      body: { id: ann.id, user: ann.id, username: ann.username, email: ann.email, visibility: "friends", ...EMPTY },
    });
    expect((await ann.delete("/profile/")).status, "again").toBe(204);
    expect((await ann.elsewhere()).access).toBeTruthy();
  });
});
