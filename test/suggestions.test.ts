import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { meterD1 } from "./support/meter";
import { aPerson, befriend, type Person, people } from "./support/people";

const PATH = "/api/users/suggestions/";
const suggested = async (person: Person) => (await person.get(PATH)).body.map(({ id }: any) => id);
const hide = (person: Person, change: object) => person.patch("/api/users/me/visibility/", change);

/** Ann's friend Bob has Cid for a friend. */
async function cast(): Promise<[Person, Person, Person]> {
  const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
  await befriend(ann, bob);
  await befriend(bob, cid);
  return [ann, bob, cid];
}

describe("Suggestions", () => {
  it("are friends of friends, as people are shown, with whom one knows them through", async () => {
    const [ann, bob, cid] = await cast();
    const { body: users } = await ann.get("/api/users/");
    const shown = users.find(({ id }: any) => id === cid.id);
    expect((await ann.get(PATH)).body).toEqual([{ ...shown, mutual_friends: 1, through: [{ id: bob.id, username: bob.username }] }]);
    expect(await suggested(cid)).toEqual([ann.id]);
    expect(await suggested(bob)).toEqual([]);
  });

  it("with the most friends in common come first, then by id, page by page", async () => {
    const [ann, ...friends] = (await people("ann", "f1", "f2", "f3", "f4")) as [Person, ...Person[]];
    const [one, four, two, alsoTwo] = (await people("one", "four", "two", "two")) as [Person, Person, Person, Person];
    for (const friend of friends) await befriend(ann, friend);
    for (const [person, count] of [
      [one, 1],
      [four, 4],
      [two, 2],
      [alsoTwo, 2],
    ] as const)
      for (const friend of friends.slice(0, count)) await befriend(friend, person);
    const twos = [two.id, alsoTwo.id].sort((a, b) => a - b);
    const { body } = await ann.get(PATH);
    expect(body.map(({ id, mutual_friends }: any) => [id, mutual_friends])).toEqual([
      [four.id, 4],
      ...twos.map((id) => [id, 2]),
      [one.id, 1],
    ]);
    expect(body[0].through).toHaveLength(3);
    const pages: number[] = [];
    for (let path: string | undefined = `${PATH}?limit=1`; path; ) {
      const answer: Awaited<ReturnType<Person["get"]>> = await ann.get(path);
      pages.push(...answer.body.map(({ id }: any) => id));
      path = /<https:\/\/kith.test([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1];
    }
    expect(pages).toEqual([four.id, ...twos, one.id]);
    expect((await ann.get(`${PATH}?page=2&page_size=2`)).body).toMatchObject({ count: 4, results: [{ id: twos[1] }, { id: one.id }] });
  });

  it.each([
    ["friends already", (ann: Person, _: Person, cid: Person) => befriend(ann, cid)],
    ["asked", (ann: Person, _: Person, cid: Person) => ann.post("/api/friends/request/", { to_user: cid.id })],
    ["who ask", (ann: Person, _: Person, cid: Person) => cid.post("/api/friends/request/", { to_user: ann.id })],
    ["whom I blocked", (ann: Person, _: Person, cid: Person) => ann.post(`/api/users/${cid.id}/block/`)],
    ["who blocked me", (ann: Person, _: Person, cid: Person) => cid.post(`/api/users/${ann.id}/block/`)],
    ["who hide", (_: Person, __: Person, cid: Person) => hide(cid, { profile: "friends" })],
    [
      "who do not want to be come across",
      (_: Person, __: Person, cid: Person) => cid.patch("/api/preferences/privacy_settings/", { data_sharing: false }),
    ],
    ["whose only mutual friend hides from me", (_: Person, bob: Person) => hide(bob, { profile: "private" })],
    [
      "whose only mutual friend keeps their friends to themselves",
      (_: Person, bob: Person) => hide(bob, { fields: { friend_list: "private" } }),
    ],
    ["whose only mutual friend is none any more", (ann: Person, bob: Person) => ann.delete(`/api/friends/${bob.id}/`)],
  ])("leave out people %s", async (_, act) => {
    const [ann, bob, cid] = await cast();
    expect(await suggested(ann)).toEqual([cid.id]);
    await act(ann, bob, cid);
    expect(await suggested(ann)).toEqual([]);
    expect((await ann.get(`${PATH}?page=1`)).body.count).toBe(0);
  });

  it("count no friend who keeps their friends to themselves, and name none", async () => {
    const [ann, bob, cid] = await cast();
    const dan = await aPerson("dan");
    await befriend(ann, dan);
    await befriend(dan, cid);
    expect((await ann.get(PATH)).body).toMatchObject([{ id: cid.id, mutual_friends: 2 }]);
    await hide(dan, { fields: { friend_list: { level: "specific", people: [cid.id] } } });
    expect((await ann.get(PATH)).body).toMatchObject([{ id: cid.id, mutual_friends: 1, through: [{ id: bob.id }] }]);
    expect((await cid.get(PATH)).body).toMatchObject([{ id: ann.id, mutual_friends: 2 }]);
  });

  it("show of each what they show", async () => {
    const [ann, , cid] = await cast();
    await cid.patch(`/api/users/${cid.id}/`, { bio: "Mine." });
    expect((await ann.get(PATH)).body).toMatchObject([{ bio: "Mine." }]);
    await hide(cid, { fields: { bio: "friends" } });
    expect((await ann.get(PATH)).body).toMatchObject([{ bio: null }]);
  });
});

describe("Among 10,000 people with 200,000 friendships", () => {
  it("suggestions read a bounded number of rows, for whoever knows twenty and for whoever knows a thousand", async () => {
    const [ann, zoe] = (await people("ann", "zoe")) as [Person, Person];
    const numbers = "with recursive n(id) as (select 101 union all select id + 1 from n where id < 10100)";
    // Each knows the ten on either side, and every tenth step, so that friends of friends differ.
    const pairs = `${numbers}, step(by) as (select value from json_each('[1,2,3,5,8,13,21,34,55,89]'))`;
    const other = "101 + (n.id - 101 + by * 7) % 10000";
    for (const text of [
      `insert into users (id, username, username_key, email, password_hash) ${numbers} select id, 'load' || id, 'load' || id, 'load' || id || '@example.test', '' from n`,
      `insert or ignore into friendships (user_id, friend_id, created_at) ${pairs} select n.id, ${other}, '' from n, step`,
      `insert or ignore into friendships (user_id, friend_id, created_at) ${pairs} select ${other}, n.id, '' from n, step`,
      `insert into friendships (user_id, friend_id, created_at) ${numbers} select ${ann.id}, id, '' from n where id <= 120 union all select id, ${ann.id}, '' from n where id <= 120`,
      `insert into friendships (user_id, friend_id, created_at) ${numbers} select ${zoe.id}, id, '' from n where id > 9000 union all select id, ${zoe.id}, '' from n where id > 9000`,
      // And those whom Zoe knows last, 80 others each, whom nobody else of them knows.
      `insert or ignore into friendships (user_id, friend_id, created_at) ${numbers} select n.id, m.id, '' from n join n as m on (m.id - 101) / 80 = n.id - 10001 where n.id > 10000`,
    ])
      await query(text);
    expect((await query<{ n: number }>("select count(*) as n from friendships"))[0]!.n).toBeGreaterThan(200_000);
    const meter = meterD1();
    const costs: Record<string, { trips: number; rows: number }> = {};
    for (const [name, person] of Object.entries({ ann, zoe })) {
      const { body } = await person.get(PATH);
      costs[name] = meter.take();
      expect(body).toHaveLength(50);
    }
    expect(costs).toMatchObject({ ann: { trips: 1 }, zoe: { trips: 1 } });
    expect(costs.ann!.rows).toBeLessThan(5000);
    expect(costs.zoe!.rows).toBeLessThan(30_000);
  });
});
