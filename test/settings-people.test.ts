import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { meterD1 } from "./support/meter";
import { errorsOf, fieldValue, flashOf, leadsTo, selectedIn, Visitor } from "./support/pages";
import { type Answer, befriend, newName, type Person, people } from "./support/people";

/** Who sees what, and groups of friends, as pages. */

const PRIVACY = "/settings/privacy";
const GROUPS = "/settings/groups";
const checked = ({ text }: Answer, name: string) =>
  [...text.matchAll(new RegExp(`<input type="(?:radio|checkbox)"[^>]* name="${name}" value="([^"]*)" checked=""`, "g"))].map(
    ([, value]) => value,
  );
const lists = (fields: [string, string | number][]) => new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
const visibilityOf = async (person: Person) => (await person.get("/api/users/me/visibility/")).body;

/** Posts the form of a page that has several of a name checked. */
async function choose(visitor: Visitor, path: string, fields: [string, string | number][]): Promise<Answer> {
  const secret = fieldValue(await visitor.open(path), "csrfmiddlewaretoken")!;
  return visitor.raw(path, lists([["csrfmiddlewaretoken", secret], ["people", ""], ["groups", ""], ...fields]));
}

describe("the page of who sees what", () => {
  it("says what each level means, and saves all that were changed, or none", async () => {
    const { person, visitor } = await Visitor.new();
    const page = await visitor.open(PRIVACY);
    expect(checked(page, "profile")).toEqual(["public"]);
    expect([selectedIn(page, "fields.email"), selectedIn(page, "fields.bio")]).toEqual(["private", "public"]);
    for (const said of ["Everybody who is logged in finds me", "Only my friends see me", "that I choose see me", "Nobody sees me"])
      expect(page.text).toContain(said);
    const saved = await visitor.submit(page, PRIVACY, { profile: "friends", "fields.email": "friends", "fields.bio": "specific" });
    expect(leadsTo(saved)).toEqual({ status: 303, location: PRIVACY });
    const now = await visitor.follow(saved);
    expect([flashOf(now), checked(now, "profile"), selectedIn(now, "fields.email")]).toEqual(["Saved.", ["friends"], "friends"]);
    expect(now.text).toContain(">Nobody is chosen yet</a>");
    const before = await visibilityOf(person);
    const wrong = await visitor.submit(now, PRIVACY, { profile: "private", "fields.email": "enemies", "fields.bio": "public" });
    expect([wrong.status, errorsOf(wrong)]).toEqual([400, ['"enemies" is not a valid choice.']]);
    expect([checked(wrong, "profile"), selectedIn(wrong, "fields.bio")], "what was sent is kept").toEqual([["private"], "public"]);
    expect(await visibilityOf(person)).toEqual(before);
  });

  it("lets one choose friends and groups for a thing, and keeps whom one has chosen without being friends", async () => {
    const { person: ann, visitor } = await Visitor.new("ann");
    const [bob, cid, eve] = (await people("bob", "cid", "eve")) as [Person, Person, Person];
    await befriend(ann, bob);
    await befriend(ann, cid);
    const { id: group } = (await ann.post("/api/friends/groups/", { name: "<b>Choir</b>" })).body;
    await ann.patch("/api/users/me/visibility/", { fields: { email: { people: [eve.id] } } });
    const seesMail = async (who: Person) => (await who.get(`/api/users/${ann.id}/`)).body.email === ann.email;

    const page = await visitor.open(`${PRIVACY}/email`);
    expect(checked(page, "people")).toEqual([String(eve.id)]);
    for (const name of [bob.username, cid.username, eve.username, "&lt;b&gt;Choir&lt;/b&gt; (0)"]) expect(page.text).toContain(name);
    expect(await seesMail(bob)).toBe(false);
    const chosen: [string, string | number][] = [
      ["level", "specific"],
      ["people", bob.id],
      ["people", eve.id],
      ["groups", group],
    ];
    expect(leadsTo(await choose(visitor, `${PRIVACY}/email`, chosen))).toEqual({ status: 303, location: PRIVACY });
    expect(await Promise.all([bob, cid, eve].map(seesMail))).toEqual([true, false, true]);
    expect((await visitor.open(PRIVACY)).text).toContain(">Chosen: 2 people, 1 group</a>");

    await choose(visitor, `${PRIVACY}/email`, [["level", "specific"]]);
    expect((await visibilityOf(ann)).fields.email).toEqual({ level: "specific", people: [], groups: [] });
    expect(await seesMail(bob)).toBe(false);
    const gone = await choose(visitor, `${PRIVACY}/profile`, [
      ["level", "friends"],
      ["people", cid.id],
      ["people", 999_999],
    ]);
    expect([gone.status, errorsOf(gone), checked(gone, "people")]).toEqual([
      400,
      ['Invalid pk "999999" - object does not exist.'],
      [String(cid.id)],
    ]);
    expect((await visitor.open(`${PRIVACY}/nonsense`)).status).toBe(404);
  });
});

