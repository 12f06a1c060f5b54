import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { befriend, type Person, people } from "./support/people";
import { heardOf, is } from "./support/presence";

describe("New friends", () => {
  it("who keep to themselves that they are there do so from the first moment", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await query("update users set field_visibility = json_set(field_visibility, '$.presence', 'private') where id = ?", bob.id);
    const [hers, his] = [await ann.socket(), await bob.socket()];
    await befriend(ann, bob);
    expect(await heardOf(ann, his, bob)).toEqual([is(ann, "online")]);
    expect(await heardOf(bob, hers, ann)).toEqual([]);
  });
});

describe("Who is no friend any more", () => {
  it("is seen to go, by both, and not heard of again", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const [hers, his] = [await ann.socket(), await bob.socket()];
    await befriend(ann, bob);
    await ann.delete(`/api/friends/${bob.id}/`);
    expect(await heardOf(ann, his, bob)).toEqual([is(ann, "online"), is(ann, "offline")]);
    expect(await heardOf(bob, hers, ann)).toEqual([is(bob, "online"), is(bob, "offline")]);
    await bob.patch(`/api/users/${bob.id}/`, { status: "busy" });
    expect(await heardOf(bob, hers, ann)).toHaveLength(2);
  });
});
