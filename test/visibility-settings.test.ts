import { describe, expect, it } from "vitest";
import { happen, pause, query } from "./support/hub";
import { befriend, call, type Person, people } from "./support/people";
import type { Frame, Socket } from "./support/socket";

const PATH = "/api/users/me/visibility/";
const NOTHING = { people: [], groups: [] };

const change = (person: Person, body: unknown) => person.patch(PATH, body);
const settings = async (person: Person) => (await person.get(PATH)).body;
const sees = async (viewer: Person, person: Person) => (await viewer.get(`/api/users/${person.id}/`)).status === 200;
const emailFor = async (viewer: Person, person: Person) => (await viewer.get(`/api/users/${person.id}/`)).body.email;

async function three(): Promise<[Person, Person, Person]> {
  return (await people("ann", "bob", "cid")) as [Person, Person, Person];
}

/** The statuses of `person` that a socket has heard, once all that is under way has arrived. */
async function heardOf(person: Person, socket: Socket, listener: Person): Promise<unknown[]> {
  await pause(30);
  const before = socket.lastSeq();
  await happen(listener);
  await socket.until(() => socket.lastSeq() > before, "a mark behind what came before");
  return socket.ofType("status_update").flatMap(({ user_id, status }: Frame) => (user_id === person.id ? [status] : []));
}

describe("Who sees what of a newcomer", () => {
  it("is everybody, but their address, number and birthday", async () => {
    const [ann] = await three();
    const open = { level: "public", ...NOTHING };
    const closed = { level: "private", ...NOTHING };
    expect(await settings(ann)).toEqual({
      profile: open,
      fields: {
        name: open,
        email: closed,
        phone_number: closed,
        birth_date: closed,
        profession: open,
        bio: open,
        presence: open,
        friend_list: open,
      },
    });
  });
});

describe("A level", () => {
  it("can be said by itself or in an object, and what is left out stays", async () => {
    const [ann, bob] = await three();
    const before = await settings(ann);
    const { status, body } = await change(ann, { fields: { email: "public", bio: { level: "friends" } } });
    expect(status).toBe(200);
    expect(body).toEqual({
      profile: before.profile,
      fields: { ...before.fields, email: { level: "public", ...NOTHING }, bio: { level: "friends", ...NOTHING } },
    });
    expect(await settings(ann)).toEqual(body);
    expect(await emailFor(bob, ann)).toBe(ann.email);
  });

  it("of the profile hides from all whom it leaves out", async () => {
    const [ann, bob, cid] = await three();
    await befriend(ann, bob);
    expect(await sees(cid, ann)).toBe(true);
    await change(ann, { profile: "friends" });
    expect([await sees(bob, ann), await sees(cid, ann)]).toEqual([true, false]);
    await change(ann, { profile: "private" });
    expect([await sees(bob, ann), await sees(ann, ann)]).toEqual([false, true]);
  });

  it("may come in a form", async () => {
    const [ann] = await three();
    const { status, body } = await call("PATCH", PATH, { token: ann.access, body: new URLSearchParams({ profile: "friends" }) });
    expect({ status, level: body.profile.level }).toEqual({ status: 200, level: "friends" });
  });

  it.each([
    ["a level that there is not", { profile: "nobody" }, { "profile.level": ['"nobody" is not a valid choice.'] }],
    ["none", { profile: null }, { profile: ["This field may not be null."] }],
    ["a level of a field", { fields: { email: { level: "all" } } }, { "fields.email.level": ['"all" is not a valid choice.'] }],
    ["no object", { fields: { email: 5 } }, { "fields.email": ["Invalid data. Expected a dictionary."] }],
    ["no list", { profile: { people: "7" } }, { "profile.people": ["Expected a list of items."] }],
    ["no id", { profile: { groups: ["x"] } }, { "profile.groups": ["A valid integer is required."] }],
    [
      "too many",
      { profile: { people: Array.from({ length: 501 }, (_, i) => i + 1) } },
      { "profile.people": ["Ensure this field has no more than 500 elements."] },
    ],
  ])("is refused by name, and nothing changes: %s", async (_, wrong, message) => {
    const [ann] = await three();
    const before = await settings(ann);
    const { status, body } = await change(ann, { ...wrong, fields: { bio: "private", ...(wrong as any).fields } });
    expect({ status, body }).toEqual({ status: 400, body: message });
    expect(await settings(ann)).toEqual(before);
  });

  it("beside the settings is ignored, as fields are that nobody knows", async () => {
    const [ann] = await three();
    const before = await settings(ann);
    expect((await change(ann, { everything: "public" })).status).toBe(200);
    expect(await settings(ann)).toEqual(before);
  });
});

