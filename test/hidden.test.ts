import { describe, expect, it } from "vitest";
import { asUser, befriend, type Person, people } from "./support/people";
import { fillProfile, setLevel } from "./support/visibility";

const card = ({ id, username }: Person) => ({
  id,
  username,
  email: "",
  avatar: null,
  bio: null,
  status: "offline",
  is_online: false,
  last_online: null,
});
const ask = (from: Person, to: Person) => from.post("/api/friends/request/", { to_user: to.id });

describe("somebody whom only friends see", () => {
  it("can ask a stranger to be friends, and shows no more than who asks", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await fillProfile(ann);
    await setLevel(ann, "friends");
    const sockets = [await ann.socket(), await bob.socket()] as const;
    const { status, body: request } = await ask(ann, bob);
    expect(status).toBe(201);
    expect(request.sender).toMatchObject({ email: ann.email, bio: expect.any(String), is_online: true });
    const [note] = (await bob.get("/api/notifications/")).body;
    expect(note).toMatchObject({ sender: card(ann), related_request: { sender: card(ann) } });
    const { notification } = await sockets[1].next("notification");
    expect(notification).toEqual(note);
    expect((await sockets[1].next("friend_request")).request).toMatchObject({ sender: card(ann) });
    expect((await bob.get("/api/friends/requests/")).body).toMatchObject([{ sender: card(ann) }]);
    expect((await bob.get(`/api/users/${ann.id}/`)).status).toBe(404);
  });

  it("is there for who accepts them", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await fillProfile(ann);
    await setLevel(ann, "friends");
    await ask(ann, bob);
    expect((await bob.post(`/api/users/${ann.id}/accept-friend-request/`)).status).toBe(200);
    const { status, body } = await bob.get(`/api/users/${ann.id}/`);
    expect(status).toBe(200);
    expect((await bob.get("/api/friends/")).body).toEqual([asUser(body)]);
    expect(body.bio).toEqual(expect.any(String));
  });

  it("can be asked back by whom they asked, and by no other stranger", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await setLevel(ann, "friends");
    expect((await ask(bob, ann)).body).toEqual((await ask(bob, { ...bob, id: 999_999 } as Person)).body);
    await ask(ann, bob);
    expect((await ask(cid, ann)).status).toBe(404);
    expect((await ask(bob, ann)).body.status).toBe("accepted");
  });

  it("cannot be asked by name either, nor be found out by it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await setLevel(ann, "private");
    const hidden = await bob.post("/api/friends/request/", { username: ann.username });
    const nobody = await bob.post("/api/friends/request/", { username: "nobody_has_this_name" });
    expect([hidden.status, hidden.text]).toEqual([nobody.status, nobody.text]);
  });
});

describe("somebody who hides", () => {
  it("goes from the list of whom one has asked, and comes back with their request", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ask(bob, ann);
    await setLevel(ann, "private");
    const outgoing = "/api/friends/requests/?direction=outgoing";
    expect((await bob.get(outgoing)).body).toEqual([]);
    expect((await bob.get(`${outgoing}&page=1`)).body.count).toBe(0);
    expect((await bob.get("/api/sync/")).body.outgoing).toEqual([]);
    expect((await ann.get("/api/friends/requests/")).body).toHaveLength(1);
    await setLevel(ann, "public");
    expect((await bob.get(outgoing)).body).toHaveLength(1);
  });

  it("is hidden from friends as well, who are friends still", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    await setLevel(ann, "private");
    expect((await bob.get("/api/friends/")).body).toEqual([]);
    expect((await ann.get("/api/friends/")).body).toMatchObject([{ id: bob.id }]);
    await setLevel(ann, "friends");
    expect((await bob.get("/api/friends/")).body).toMatchObject([{ id: ann.id }]);
  });

  it("keeps a friend's notification nameable, and says nothing else in it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await fillProfile(bob);
    await befriend(ann, bob);
    await setLevel(bob, "private");
    expect((await ann.get("/api/notifications/")).body).toMatchObject([{ type: "friend_request_accepted", sender: card(bob) }]);
  });
});

