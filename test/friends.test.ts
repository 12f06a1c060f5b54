import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ids } from "./support/lists";
import { type Answer, asUser, befriend, call, type Person, people } from "./support/people";

const says = ({ status, body }: Answer) => ({ status, body });
/** Clients read `error`, `detail` or `code`. */
const refusal = (status: number, code: string, detail: string) => ({ status, body: { detail, error: detail, code } });
const NO_REQUEST = refusal(404, "no_such_request", "Friend request not found.");
const NO_USER = refusal(404, "no_such_user", "User not found.");

const ask = (from: Person, to: Person) => from.post("/api/friends/request/", { to_user: to.id });
const friendsOf = async (person: Person) => ids((await person.get("/api/friends/")).body);
const incoming = async (person: Person) => ids((await person.get("/api/friends/requests/")).body);
const outgoing = async (person: Person) => ids((await person.get("/api/friends/requests/?direction=outgoing")).body);
const notes = async (person: Person) => (await person.get("/api/notifications/")).body;
const count = async (table: string) => (await env.DB.prepare(`select count(*) as n from ${table}`).first<{ n: number }>())!.n;

describe("asking somebody to be friends", () => {
  it("answers with the request, and the receiver has it and one notification", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { status, body } = await ask(ann, bob);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      sender: asUser((await ann.get(`/api/users/${ann.id}/`)).body),
      receiver: asUser((await ann.get(`/api/users/${bob.id}/`)).body),
      status: "pending",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      is_read: false,
    });
    expect([await incoming(bob), await outgoing(ann)]).toEqual([[body.id], [body.id]]);
    expect([await incoming(ann), await outgoing(bob)]).toEqual([[], []]);
    const [note, ...more] = await notes(bob);
    expect(more).toEqual([]);
    expect(note).toMatchObject({ type: "friend_request", text: `${ann.username} sent you a friend request.`, auto_delete: false });
    expect(note.related_request.id).toBe(body.id);
    expect(await notes(ann)).toEqual([]);
  });

  it.each(["to_user", "user_id", "receiver_id", "to_user_id", "recipient_id", "friend_id", "receiver"])(
    "takes the id as %s, as number or text, in JSON and in a form",
    async (key) => {
      const [ann, bob, cid, dan] = (await people("ann", "bob", "cid", "dan")) as [Person, Person, Person, Person];
      const form = new FormData();
      form.set(key, String(dan.id));
      const answers = [
        await ann.post("/api/friends/request/", { [key]: bob.id }),
        await ann.post("/api/friends/request", { [key]: String(cid.id) }),
        await ann.post("/api/friends/request/", form),
      ];
      expect(answers.map(({ status, body }) => [status, body.receiver?.id])).toEqual([bob, cid, dan].map(({ id }) => [201, id]));
    },
  );

  it("takes a username in any case instead", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { status, body } = await ann.post("/api/friends/request/", { username: ` ${bob.username.toUpperCase()} ` });
    expect({ status, id: body.receiver?.id }).toEqual({ status: 201, id: bob.id });
  });

  it("asks for the receiver when none is named, and refuses what is none", async () => {
    const [ann] = (await people("ann")) as [Person];
    const send = async (body: object) => says(await ann.post("/api/friends/request/", body));
    expect(await send({})).toEqual({ status: 400, body: { to_user: ["This field is required."] } });
    expect(await send({ receiver: "bob" })).toEqual({ status: 400, body: { receiver: ["A valid integer is required."] } });
    expect(await send({ to_user: 0 })).toEqual({ status: 400, body: { to_user: ["Ensure this value is greater than or equal to 1."] } });
    expect(await send({ to_user: 999_999 })).toEqual(NO_USER);
    expect(await send({ username: "nobody-of-this-name" })).toEqual(NO_USER);
    expect(await count("friend_requests")).toBe(0);
  });

  it("refuses oneself, twice, and friends, in both the words that clients show", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    expect(says(await ask(ann, ann))).toEqual(refusal(400, "request_to_self", "You cannot send a friend request to yourself."));
    expect(says(await ann.post("/api/friends/request/", { username: ann.username }))).toMatchObject({ status: 400 });
    const { body } = await ask(ann, bob);
    expect(says(await ask(ann, bob))).toEqual(refusal(400, "request_pending", "Friend request already sent."));
    await bob.put(`/api/friends/request/${body.id}/`, { action: "accept" });
    const already = refusal(400, "already_friends", "You are already friends.");
    expect([says(await ask(ann, bob)), says(await ask(bob, ann))]).toEqual([already, already]);
    expect([await count("friend_requests"), await count("notifications")]).toEqual([1, 2]);
  });

  it("somebody who has asked already makes the two friends", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const asked = await ask(ann, bob);
    const { status, body } = await ask(bob, ann);
    expect({ status, id: body.id, is: body.status, from: body.sender.id }).toEqual({
      status: 201,
      id: asked.body.id,
      is: "accepted",
      from: ann.id,
    });
    expect([await friendsOf(ann), await friendsOf(bob)]).toEqual([[bob.id], [ann.id]]);
    expect([await incoming(bob), await outgoing(ann), await incoming(ann)]).toEqual([[], [], []]);
    expect(await count("friend_requests")).toBe(1);
  });

  it.each([
    [
      "was rejected",
      async (ann: Person, bob: Person, id: number) => bob.put(`/api/friends/request/${id}/`, { action: "reject" }).then(() => ann),
    ],
    ["was taken back", async (ann: Person, _: Person, id: number) => ann.delete(`/api/friends/request/${id}/`).then(() => ann)],
  ])("again is possible after it %s", async (_, end) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const first = await ask(ann, bob);
    await end(ann, bob, first.body.id);
    const second = await ask(ann, bob);
    expect(second).toMatchObject({ status: 201, body: { status: "pending" } });
    expect(second.body.id).not.toBe(first.body.id);
    expect(await incoming(bob)).toEqual([second.body.id]);
  });
});

