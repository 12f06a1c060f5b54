import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { befriend, type Person, people } from "./support/people";

const ROOT = "/api/friends/groups/";
const GONE = { status: 404, body: { detail: "Not found." } };

const make = async (owner: Person, name: string): Promise<number> => (await owner.post(ROOT, { name })).body.id;
const membership = (group: number, { id }: { id: number }) => `${ROOT}${group}/members/${id}/`;
const group = async (owner: Person, id: number) => (await owner.get(`${ROOT}${id}/`)).body;
const brief = ({ status, body }: { status: number; body: unknown }) => ({ status, body });

async function cast(): Promise<[Person, Person, Person]> {
  const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
  await befriend(ann, bob);
  await befriend(ann, cid);
  return [ann, bob, cid];
}

describe("A group", () => {
  it("is made, read, renamed and deleted by its owner", async () => {
    const [ann, bob, cid] = await cast();
    const made = await ann.post(ROOT, { name: "  Close ones " });
    expect(brief(made)).toEqual({
      status: 201,
      body: { id: expect.any(Number), name: "Close ones", count: 0, members: [], created_at: expect.any(String) },
    });
    const { id } = made.body;
    for (const friend of [cid, bob]) await ann.put(membership(id, friend));
    const filled = { ...made.body, count: 2, members: [bob.id, cid.id].sort((a, b) => a - b) };
    expect(await group(ann, id)).toEqual(filled);
    expect((await ann.get(ROOT)).body).toEqual([filled]);
    expect(brief(await ann.patch(`${ROOT}${id}/`, { name: "Best ones" }))).toEqual({ status: 200, body: { ...filled, name: "Best ones" } });
    expect((await ann.delete(`${ROOT}${id}/`)).status).toBe(204);
    expect(brief(await ann.get(`${ROOT}${id}/`))).toEqual(GONE);
    expect((await ann.get("/api/friends/")).body).toHaveLength(2);
  });

  it("shows its members as friends are shown", async () => {
    const [ann, bob, cid] = await cast();
    const id = await make(ann, "All");
    for (const friend of [bob, cid]) await ann.put(membership(id, friend));
    const friends = (await ann.get("/api/friends/")).body;
    expect((await ann.get(`${ROOT}${id}/members/`)).body).toEqual(friends);
    const first = await ann.get(`${ROOT}${id}/members/?limit=1`);
    expect(first.body).toEqual([friends[0]]);
    expect(first.headers.get("link")).toContain('rel="next"');
    expect((await ann.get(`${ROOT}${id}/members/?page=2&page_size=1`)).body).toMatchObject({ count: 2, results: [friends[1]] });
  });

  it("has a name that no other group of its owner has, in any case and width", async () => {
    const [ann, bob] = await cast();
    const taken = { status: 400, body: { name: ["friend group with this name already exists."] } };
    await make(ann, "Family");
    const other = await make(ann, "Work");
    for (const name of ["family", "FAMILY", "Ｆamily"]) {
      expect(brief(await ann.post(ROOT, { name }))).toEqual(taken);
      expect(brief(await ann.patch(`${ROOT}${other}/`, { name }))).toEqual(taken);
    }
    expect((await ann.patch(`${ROOT}${other}/`, { name: "WORK" })).body.name).toBe("WORK");
    expect((await ann.patch(`${ROOT}${other}/`, { name: "WORK" })).status).toBe(200);
    expect((await bob.post(ROOT, { name: "Family" })).status).toBe(201);
    expect(brief(await ann.post(ROOT, { name: " " }))).toEqual({ status: 400, body: { name: ["This field may not be blank."] } });
  });

  it("is nobody else's business, not even its members'", async () => {
    const [ann, bob] = await cast();
    const id = await make(ann, "Secret");
    await ann.put(membership(id, bob));
    for (const [method, path, body] of [
      ["GET", `${ROOT}${id}/`],
      ["GET", `${ROOT}${id}/members/`],
      ["PATCH", `${ROOT}${id}/`, { name: "Mine" }],
      ["DELETE", `${ROOT}${id}/`],
      ["PUT", membership(id, ann)],
      ["DELETE", membership(id, bob)],
    ] as const)
      expect(brief(await bob.ask(method, path, body)), `${method} ${path}`).toEqual(GONE);
    expect((await bob.get(ROOT)).body).toEqual([]);
    expect(await group(ann, id)).toMatchObject({ name: "Secret", members: [bob.id] });
    const seen = await Promise.all(["/api/sync/", "/api/users/me/", "/api/friends/"].map((path) => bob.get(path)));
    for (const { text } of seen) expect(text).not.toContain("Secret");
  });

  it("is one of fifty at most", async () => {
    const [ann] = await cast();
    await query(
      `insert into friend_groups (owner_id, name, name_key, created_at) with recursive n(i) as (select 1 union all select i + 1 from n where i < 49)
        select ?, 'g' || i, 'g' || i, '' from n`,
      ann.id,
    );
    expect(await make(ann, "The fiftieth")).toBeTypeOf("number");
    const { status, body } = await ann.post(ROOT, { name: "One more" });
    expect({ status, code: body.code }).toEqual({ status: 400, code: "too_many_groups" });
    expect((await ann.get(`${ROOT}?page=1&page_size=1`)).body.count).toBe(50);
  });
});