describe("a search", () => {
  const stem = "mmq";
  const named = async (n: number) => {
    const all = await people(...Array.from({ length: n }, (_, i) => `x${i}`));
    for (const [i, one] of all.entries()) await one.patch("/api/users/me/", { username: `${stem}_${i}` });
    return all;
  };
  const links = async (viewer: Person) =>
    Promise.all(
      [`search=${stem}`, "search=mm", ""].map(async (search) => {
        const { text, headers } = await viewer.get(`/api/users/?${search}&limit=1`);
        return [text, headers.get("link")];
      }),
    );

  it("answers the same, and goes on the same, whoever hides among the names", async () => {
    const [ann, bob, ...hidden] = (await named(12)) as [Person, Person, ...Person[]];
    const viewer = (await people("viewer"))[0]!;
    for (const one of hidden) await one.patch("/api/preferences/privacy/", { profile_visibility: "private" });
    const before = await links(viewer);
    for (const one of hidden) await one.delete("/api/users/me/");
    expect(await links(viewer)).toEqual(before);
    for (const [text] of before) expect(JSON.parse(text!)).toHaveLength(1);
    expect((await viewer.get(`/api/users/?search=${stem}`)).body.map(({ id }: Person) => id).sort()).toEqual([ann.id, bob.id].sort());
  });

  it("does not go on behind the name of somebody who hides", async () => {
    const [ann] = await named(2);
    const [viewer] = await people("viewer");
    await ann!.patch("/api/users/me/", { username: "mmz" });
    await ann!.patch("/profile/", { visibility: "private" });
    const behind = (id: number) => viewer!.get(`/api/users/?search=mm&cursor=${btoa(`k${id}`).replaceAll("=", "")}`);
    expect((await behind(ann!.id)).text).toBe((await behind(999_999)).text);
    expect((await behind(999_999)).body).toHaveLength(1);
  });

  it.each([
    ["the profile", (ann: Person, hide: boolean) => ann.patch("/profile/", { visibility: hide ? "friends" : "public" })],
    ["the levels", (ann: Person, hide: boolean) => ann.patch("/api/users/me/visibility/", { profile: hide ? "specific" : "public" })],
    [
      "the preferences",
      (ann: Person, hide: boolean) => ann.patch("/preferences/privacy/", { profile_visibility: hide ? "private" : "public" }),
    ],
    ["data_sharing", (ann: Person, hide: boolean) => ann.patch("/preferences/privacy/", { data_sharing: !hide })],
  ])("finds nobody who hides by %s, and finds them when they come back, under another name, too", async (_, set) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const finds = async (search: string) => (await bob.get(`/api/users/?search=${search}`)).body.length;
    expect(await finds(ann.username)).toBe(1);
    expect((await set(ann, true)).status).toBe(200);
    expect([await finds(ann.username), await finds(ann.username.slice(0, 2))]).toEqual([0, 0]);
    await ann.patch("/api/users/me/", { username: "returned" });
    expect(await finds("returned")).toBe(0);
    await set(ann, false);
    expect([await finds("returned"), await finds("re"), await finds(ann.username)]).toEqual([1, 1, 0]);
  });
});

describe("somebody who shares no data", () => {
  it("is come across by friends only, and there for whoever knows their id", async () => {
    const [ann, bob, cid, dan] = (await people("ann", "bob", "cid", "dan")) as [Person, Person, Person, Person];
    await befriend(ann, bob);
    await befriend(ann, cid);
    await ann.patch("/preferences/privacy/", { data_sharing: false });
    const lists = [
      "/api/users/",
      `/api/users/?search=${ann.username}`,
      `/api/users/?search=${ann.username.slice(0, 2)}`,
      `/api/users/${bob.id}/friends/`,
    ];
    const finds = async (viewer: Person) => {
      const answers = await Promise.all(lists.map((path) => viewer.get(path)));
      return answers.map(({ body }) => body.some(({ id }: Person) => id === ann.id));
    };
    expect(await finds(cid)).toEqual([true, true, true, true]);
    expect(await finds(dan)).toEqual([false, false, false, false]);
    expect(await finds(ann)).toEqual([true, true, true, true]);
    expect((await dan.get(`/api/users/${ann.id}/`)).status).toBe(200);
  });
});
