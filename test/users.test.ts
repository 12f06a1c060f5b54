import { describe, expect, it } from "vitest";
import { type Answer, aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";

const says = ({ status, body }: Answer) => ({ status, body });
const FORBIDDEN = { status: 403, body: { detail: "You do not have permission to perform this action." } };
const NAME_TAKEN = "A user with that username already exists.";

describe("a person", () => {
  const PROFILE = {
    first_name: "",
    last_name: "",
    birth_date: null,
    age: null,
    phone_number: null,
    profession: null,
    status_line: null,
  };
  const OWN = { email_verified: false, role: "member", visibility: "public" };

  it("sees themselves with their e-mail address, under their id, and with all of their account under me", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.get(`/api/users/${ann.id}/`);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        id: ann.id,
        username: ann.username,
        email: ann.email,
        avatar: null,
        bio: null,
        status: "offline",
        is_online: false,
        last_online: null,
        ...PROFILE,
      },
    });
    expect((await ann.get("/api/users/me/")).body).toEqual({ ...body, ...OWN });
  });

  it("is seen by others without it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body } = await ann.get(`/api/users/${bob.id}/`);
    expect(body).toEqual({ ...(await bob.get(`/api/users/${bob.id}/`)).body, email: "" });
    for (const name of Object.keys(OWN)) expect(body).not.toHaveProperty(name);
  });

  it("who does not exist is a 404", async () => {
    const ann = await aPerson();
    expect(says(await ann.get("/api/users/999999/"))).toEqual({ status: 404, body: { detail: "Not found." } });
  });
});

describe("an e-mail address", () => {
  it("is in no answer that anybody else gets", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    await bob.post("/api/friends/request/", { to_user: cid.id });
    const asked = await cid.post("/api/friends/request/", { to_user: ann.id });
    const answers = [
      asked,
      await ann.put(`/api/friends/request/${asked.body.id}/`, { action: "reject" }),
      await ann.post("/api/friends/request/", { username: cid.username }),
      await ann.get("/api/users/"),
      await ann.get("/api/users/?page=1"),
      await ann.get(`/api/users/?search=${bob.username}`),
      await ann.get(`/api/users/${bob.id}/`),
      await ann.get(`/api/users/${bob.id}/friends/`),
      await ann.get(`/api/users/${cid.id}/friend-request/`),
      await ann.get("/api/users/pending-requests/"),
      await ann.get("/api/friends/"),
      await ann.get("/api/friends/requests/"),
      await ann.get("/api/friends/requests/?direction=outgoing"),
      await ann.get("/api/notifications/"),
      await ann.get("/api/sync/"),
      await bob.get("/api/notifications/"),
      await bob.get("/api/sync/"),
      await cid.get("/api/notifications/"),
      await cid.get("/api/sync/"),
    ];
    const own = [cid, ann, ann, ...Array<Person>(12).fill(ann), bob, bob, cid, cid];
    expect(own).toHaveLength(answers.length);
    expect(answers.map(({ text }) => text).join(), "there is something to hide").toContain("@");
    for (const [i, { text }] of answers.entries())
      for (const { email } of [ann, bob, cid].filter((person) => person !== own[i])) expect(text, `answer ${i}`).not.toContain(email);
  });

  it("cannot be searched for", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    expect((await ann.get(`/api/users/?search=${encodeURIComponent(bob.email)}`)).body).toEqual([]);
    expect((await ann.get("/api/users/?search=example.test")).body).toEqual([]);
    expect((await ann.get(`/api/users/?search=${bob.username}`)).body).toHaveLength(1);
  });
});