describe("Chosen people", () => {
  it("see it while the level is specific, and stay chosen while it is not", async () => {
    const [ann, bob, cid] = await three();
    await change(ann, { fields: { email: { level: "specific", people: [bob.id, bob.id] } } });
    expect([await emailFor(bob, ann), await emailFor(cid, ann)]).toEqual([ann.email, ""]);
    await change(ann, { fields: { email: "private" } });
    expect(await emailFor(bob, ann)).toBe("");
    expect((await settings(ann)).fields.email).toEqual({ level: "private", people: [bob.id], groups: [] });
    await change(ann, { fields: { email: "specific" } });
    expect(await emailFor(bob, ann)).toBe(ann.email);
  });

  it("are replaced by a list that is given, for that one thing", async () => {
    const [ann, bob, cid] = await three();
    await change(ann, { profile: { level: "specific", people: [bob.id] }, fields: { bio: { people: [bob.id] } } });
    await change(ann, { profile: { people: [cid.id] } });
    expect([await sees(bob, ann), await sees(cid, ann)]).toEqual([false, true]);
    expect((await settings(ann)).fields.bio.people).toEqual([bob.id]);
    await change(ann, { profile: { people: [] } });
    expect(await sees(cid, ann)).toBe(false);
  });

  it("must be people whom I see, and not myself: whoever is hidden is refused as whoever is not there", async () => {
    const [ann, bob, cid] = await three();
    await change(cid, { profile: "private" });
    for (const id of [cid.id, 999_999, ann.id]) {
      const { status, body } = await change(ann, { fields: { email: { people: [bob.id, id] }, bio: { people: [bob.id] } } });
      expect({ status, body }).toEqual({
        status: 400,
        body: { "fields.email.people": [`Invalid pk "${id}" - object does not exist.`] },
      });
    }
    expect((await settings(ann)).fields.bio.people).toEqual([]);
    expect((await change(ann, { fields: { email: { people: [bob.id] } } })).status).toBe(200);
  });

  it("who hide from me later are no more to be seen in my list than who is gone", async () => {
    const [ann, bob, cid] = await three();
    await change(ann, { fields: { email: { level: "specific", people: [bob.id, cid.id] } } });
    await change(cid, { profile: "private" });
    expect((await settings(ann)).fields.email.people).toEqual([bob.id]);
  });

  it("may be 500", async () => {
    const [ann] = await three();
    const [{ last }] = (await query<{ last: number }>("select max(id) as last from users")) as [any];
    await query(
      `insert into users (id, username, username_key, email, password_hash) with recursive n(id) as (select ?1 union all select id + 1 from n where id < ?1 + 499)
        select id, 'many' || id, 'many' || id, 'many' || id || '@x.test', '' from n`,
      last + 1,
    );
    const many = Array.from({ length: 500 }, (_, i) => last + 1 + i);
    const { status, body } = await change(ann, { profile: { people: many }, fields: { bio: { people: many }, email: { people: many } } });
    expect({ status, people: body.profile?.people }).toEqual({ status: 200, people: many });
  });
});

