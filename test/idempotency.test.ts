import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Answer, type Person, people } from "./support/people";

const says = ({ status, body }: Answer) => ({ status, body });
const ask = (from: Person, body: unknown, key: string) => from.post("/api/friends/request/", body, { "idempotency-key": key });
const count = async (table: string) => (await env.DB.prepare(`select count(*) as n from ${table}`).first<{ n: number }>())!.n;

describe("a request with an Idempotency-Key", () => {
  it("gets the same answer when it is sent again, and is made once", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const first = await ask(ann, { to_user: bob.id }, "key-1");
    expect(first.status).toBe(201);
    expect(says(await ask(ann, { to_user: bob.id }, "key-1"))).toEqual(says(first));
    expect(says(await ask(ann, { to_user: bob.id }, "key-2")), "another key is another request").toMatchObject({ status: 400 });
    expect([await count("friend_requests"), await count("notifications"), await count("events")]).toEqual([1, 1, 3]);
  });

  it("gets the same answer whatever has become of the request since", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const first = await ask(ann, { to_user: bob.id }, "key");
    await bob.put(`/api/friends/request/${first.body.id}/`, { action: "accept" });
    expect(says(await ask(ann, { to_user: bob.id }, "key"))).toEqual(says(first));
  });

  it("ten times at once is made once, and all get the same answer", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(ann, { to_user: bob.id }, "key")));
    for (const answer of answers) expect(says(answer)).toEqual(says(answers[0]!));
    expect(answers[0]!.status).toBe(201);
    expect([await count("friend_requests"), await count("notifications")]).toEqual([1, 1]);
  });

  it("is the same however its receiver is named", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const first = await ask(ann, { to_user: bob.id }, "key");
    expect(says(await ask(ann, { friend_id: String(bob.id), note: "ignored" }, "key"))).toEqual(says(first));
  });

  it("is refused with 422 when it asks for something else under the same key", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await ask(ann, { to_user: bob.id }, "key");
    expect(says(await ask(ann, { to_user: cid.id }, "key"))).toEqual({
      status: 422,
      body: { detail: "This Idempotency-Key was used with another request body.", code: "idempotency_key_reused" },
    });
    expect(await count("friend_requests")).toBe(1);
  });

  it("does not meet another person's with the same key", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const anns = await ask(ann, { to_user: cid.id }, "key");
    const bobs = await ask(bob, { to_user: cid.id }, "key");
    expect([anns.status, bobs.status]).toEqual([201, 201]);
    expect(bobs.body.sender.id).toBe(bob.id);
  });

  it("that crosses one coming the other way keeps its answer too", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ann.post("/api/friends/request/", { to_user: bob.id });
    const first = await ask(bob, { to_user: ann.id }, "key");
    expect(first).toMatchObject({ status: 201, body: { status: "accepted" } });
    expect(says(await ask(bob, { to_user: ann.id }, "key"))).toEqual(says(first));
    expect(await count("friendships")).toBe(2);
  });

  it("that was refused may be sent again under its key when it can be granted", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body } = await ann.post("/api/friends/request/", { to_user: bob.id });
    expect((await ask(ann, { to_user: bob.id }, "key")).status).toBe(400);
    await bob.put(`/api/friends/request/${body.id}/`, { action: "reject" });
    expect((await ask(ann, { to_user: bob.id }, "key")).status).toBe(201);
  });

  it("does not get its answer from a session that is over", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ask(ann, { to_user: bob.id }, "key");
    await ann.post("/api/auth/logout/", {});
    expect((await ask(ann, { to_user: bob.id }, "key")).status).toBe(401);
  });
});