describe("the pages of one's groups", () => {
  it("make one, put friends in and take them out, rename and delete it", async () => {
    const { person: ann, visitor } = await Visitor.new("ann");
    expect((await visitor.open(GROUPS)).text).toContain("You have no groups yet");
    const bob = (await Visitor.new("bob")).person;
    await befriend(ann, bob);
    const made = await visitor.submit(await visitor.open(GROUPS), GROUPS, { name: "<i>Choir</i>" });
    const at = leadsTo(made).location!;
    const page = await visitor.follow(made);
    expect(flashOf(page)).toBe("“<i>Choir</i>” is there. Now put friends into it.");
    expect(page.text).toContain('<h1 class="break">&lt;i&gt;Choir&lt;/i&gt;</h1>');
    expect(page.text).toContain("Nobody is in it yet");
    const within = await visitor.follow(await visitor.submit(page, `${at}/add`, { user_id: String(bob.id) }));
    expect(within.text).toContain(`aria-label="Take out ${bob.username}"`);
    expect(within.text).toContain("All your friends are in it.");
    const renamed = await visitor.follow(await visitor.submit(within, at, { name: "Band" }));
    expect([flashOf(renamed), fieldValue(renamed, "name")]).toEqual(["Saved.", "Band"]);
    expect((await visitor.open(GROUPS)).text).toMatch(/Band.*1 friend/s);
    expect((await visitor.follow(await visitor.submit(renamed, `${at}/remove`, { user_id: String(bob.id) }))).text).toContain(
      "Nobody is in it yet",
    );
    const deleted = await visitor.follow(await visitor.submit(renamed, `${at}/delete`));
    expect(flashOf(deleted)).toBe("The group is gone.");
    expect((await visitor.open(at)).status).toBe(404);
  });

  it("say what is wrong: a name that is taken or nothing, too many groups, nobody's friend, somebody else's group", async () => {
    const { person: ann, visitor } = await Visitor.new("ann");
    const { visitor: other } = await Visitor.new("bob");
    const at = leadsTo(await visitor.submit(await visitor.open(GROUPS), GROUPS, { name: "One" })).location!;
    const again = await visitor.submit(await visitor.open(GROUPS), GROUPS, { name: "ONE" });
    expect([again.status, errorsOf(again), fieldValue(again, "name")]).toEqual([
      400,
      ["friend group with this name already exists."],
      "ONE",
    ]);
    expect(errorsOf(await visitor.submit(await visitor.open(at), at, { name: " " }))).toEqual(["This field may not be blank."]);
    const stranger = (await Visitor.new()).person;
    expect(flashOf(await visitor.follow(await visitor.post(`${at}/add`, { user_id: String(stranger.id) })))).toBe("You are not friends.");
    expect(flashOf(await visitor.follow(await visitor.post(`${at}/add`, { user_id: "" })))).toBe("Choose a friend.");
    for (const path of [at, `${at}/delete`, `${at}/add`, `${at}/remove`]) {
      const answer = await other.post(path, { name: "Mine", user_id: String(ann.id) });
      expect(leadsTo(answer), path).toEqual({ status: 303, location: GROUPS });
      expect(flashOf(await other.follow(answer)), path).toBe("This group is gone.");
    }
    expect(fieldValue(await visitor.open(at), "name"), "and is as it was").toBe("One");
    const script = await other.post(`${at}/delete`, {}, { accept: "application/json" });
    expect([script.status, script.body]).toEqual([404, { detail: "Not found." }]);
    expect((await other.open(at)).status).toBe(404);

    const names = JSON.stringify(Array.from({ length: 49 }, () => newName("g")));
    await query(
      "insert into friend_groups (owner_id, name, name_key, created_at) select ?, value, value, '2026-01-01' from json_each(?)",
      ann.id,
      names,
    );
    const full = await visitor.submit(await visitor.open(GROUPS), GROUPS, { name: "One more" });
    expect([full.status, errorsOf(full)]).toEqual([400, ["You have as many groups as there can be. Delete one first."]]);
  });

  it("cost one round trip each, as those of who sees what do, and one to save or refuse", async () => {
    const { visitor } = await Visitor.new();
    const at = leadsTo(await visitor.submit(await visitor.open(GROUPS), GROUPS, { name: "One" })).location!;
    const [levels, bio] = [await visitor.open(PRIVACY), await visitor.open(`${PRIVACY}/bio`)];
    const meter = meterD1();
    for (const path of [GROUPS, at, PRIVACY, `${PRIVACY}/bio`]) {
      await visitor.open(path);
      expect(meter.take().trips, path).toBe(1);
    }
    await visitor.submit(levels, PRIVACY, { profile: "friends" });
    expect(meter.take().trips).toBe(1);
    await visitor.submit(bio, `${PRIVACY}/bio`, { level: "enemies" });
    expect(meter.take().trips).toBe(1);
  });
});
