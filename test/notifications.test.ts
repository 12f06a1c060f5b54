import { describe, expect, it } from "vitest";
import { ids, walk } from "./support/lists";
import { type Answer, aPerson, ask, asUser, befriend, type Person, people } from "./support/people";

const says = ({ status, body }: Answer) => ({ status, body });
const NOT_FOUND = { status: 404, body: { detail: "Not found." } };
const list = async (person: Person, query = "") => (await person.get(`/api/notifications/${query}`)).body;
const unread = async (person: Person) => (await person.get("/api/notifications/unread-count/")).body.unread;

/** Ann, and as many notifications of hers as there are others. */
async function annWith(count: number): Promise<[Person, ...Person[]]> {
  const [ann, ...others] = (await people("ann", ...Array.from({ length: count }, () => "other"))) as [Person, ...Person[]];
  for (const other of others) await ask(other, ann);
  return [ann, ...others];
}

describe("notifications", () => {
  it("are whole: who, what about, both names of the type", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body: request } = await bob.post("/api/friends/request/", { to_user: ann.id });
    const [note] = await list(ann);
    const [me, other] = [asUser((await ann.get(`/api/users/${ann.id}/`)).body), asUser((await ann.get(`/api/users/${bob.id}/`)).body)];
    expect(note).toEqual({
      id: expect.any(Number),
      recipient: me,
      sender: other,
      related_request: { ...request, sender: other, receiver: me },
      text: `${bob.username} sent you a friend request.`,
      is_read: false,
      created_at: expect.stringMatching(/Z$/),
      type: "friend_request",
      notification_type: "friend_request",
      auto_delete: false,
    });
  });

  it("are one's own, newest first", async () => {
    const [ann, bob, cid] = await annWith(3);
    const senders = (await list(ann)).map(({ sender }: { sender: Person }) => sender.id);
    expect(senders).toHaveLength(3);
    expect(senders.at(-1)).toBe(bob!.id);
    const all = ids(await list(ann));
    expect(all).toEqual([...all].sort((a, b) => b - a));
    expect(await list(cid!)).toEqual([]);
  });

  it("show a request as it is now", async () => {
    const [ann] = await annWith(1);
    const [note] = await list(ann);
    await ann.put(`/api/friends/request/${note.related_request.id}/`, { action: "accept" });
    expect((await list(ann))[0].related_request).toMatchObject({ status: "accepted", is_read: true });
  });

  it("walked by cursor are met once each, also while one goes on to read them", async () => {
    const [ann] = await annWith(7);
    const all = ids(await list(ann));
    for (const limit of [1, 3, 7, 8])
      expect(ids((await walk(ann, `/api/notifications/?limit=${limit}`)).flat()), `by ${limit}`).toEqual(all);
    const first = await ann.get("/api/notifications/?limit=3");
    await ann.delete(`/api/notifications/${all[0]}/`);
    const rest = await walk(ann, new URL(first.headers.get("link")!.split(/[<>]/)[1]!).href.slice("https://kith.test".length));
    expect([...ids(first.body), ...ids(rest.flat())]).toEqual(all);
  });

  it("in an envelope are counted", async () => {
    const [ann] = await annWith(3);
    const { body } = await ann.get("/api/notifications/?page=2&page_size=2");
    expect(body).toMatchObject({ count: 3, next: null, previous: expect.stringContaining("page=1"), results: [{ is_read: false }] });
  });

  it("may be those only that are unread, in either shape of the list", async () => {
    const [ann] = await annWith(3);
    const all = ids(await list(ann));
    await ann.put(`/api/notifications/${all[1]}/read/`);
    const left = [all[0], all[2]];
    for (const yes of ["true", "1", "yes", "on", "True"]) expect(ids(await list(ann, `?unread=${yes}`))).toEqual(left);
    for (const no of ["false", "0"]) expect(ids(await list(ann, `?unread=${no}`))).toEqual(all);
    expect(await list(ann, "?unread=true&page=1")).toMatchObject({ count: 2 });
    expect(ids((await walk(ann, "/api/notifications/?unread=true&limit=1")).flat())).toEqual(left);
  });
});