describe("Membership", () => {
  it("is for friends: whoever is none is refused as nobody is", async () => {
    const [ann, bob, cid] = await cast();
    const [stranger] = (await people("stranger")) as [Person];
    const id = await make(ann, "Friends");
    await cid.patch("/api/users/me/visibility/", { profile: "private" });
    const nobody = brief(await ann.put(membership(id, { id: 999_999 })));
    expect(nobody).toMatchObject({ status: 404, body: { code: "not_friends" } });
    for (const one of [stranger, cid, ann]) expect(brief(await ann.put(membership(id, one)))).toEqual(nobody);
    expect((await ann.put(membership(id, bob))).status).toBe(200);
  });

  it("may be asked for and ended again and again", async () => {
    const [ann, bob] = await cast();
    const id = await make(ann, "Friends");
    for (let i = 0; i < 2; i++)
      expect(brief(await ann.put(membership(id, bob)))).toMatchObject({ status: 200, body: { members: [bob.id] } });
    for (let i = 0; i < 2; i++) expect((await ann.delete(membership(id, bob))).status).toBe(204);
    expect((await group(ann, id)).count).toBe(0);
  });

  it("ends with the friendship, on both sides, and does not come back with it", async () => {
    const [ann, bob] = await cast();
    const [hers, his] = [await make(ann, "Hers"), await make(bob, "His")];
    await ann.put(membership(hers, bob));
    await bob.put(membership(his, ann));
    await bob.delete(`/api/friends/${ann.id}/`);
    expect([(await group(ann, hers)).members, (await group(bob, his)).members]).toEqual([[], []]);
    await befriend(ann, bob);
    expect((await group(ann, hers)).members).toEqual([]);
  });

  it("of a friend who hides is not to be seen, and not counted", async () => {
    const [ann, bob, cid] = await cast();
    const id = await make(ann, "Friends");
    for (const friend of [bob, cid]) await ann.put(membership(id, friend));
    await cid.patch("/api/users/me/visibility/", { profile: "private" });
    expect(await group(ann, id)).toMatchObject({ count: 1, members: [bob.id] });
    expect((await ann.get(`${ROOT}${id}/members/?page=1`)).body).toMatchObject({ count: 1, results: [{ id: bob.id }] });
    await cid.patch("/api/users/me/visibility/", { profile: "friends" });
    expect((await group(ann, id)).count).toBe(2);
  });

  it("has room for 500", async () => {
    const [ann, bob] = await cast();
    const id = await make(ann, "Many");
    const [{ last }] = (await query<{ last: number }>("select max(id) as last from users")) as [any];
    const numbers = `with recursive n(id) as (select ${last + 1} union all select id + 1 from n where id < ${last + 500})`;
    for (const text of [
      `insert into users (id, username, username_key, email, password_hash) ${numbers} select id, 'm' || id, 'm' || id, 'm' || id || '@x.test', '' from n`,
      `insert into friendships (user_id, friend_id, created_at) ${numbers} select ${ann.id}, id, '' from n union all select id, ${ann.id}, '' from n`,
      `insert into group_members (group_id, owner_id, member_id, added_at) ${numbers} select ${id}, ${ann.id}, id, '' from n`,
    ])
      await query(text);
    expect(brief(await ann.put(membership(id, bob)))).toMatchObject({ status: 400, body: { code: "group_full" } });
    await ann.delete(membership(id, { id: last + 1 }));
    expect((await ann.put(membership(id, bob))).body.count).toBe(500);
  });
});
