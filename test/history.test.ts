import { describe, expect, it } from "vitest";
import { walk } from "./support/lists";
import { aPerson, call, PASSWORD, type Person, people } from "./support/people";

/** The profile page's history (contracts §4). */

const history = async (person: Person, query = "") => (await person.get(`/api/history/${query}`)).body;
const types = async (person: Person) => (await history(person)).map((one: any) => one.activity_type);

describe("the profile page's history", () => {
  it("has log-ins, log-outs and changes of the profile, newest first, in the page's words", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    await ann.patch("/api/users/me/", { bio: "Hello." });
    await call("POST", "/api/auth/logout/", { token: phone.access, body: {} });
    expect(await history(ann)).toEqual(
      [
        ["logout", "Logout"],
        ["update", "Changed profile settings"],
        ["login", "Login"],
      ].map(([activity_type, details]) => ({
        id: expect.any(Number),
        activity_type,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/),
        details,
        user_profile: ann.id,
      })),
    );
  });

  it("has no row of registering, whichever the way", async () => {
    const ann = await aPerson();
    expect(await history(ann)).toEqual([]);
    const body = { username: `x${ann.username}`, email: `x${ann.email}`, password: PASSWORD };
    const { body: account } = await call("POST", "/api/auth/register/", { body });
    expect((await call("GET", "/api/history/", { token: account.access })).body).toEqual([]);
  });

  it.each([
    ["PATCH", "/api/profiles/:id/", { name: "Ann", about_me: "Hello." }],
    ["PUT", "/profile/", { bio: "Hello." }],
    ["PUT", "/api/users/:id/", { bio: "Hello." }],
    ["PATCH", "/dj-rest-auth/user/", { first_name: "Ann" }],
  ])("has one row for a change through %s %s, and none where nothing changes", async (method, path, body) => {
    const ann = await aPerson();
    for (let times = 0; times < 2; times++) {
      expect((await ann.ask(method, path.replace(":id", String(ann.id)), body)).status).toBe(200);
      expect(await types(ann)).toEqual(["update"]);
    }
    expect((await ann.ask("PATCH", "/api/users/me/", { username: "!" })).status).toBe(400);
    expect(await types(ann)).toEqual(["update"]);
  });

  it("leaves out the rest of what people do", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ann.post("/api/friends/request/", { to_user: bob.id });
    await ann.post(`/api/users/${ann.id}/update-status/`, { status: "busy" });
    await ann.patch("/api/users/me/", { bio: "Hello." });
    expect(await types(ann)).toEqual(["update"]);
    const { body } = await ann.get("/api/activity/?type=friend_request");
    for (const method of ["GET", "DELETE"]) expect((await ann.ask(method, `/api/history/${body[0].id}/`)).status).toBe(404);
  });

  it("goes page by page, and takes a page's number", async () => {
    const ann = await aPerson();
    for (const bio of ["1", "2", "3", "4", "5"]) await ann.patch("/api/users/me/", { bio });
    const all = await history(ann);
    expect((await walk(ann, "/api/history/?limit=2")).map(({ length }) => length)).toEqual([2, 2, 1]);
    expect((await walk(ann, "/api/history/?limit=2")).flat()).toEqual(all);
    const { body } = await ann.get("/api/history/?page=2&page_size=2");
    expect(body).toMatchObject({ count: 5, results: all.slice(2, 4) });
  });

  it("reads one and hides one; all of them, and only these", async () => {
    const ann = await aPerson();
    for (const bio of ["1", "2", "3"]) await ann.patch("/api/users/me/", { bio });
    const [newest, ...older] = await history(ann);
    expect((await ann.get(`/api/history/${newest.id}/`)).body).toEqual(newest);
    const { status, text } = await ann.delete(`/api/history/${newest.id}/`);
    expect({ status, text }).toEqual({ status: 204, text: "" });
    for (const method of ["GET", "DELETE"]) expect((await ann.ask(method, `/api/history/${newest.id}/`)).status).toBe(404);
    expect(await history(ann)).toEqual(older);
    expect((await ann.delete("/api/history/")).status).toBe(204);
    expect(await history(ann)).toEqual([]);
    expect((await ann.get("/api/activity/")).body.map(({ type }: any) => type)).toEqual(["register"]);
  });

  it("is nobody else's, and nobody's without a token", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ann.patch("/api/users/me/", { bio: "1" });
    const [entry] = await history(ann);
    expect(await history(bob)).toEqual([]);
    for (const method of ["GET", "DELETE"]) {
      expect((await bob.ask(method, `/api/history/${entry.id}/`)).status).toBe(404);
      expect((await call(method, `/api/history/${entry.id}/`)).status).toBe(401);
    }
    expect(await history(ann)).toEqual([entry]);
  });
});