describe("the unread count", () => {
  it("follows what is read, deleted and new", async () => {
    const [ann] = await annWith(3);
    const [first, second] = ids(await list(ann));
    expect(says(await ann.get("/api/notifications/unread-count/"))).toEqual({ status: 200, body: { unread: 3 } });
    await ann.put(`/api/notifications/${first}/read/`);
    expect(await unread(ann)).toBe(2);
    await ann.delete(`/api/notifications/${second}/`);
    expect(await unread(ann)).toBe(1);
    await ask(await aPerson(), ann);
    expect(await unread(ann)).toBe(2);
  });
});

describe("marking one as read", () => {
  it("answers it as it then is, and again the same", async () => {
    const [ann] = await annWith(2);
    const [newest, oldest] = await list(ann);
    const { status, body } = await ann.put(`/api/notifications/${newest.id}/read/`);
    expect({ status, body }).toEqual({ status: 200, body: { ...newest, is_read: true } });
    expect(says(await ann.put(`/api/notifications/${newest.id}/read`))).toEqual({ status: 200, body });
    expect(await list(ann)).toEqual([body, oldest]);
  });

  it("takes no body, an empty one and a form", async () => {
    const [ann] = await annWith(1);
    const [{ id }] = await list(ann);
    for (const body of [undefined, {}, new URLSearchParams()])
      expect((await ann.ask("PUT", `/api/notifications/${id}/read/`, body)).status).toBe(200);
  });

  it("removes one that has said all it has to say", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const [note] = await list(ann);
    expect(note).toMatchObject({ auto_delete: true, type: "friend_request_accepted" });
    expect((await ann.put(`/api/notifications/${note.id}/read/`)).body).toEqual({ ...note, is_read: true });
    expect(await list(ann)).toEqual([]);
    expect(says(await ann.put(`/api/notifications/${note.id}/read/`))).toEqual(NOT_FOUND);
  });
});

describe("marking all as read", () => {
  it("reads every one, removes those that vanish when read, and leaves other people's alone", async () => {
    const [ann, bob, cid] = await annWith(2);
    const dan = await aPerson();
    await befriend(ann, dan);
    await ask(cid!, bob!);
    expect((await list(ann)).map(({ auto_delete }: { auto_delete: boolean }) => auto_delete)).toEqual([true, false, false]);
    expect(says(await ann.put("/api/notifications/read-all/"))).toEqual({ status: 200, body: { unread: 0 } });
    expect((await list(ann)).map(({ is_read }: { is_read: boolean }) => is_read)).toEqual([true, true]);
    expect([await unread(ann), await unread(bob!)]).toEqual([0, 1]);
    expect((await ann.put("/api/notifications/read-all/")).status, "again").toBe(200);
  });
});

describe("deleting", () => {
  it("one deletes that one, once", async () => {
    const [ann] = await annWith(3);
    const all = ids(await list(ann));
    expect(says(await ann.delete(`/api/notifications/${all[1]}/`))).toEqual({ status: 204, body: null });
    expect(ids(await list(ann))).toEqual([all[0], all[2]]);
    expect(says(await ann.delete(`/api/notifications/${all[1]}/`))).toEqual(NOT_FOUND);
  });

  it("all deletes one's own, and none is no mistake", async () => {
    const [ann, bob, cid] = await annWith(2);
    await ask(cid!, bob!);
    expect(says(await ann.delete("/api/notifications/"))).toEqual({ status: 204, body: null });
    expect([await list(ann), await unread(ann)]).toEqual([[], 0]);
    expect(await list(bob!)).toHaveLength(1);
    expect((await ann.delete("/api/notifications/")).status).toBe(204);
  });

  it("leaves the request that it was about", async () => {
    const [ann] = await annWith(1);
    const [note] = await list(ann);
    await ann.delete("/api/notifications/");
    expect((await ann.put(`/api/friends/request/${note.related_request.id}/`, { action: "accept" })).status).toBe(200);
  });
});

describe("somebody else's notification", () => {
  it("is none: a 404 for reading and deleting, and it stays as it was", async () => {
    const [ann, bob] = await annWith(1);
    const [note] = await list(ann);
    expect(says(await bob!.put(`/api/notifications/${note.id}/read/`))).toEqual(NOT_FOUND);
    expect(says(await bob!.post(`/api/notifications/${note.id}/mark-as-read/`))).toEqual(NOT_FOUND);
    expect(says(await bob!.delete(`/api/notifications/${note.id}/`))).toEqual(NOT_FOUND);
    expect(await list(ann)).toEqual([note]);
  });
});