describe("answering a request", () => {
  it.each<[string, "put" | "patch" | "post", string, object, string]>([
    ["action accept", "put", "", { action: "accept" }, "accepted"],
    ["action accepted", "put", "", { action: "accepted" }, "accepted"],
    ["action reject", "put", "", { action: "reject" }, "rejected"],
    ["status accepted", "put", "", { status: "accepted" }, "accepted"],
    ["status rejected", "patch", "", { status: "rejected" }, "rejected"],
    ["?action=accept", "put", "?action=accept", {}, "accepted"],
    ["?status=rejected", "put", "?status=rejected", {}, "rejected"],
    ["?status=accept with PATCH", "patch", "?status=accept", {}, "accepted"],
    ["/accept/", "put", "accept/", {}, "accepted"],
    ["/accept without its slash", "post", "accept", {}, "accepted"],
    ["/accept/ with PATCH", "patch", "accept/", {}, "accepted"],
    ["/reject/", "put", "reject/", {}, "rejected"],
    ["/reject/ with POST", "post", "reject/", {}, "rejected"],
    ["/reject/ with PATCH", "patch", "reject/", {}, "rejected"],
  ])("may be said as %s", async (_, method, suffix, body, status) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { id } = (await ask(ann, bob)).body;
    const answer = await bob[method](`/api/friends/request/${id}/${suffix}`, body);
    expect(answer).toMatchObject({ status: 200, body: { id, status, is_read: true, sender: { id: ann.id }, receiver: { id: bob.id } } });
    expect(await friendsOf(ann)).toEqual(status === "accepted" ? [bob.id] : []);
    const [note] = await notes(ann);
    expect(note).toMatchObject({
      type: `friend_request_${status}`,
      text: `${bob.username} ${status} your friend request.`,
      auto_delete: true,
      sender: { id: bob.id },
    });
  });

  it("in a form works too, and with no answer in it is refused", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { id } = (await ask(ann, bob)).body;
    const answer = (body: unknown) => bob.put(`/api/friends/request/${id}/`, body);
    expect(says(await answer({}))).toEqual({ status: 400, body: { action: ["This field is required."] } });
    expect(says(await answer({ action: "perhaps" }))).toEqual({ status: 400, body: { action: ['"perhaps" is not a valid choice.'] } });
    expect(await incoming(bob)).toEqual([id]);
    expect((await answer(new URLSearchParams({ action: "accept" }))).status).toBe(200);
  });

  it("is for its receiver alone", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const { id } = (await ask(ann, bob)).body;
    for (const person of [ann, cid])
      for (const action of ["accept", "reject"])
        expect(says(await person.put(`/api/friends/request/${id}/`, { action }))).toEqual(NO_REQUEST);
    expect(await friendsOf(ann)).toEqual([]);
    expect((await bob.put(`/api/friends/request/${id}/`, { action: "accept" })).status).toBe(200);
  });

  it("is done once", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { id } = (await ask(ann, bob)).body;
    await bob.put(`/api/friends/request/${id}/`, { action: "reject" });
    for (const action of ["accept", "reject"]) expect(says(await bob.put(`/api/friends/request/${id}/`, { action }))).toEqual(NO_REQUEST);
    expect(await friendsOf(bob)).toEqual([]);
    expect(await notes(ann)).toHaveLength(1);
  });
});