describe("Chosen groups", () => {
  const group = async (person: Person, name: string) => (await person.post("/api/friends/groups/", { name })).body.id as number;
  const join = (owner: Person, id: number, member: Person) => owner.put(`/api/friends/groups/${id}/members/${member.id}/`);

  it("let their members see it, from when they join until they leave", async () => {
    const [ann, bob] = await three();
    await befriend(ann, bob);
    const id = await group(ann, "Close ones");
    await change(ann, { fields: { email: { level: "specific", groups: [id] } } });
    expect(await emailFor(bob, ann)).toBe("");
    await join(ann, id, bob);
    expect(await emailFor(bob, ann)).toBe(ann.email);
    await ann.delete(`/api/friends/groups/${id}/members/${bob.id}/`);
    expect(await emailFor(bob, ann)).toBe("");
  });

  it("must be mine: whose else they are is nobody's business", async () => {
    const [ann, bob] = await three();
    for (const id of [await group(bob, "Bob's"), 999_999]) {
      const { status, body } = await change(ann, { profile: { level: "specific", groups: [id] } });
      expect({ status, body }).toEqual({ status: 400, body: { "profile.groups": [`Invalid pk "${id}" - object does not exist.`] } });
    }
  });

  it("that are deleted leave fewer who see it, never more", async () => {
    const [ann, bob, cid] = await three();
    await befriend(ann, bob);
    await befriend(ann, cid);
    const [one, two] = [await group(ann, "One"), await group(ann, "Two")];
    await join(ann, one, bob);
    await join(ann, two, cid);
    await change(ann, { profile: { level: "specific", groups: [one, two] } });
    expect([await sees(bob, ann), await sees(cid, ann)]).toEqual([true, true]);
    await ann.delete(`/api/friends/groups/${one}/`);
    expect([await sees(bob, ann), await sees(cid, ann)]).toEqual([false, true]);
    await ann.delete(`/api/friends/groups/${two}/`);
    expect([await sees(bob, ann), await sees(cid, ann)]).toEqual([false, false]);
    expect((await settings(ann)).profile).toEqual({ level: "specific", people: [], groups: [] });
  });
});

describe("Other devices", () => {
  it("hear of the profile's level, which they show; of nothing that did not change", async () => {
    const [ann] = await three();
    const socket = await ann.socket();
    await change(ann, { profile: "friends", fields: { email: "friends" } });
    expect((await socket.next("profile_update")).user).toMatchObject({ id: ann.id, visibility: "friends" });
    expect((await socket.next("profile_update")).user).toEqual((await ann.get("/api/users/me/")).body);
    await change(ann, { profile: "friends", fields: { email: "friends" } });
    await change(ann, { fields: { bio: "friends" } });
    await change(ann, {});
    await happen(ann);
    await socket.until(() => socket.lastSeq() === 2, "a mark");
    expect(socket.durable().map(({ type }) => type)).toEqual(["profile_update", "notification"]);
  });
});

