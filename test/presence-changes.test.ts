import { describe, expect, it } from "vitest";
import { happen, pause, query } from "./support/hub";
import { befriend, type Person, people } from "./support/people";
import type { Frame, Socket } from "./support/socket";

const is = (person: Person, status: string, is_online = status !== "offline") => ({
  type: "status_update",
  user_id: person.id,
  status,
  is_online,
});

/** What a socket has heard of somebody, once all that is under way has arrived. */
async function heardOf(person: Person, socket: Socket, listener: Person): Promise<Frame[]> {
  await pause(30);
  const before = socket.lastSeq();
  await happen(listener);
  await socket.until(() => socket.lastSeq() > before, "a mark behind what came before");
  return socket.ofType("status_update").filter(({ user_id }) => user_id === person.id);
}

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