describe("taking a request back", () => {
  it("takes the receiver's notification of it with it", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const { id } = (await ask(ann, bob)).body;
    const other = (await ask(cid, bob)).body;
    expect(await notes(bob)).toHaveLength(2);
    expect(says(await ann.delete(`/api/friends/request/${id}/`))).toEqual({ status: 204, body: null });
    expect((await notes(bob)).map(({ related_request }: any) => related_request.id)).toEqual([other.id]);
    expect([await incoming(bob), await outgoing(ann)]).toEqual([[other.id], []]);
    expect(says(await bob.put(`/api/friends/request/${id}/`, { action: "accept" }))).toEqual(NO_REQUEST);
  });

  it("is for its sender alone, and only while it is pending", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const { id } = (await ask(ann, bob)).body;
    for (const person of [bob, cid]) expect(says(await person.delete(`/api/friends/request/${id}/`))).toEqual(NO_REQUEST);
    await bob.put(`/api/friends/request/${id}/`, { action: "accept" });
    expect(says(await ann.delete(`/api/friends/request/${id}/`))).toEqual(NO_REQUEST);
    expect(await friendsOf(ann)).toEqual([bob.id]);
  });
});

describe("friends", () => {
  it("are listed by id on both sides, as people without their address", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    await befriend(cid, ann);
    expect((await ann.get("/api/friends/")).body).toEqual([
      ...(await Promise.all(
        [bob, cid].sort((a, b) => a.id - b.id).map(async ({ id }) => asUser((await ann.get(`/api/users/${id}/`)).body)),
      )),
    ]);
    expect([await friendsOf(bob), await friendsOf(cid)]).toEqual([[ann.id], [ann.id]]);
  });

  it("end it from either side, once", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const notFriends = refusal(404, "not_friends", "You are not friends.");
    expect(says(await ann.delete(`/api/friends/${bob.id}/`))).toEqual(notFriends);
    await befriend(ann, bob);
    expect(says(await bob.delete(`/api/friends/${ann.id}/`))).toEqual({ status: 204, body: null });
    expect([await friendsOf(ann), await friendsOf(bob)]).toEqual([[], []]);
    expect(says(await ann.delete(`/api/friends/${bob.id}/`))).toEqual(notFriends);
    expect((await ask(ann, bob)).status, "and may ask again").toBe(201);
  });

  it("are nobody's business without a token", async () => {
    const [ann] = (await people("ann")) as [Person];
    expect((await call("GET", "/api/friends/")).status).toBe(401);
    expect((await ann.get("/api/friends/")).body).toEqual([]);
  });
});

describe("pending requests", () => {
  it("are listed newest first, from either side, in pages and in an envelope", async () => {
    const [ann, ...others] = (await people("ann", "b", "c", "d", "e")) as [Person, ...Person[]];
    const got: number[] = [];
    for (const other of others) got.unshift((await ask(other, ann)).body.id);
    expect(await incoming(ann)).toEqual(got);
    expect(ids((await ann.get("/api/users/pending-requests/")).body)).toEqual(got);
    expect(ids((await ann.get("/api/friends/requests/?limit=3")).body)).toEqual(got.slice(0, 3));
    const { body } = await ann.get("/api/friends/requests/?page=2&page_size=3");
    expect({ count: body.count, ids: ids(body.results) }).toEqual({ count: 4, ids: got.slice(3) });
    expect((await others[0]!.get("/api/friends/requests/?direction=outgoing&page=1")).body).toMatchObject({ count: 1 });
    expect(says(await ann.get("/api/friends/requests/?direction=sideways"))).toEqual({
      status: 400,
      body: { direction: ['"sideways" is not a valid choice.'] },
    });
  });
});