describe("Friends who listen", () => {
  const DOORS: [string, (person: Person, level: string) => Promise<unknown>][] = [
    ["the settings", (person, profile) => change(person, { profile })],
    ["the preferences", (person, profile_visibility) => person.patch("/api/preferences/privacy_settings/", { profile_visibility })],
    ["the profile", (person, visibility) => person.patch("/profile/", { visibility })],
  ];
  it.each(DOORS)("see somebody go who hides, and come who shows themselves again: through %s", async (_, set) => {
    const [ann, bob, cid] = await three();
    await befriend(ann, bob);
    const [his, strange] = [await bob.socket(), await cid.socket()];
    await ann.socket();
    await set(ann, "private");
    expect(await heardOf(ann, his, bob)).toEqual(["online", "offline"]);
    await set(ann, "friends");
    expect(await heardOf(ann, his, bob)).toEqual(["online", "offline", "online"]);
    await set(ann, "public");
    expect(await heardOf(ann, his, bob)).toHaveLength(3);
    expect(await heardOf(ann, strange, cid)).toEqual([]);
  });

  it("are told one by one, as they are chosen for it", async () => {
    const [ann, bob, cid] = await three();
    await befriend(ann, bob);
    await befriend(ann, cid);
    const { id } = (await ann.post("/api/friends/groups/", { name: "Close" })).body;
    const [his, hers] = [await bob.socket(), await cid.socket()];
    await ann.socket();
    await change(ann, { fields: { presence: { level: "specific", people: [bob.id], groups: [id] } } });
    expect(await heardOf(ann, his, bob)).toEqual(["online"]);
    expect(await heardOf(ann, hers, cid)).toEqual(["online", "offline"]);
    await ann.put(`/api/friends/groups/${id}/members/${cid.id}/`);
    expect(await heardOf(ann, hers, cid)).toEqual(["online", "offline", "online"]);
    await ann.delete(`/api/friends/groups/${id}/members/${cid.id}/`);
    await ann.put(`/api/friends/groups/${id}/members/${cid.id}/`);
    await ann.delete(`/api/friends/groups/${id}/`);
    expect(await heardOf(ann, hers, cid)).toEqual(["online", "offline", "online", "offline", "online", "offline"]);
    await change(ann, { fields: { presence: { people: [] } } });
    expect(await heardOf(ann, his, bob)).toEqual(["online", "offline"]);
  });

  it("hear nothing new of who is not there, or hides as it is", async () => {
    const [ann, bob, cid] = await three();
    await befriend(ann, bob);
    await befriend(cid, bob);
    await cid.patch(`/api/users/${cid.id}/`, { status: "offline" });
    await cid.socket();
    const his = await bob.socket();
    for (const person of [ann, cid]) for (const level of ["private", "public"]) await change(person, { fields: { presence: level } });
    expect(await heardOf(ann, his, bob)).toEqual([]);
    expect(await heardOf(cid, his, bob)).toEqual([]);
  });
});

describe("A form", () => {
  const urlencoded = (text: string) => new URLSearchParams(text);
  const multipart = (text: string) => {
    const form = new FormData();
    for (const [name, value] of urlencoded(text)) form.append(name, value);
    return form;
  };

  it.each([
    ["urlencoded", urlencoded],
    ["multipart", multipart],
  ])("says with dots what JSON says with dictionaries, %s", async (_, form) => {
    const [ann, bob, cid] = await three();
    const said = `profile=friends&fields.bio=private&fields.email.level=specific&fields.email.people=${bob.id}&fields.email.people=${cid.id}`;
    const { status, body } = await change(ann, form(said));
    expect(status).toBe(200);
    expect(body.profile.level).toBe("friends");
    expect(body.fields.bio.level).toBe("private");
    const both = [bob.id, cid.id].sort((a, b) => a - b);
    expect(body.fields.email).toEqual({ level: "specific", people: both, groups: [] });
    expect(await settings(ann)).toEqual(body);
    const emptied = await change(ann, form("fields.email.people="));
    expect(emptied.body.fields.email).toEqual({ level: "specific", people: [], groups: [] });
  });

  it("is refused where it says the whole and a part of it, and names what is wrong in it", async () => {
    const [ann] = await three();
    const before = await settings(ann);
    for (const both of ["profile=friends&profile.people=1", "profile.people=1&profile=friends"])
      expect(await change(ann, urlencoded(both))).toMatchObject({ status: 400 });
    expect(await change(ann, urlencoded("fields.bio.people=x&fields.bogus=private&fields.__proto__.level=private"))).toMatchObject({
      status: 400,
      body: { "fields.bio.people": ["A valid integer is required."], "fields.bogus": ["There is no such field."] },
    });
    expect(await settings(ann)).toEqual(before);
  });
});

describe("What is no setting", () => {
  it.each([
    [{ fields: { bogus: "private", bio: "private" } }, { "fields.bogus": ["There is no such field."] }],
    [{ phone_number: "private" }, { phone_number: ['It belongs into "fields": {"fields": {"phone_number": …}}.'] }],
    [{ profile: { levle: "private" } }, { "profile.levle": ["There is no such field."] }],
  ])("is refused by name, and nothing changes: %j", async (given, body) => {
    const [ann] = await three();
    const before = await settings(ann);
    expect(await change(ann, given)).toMatchObject({ status: 400, body });
    expect(await settings(ann)).toEqual(before);
  });
});
