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