describe("changing oneself", () => {
  it.each(["put", "patch"] as const)("with %s changes what is sent and leaves the rest", async (method) => {
    const ann = await aPerson();
    const before = (await ann.get("/api/users/me/")).body;
    const { status, body } = await ann[method](`/api/users/${ann.id}/`, { bio: "Hello" });
    expect({ status, body }).toEqual({ status: 200, body: { ...before, bio: "Hello" } });
    expect((await ann[method](`/api/users/${ann.id}/`, { status: "busy" })).body).toEqual({ ...before, bio: "Hello", status: "busy" });
    expect((await ann[method](`/api/users/${ann.id}/`, {})).body).toEqual({ ...before, bio: "Hello", status: "busy" });
  });

  it("may empty the bio, and take it away", async () => {
    const ann = await aPerson();
    const change = async (bio: unknown) => (await ann.patch(`/api/users/${ann.id}/`, { bio })).body;
    expect((await change("Hello")).bio).toBe("Hello");
    expect((await change("")).bio).toBe("");
    expect((await change("Hello")).bio).toBe("Hello");
    expect((await change(null)).bio).toBeNull();
    expect(await change("x".repeat(501))).toEqual({ bio: ["Ensure this field has no more than 500 characters."] });
    expect((await change("x".repeat(500))).bio).toHaveLength(500);
  });

  it.each(["offline", "busy", "away"])("may set the status %s", async (status) => {
    const ann = await aPerson();
    const { body } = await ann.patch(`/api/users/${ann.id}/`, { status });
    expect(body).toMatchObject({ status, is_online: false });
  });

  it("is online only while somebody listens", async () => {
    const ann = await aPerson();
    const say = async () => (await ann.patch(`/api/users/${ann.id}/`, { status: "online" })).body;
    expect(await say()).toMatchObject({ status: "offline", is_online: false });
    await ann.socket();
    expect(await say()).toMatchObject({ status: "online", is_online: true });
  });

  it("tells nobody of a change that changes nothing", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    for (const change of [{ bio: "Hello" }, { bio: "Hello" }, { username: ann.username }, { status: "online" }, { bio: "Bye" }])
      expect((await ann.patch(`/api/users/${ann.id}/`, change)).status).toBe(200);
    await socket.next("profile_update", 2);
    expect(socket.ofType("profile_update").map(({ user }) => (user as { bio: string }).bio)).toEqual(["Hello", "Bye"]);
  });

  it("keeps text as it is, markup and all", async () => {
    const ann = await aPerson();
    const bio = `<script>alert("1")</script> ' " \\ 🐈 \u202e مرحبا`;
    await ann.patch(`/api/users/${ann.id}/`, { bio });
    expect((await ann.get("/api/users/me/")).body.bio).toBe(bio);
  });

  it("changes the name that one logs in with and is found by", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const renamed = newName("zebra");
    const { body } = await ann.patch(`/api/users/${ann.id}/`, { username: renamed });
    expect(body.username).toBe(renamed);
    const found = async (name: string) => (await bob.get(`/api/users/?search=${name}`)).body.map(({ id }: Person) => id);
    expect(await found(renamed)).toEqual([ann.id]);
    expect(await found(ann.username)).toEqual([]);
    const login = (username: string) => call("POST", "/api/auth/login/", { body: { username, password: PASSWORD } });
    expect([(await login(renamed)).status, (await login(ann.username)).status]).toEqual([200, 401]);
  });

  it("may change the case of one's own name", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.patch(`/api/users/${ann.id}/`, { username: ann.username.toUpperCase() });
    expect({ status, username: body.username }).toEqual({ status: 200, username: ann.username.toUpperCase() });
  });

  it("refuses a name that somebody has in any case, and one that is somebody's address", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const before = (await ann.get("/api/users/me/")).body;
    for (const username of [bob.username, bob.username.toUpperCase(), bob.email, bob.email.toUpperCase()])
      expect(says(await ann.patch(`/api/users/${ann.id}/`, { username, bio: "new" })), username).toEqual({
        status: 400,
        body: { username: [NAME_TAKEN] },
      });
    expect((await ann.get("/api/users/me/")).body).toEqual(before);
    expect((await ann.patch(`/api/users/${ann.id}/`, { username: ann.email })).status, "one's own address is free").toBe(200);
  });

  it("by two people to one name at once lets one of them have it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const username = newName();
    const answers = await Promise.all([ann, bob].map((person) => person.patch(`/api/users/${person.id}/`, { username })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it("does not change what is not one's to change", async () => {
    const ann = await aPerson();
    const before = (await ann.get("/api/users/me/")).body;
    const extra = {
      id: 777,
      email: "new@example.test",
      password: "another-password",
      password_hash: "x",
      created_at: "1999-01-01T00:00:00Z",
      is_staff: true,
      is_online: true,
      last_online: "1999-01-01T00:00:00Z",
    };
    expect(says(await ann.put(`/api/users/${ann.id}/`, { ...extra, bio: "new" }))).toEqual({
      status: 200,
      body: { ...before, bio: "new" },
    });
    expect((await ann.elsewhere()).access, "the password is the old one").toBeTruthy();
  });

  it("is not for others to do", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const before = (await bob.get("/api/users/me/")).body;
    for (const id of [bob.id, 999_999]) {
      expect(says(await ann.put(`/api/users/${id}/`, { bio: "x" }))).toEqual(FORBIDDEN);
      expect(says(await ann.patch(`/api/users/${id}/`, { bio: "x" }))).toEqual(FORBIDDEN);
      expect(says(await ann.post(`/api/users/${id}/update-status/`, { status: "busy" }))).toEqual(FORBIDDEN);
    }
    expect((await bob.get("/api/users/me/")).body).toEqual(before);
  });
});
