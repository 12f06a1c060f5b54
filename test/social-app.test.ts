import { describe, expect, it } from "vitest";
import { claimsOf } from "./support/jwt";
import { ids } from "./support/lists";
import { type Answer, aPerson, asUser, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";

/** The paths that the social app's own frontend calls, as it calls them (contracts §3b). In friend paths the id is a person's. */

const says = ({ status, body }: Answer) => ({ status, body });
const statusWith = async (me: Person, other: Person) => (await me.get(`/api/users/${other.id}/friendship-status/`)).body;

describe("its log-in page", () => {
  it("creates an account, logs in by address and keeps what it needs", async () => {
    const username = newName();
    const email = `${username}@example.test`;
    const registered = await call("POST", "/api/register/", { body: { username, email, password: PASSWORD, confirmPassword: PASSWORD } });
    expect(registered).toMatchObject({ status: 201, body: { message: expect.any(String) } });

    const { status, body } = await call("POST", "/api/login/", { body: { email, password: PASSWORD } });
    expect(status).toBe(200);
    expect(body.tokens.access).toBeTruthy();
    expect(typeof body.user.id).toBe("number");
    const { exp, user_id } = JSON.parse(atob(body.tokens.access.split(".")[1]));
    expect({ good: exp * 1000 > Date.now(), user_id }).toEqual({ good: true, user_id: body.user.id });
  });

  it("shows why a log-in failed", async () => {
    const { status, body } = await call("POST", "/api/login/", { body: { email: "nobody@example.test", password: "x" } });
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        detail: "No active account found with the given credentials",
        non_field_errors: ["No active account found with the given credentials"],
      },
    });
  });

  it("refreshes with a new pair at the top", async () => {
    const ann = await aPerson();
    const { status, body } = await call("POST", "/api/token/refresh/", { body: { refresh: ann.refresh } });
    expect({ status, access: claimsOf(body.access).user_id, refresh: claimsOf(body.refresh).token_type }).toEqual({
      status: 200,
      access: ann.id,
      refresh: "refresh",
    });
  });

  it("logs out with the refresh token alone, always", async () => {
    const ann = await aPerson();
    for (const refresh_token of [ann.refresh, ann.refresh, "nonsense", null])
      expect(await call("POST", "/api/logout/", { body: { refresh_token } })).toMatchObject({
        status: 200,
        body: { message: expect.any(String) },
      });
    expect((await ann.get("/api/users/me/")).status).toBe(401);
  });
});

describe("its pages of people", () => {
  it("list everybody in an array, with what a card shows", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body } = await ann.get("/api/users/");
    expect(body.filter(({ id }: Person) => id !== ann.id)).toEqual([
      { id: bob.id, email: "", username: bob.username, bio: null, avatar: null, status: "offline", is_online: false, last_online: null },
    ]);
  });

  it("list a person's friends, one's own and another's", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    expect(ids((await ann.get(`/api/users/${ann.id}/friends/`)).body)).toEqual([bob.id]);
    expect((await cid.get(`/api/users/${ann.id}/friends/`)).body).toEqual([asUser((await cid.get(`/api/users/${bob.id}/`)).body)]);
    expect((await cid.get(`/api/users/${cid.id}/friends/`)).body).toEqual([]);
    expect((await cid.get("/api/users/999999/friends/")).status).toBe(404);
    expect((await cid.get(`/api/users/${ann.id}/friends/?page=1`)).body).toMatchObject({ count: 1 });
  });
});

describe("its friend buttons", () => {
  it("send a request, which the other finds among the received ones and between the two", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    expect(says(await ann.post(`/api/users/${bob.id}/send-friend-request/`))).toEqual({
      status: 201,
      body: { message: "Friend request sent successfully" },
    });
    const [received, ...more] = (await bob.get("/api/users/pending-requests/")).body;
    expect(more).toEqual([]);
    expect(received).toMatchObject({ sender: { id: ann.id }, receiver: { id: bob.id }, status: "pending", is_read: false });
    expect((await bob.get(`/api/users/${ann.id}/friend-request/`)).body).toEqual(received);
    expect((await ann.get(`/api/users/${bob.id}/friend-request/`)).body.id).toBe(received.id);
    expect(says(await cid.get(`/api/users/${ann.id}/friend-request/`))).toMatchObject({ status: 404, body: { error: expect.any(String) } });
    expect((await ann.get("/api/users/pending-requests/")).body, "one that was sent is none received").toEqual([]);
  });

  it("work with an empty body of any kind", async () => {
    const all = await people("a", "b", "c", "d");
    const [ann, ...others] = all as [Person, ...Person[]];
    const bodies: [unknown, Record<string, string>][] = [
      [undefined, {}],
      ["", { "content-type": "application/x-www-form-urlencoded" }],
      ["{}", { "content-type": "application/json" }],
    ];
    for (const [i, [body, headers]] of bodies.entries())
      expect((await ann.ask("POST", `/api/users/${others[i]!.id}/send-friend-request/`, body, headers)).status, `${i}`).toBe(201);
  });

  it("say in `error` why a request cannot be sent", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const send = (id: number) => ann.post(`/api/users/${id}/send-friend-request/`);
    await send(bob.id);
    expect(await send(bob.id)).toMatchObject({ status: 400, body: { error: "Friend request already sent." } });
    expect(await send(ann.id)).toMatchObject({ status: 400, body: { error: "You cannot send a friend request to yourself." } });
    expect(await send(999_999)).toMatchObject({ status: 404, body: { error: "User not found." } });
  });

  it("accept: then both are friends, and neither has a request", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ann.post(`/api/users/${bob.id}/send-friend-request/`);
    expect(await ann.post(`/api/users/${bob.id}/accept-friend-request/`), "the asker cannot").toMatchObject({ status: 404 });
    expect(says(await bob.post(`/api/users/${ann.id}/accept-friend-request/`))).toEqual({
      status: 200,
      body: { message: "Friend request accepted successfully" },
    });
    expect([await statusWith(ann, bob), await statusWith(bob, ann)]).toEqual(
      Array(2).fill({ status: "active", since: expect.any(String), last_updated: expect.any(String), is_blocked: false, blocked_by: null }),
    );
    expect((await bob.get("/api/users/pending-requests/")).body).toEqual([]);
    expect((await bob.get(`/api/users/${ann.id}/friend-request/`)).status).toBe(404);
    expect(await bob.post(`/api/users/${ann.id}/accept-friend-request/`)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) },
    });
  });

  it("reject: then they are strangers, and may ask again", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await ann.post(`/api/users/${bob.id}/send-friend-request/`);
    expect(await bob.post(`/api/users/${ann.id}/reject-friend-request/`)).toMatchObject({
      status: 200,
      body: { message: expect.any(String) },
    });
    expect(await statusWith(ann, bob)).toMatchObject({ status: "not_friends", since: null, is_blocked: false });
    expect((await ann.post(`/api/users/${bob.id}/send-friend-request/`)).status).toBe(201);
  });

  it("remove a friend", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    expect(says(await ann.post(`/api/users/${bob.id}/remove-friend/`))).toEqual({
      status: 200,
      body: { message: "Friend removed successfully" },
    });
    expect(await statusWith(bob, ann)).toMatchObject({ status: "not_friends" });
    expect(await ann.post(`/api/users/${bob.id}/remove-friend/`)).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });

  it("ask for the state with somebody who does not exist, and get a 404", async () => {
    const ann = await aPerson();
    expect((await ann.get("/api/users/999999/friendship-status/")).status).toBe(404);
    expect((await statusWith(ann, ann)).status).toBe("not_friends");
  });
});

describe("its status menu", () => {
  it("sets the own status and shows it", async () => {
    const ann = await aPerson();
    expect(says(await ann.post(`/api/users/${ann.id}/update-status/`, { status: "away" }))).toEqual({
      status: 200,
      body: { status: "away", is_online: false, last_online: null },
    });
    expect((await ann.get("/api/users/me/")).body.status).toBe("away");
  });

  it("says in `error` what is no status", async () => {
    const ann = await aPerson();
    for (const body of [{ status: "dancing" }, { status: null }, {}])
      expect(await ann.post(`/api/users/${ann.id}/update-status/`, body)).toMatchObject({
        status: 400,
        body: { error: "Invalid status", status: [expect.any(String)] },
      });
    expect((await ann.get("/api/users/me/")).body.status).toBe("offline");
  });
});

describe("its bell", () => {
  const notified = async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    for (const other of [bob, cid]) await other.post(`/api/users/${ann.id}/send-friend-request/`);
    return { ann, notes: (await ann.get("/api/notifications/")).body };
  };

  it("leads from a notification to who sent it", async () => {
    const { notes } = await notified();
    for (const { related_request, sender, notification_type } of notes) {
      expect(related_request.sender.id).toBe(sender.id);
      expect(notification_type).toBe("friend_request");
    }
  });

  it("marks one as read", async () => {
    const { ann, notes } = await notified();
    expect((await ann.post(`/api/notifications/${notes[0].id}/mark-as-read/`)).status).toBe(200);
    expect((await ann.get("/api/notifications/")).body.map(({ is_read }: any) => is_read)).toEqual([true, false]);
  });

  it.each(["mark-all-as-read", "mark-as-read-all"])("marks all as read, by the client's name and the server's: %s", async (name) => {
    const { ann } = await notified();
    expect((await ann.post(`/api/notifications/${name}/`)).status).toBe(200);
    expect((await ann.get("/api/notifications/")).body.map(({ is_read }: any) => is_read)).toEqual([true, true]);
  });

  it("deletes one", async () => {
    const { ann, notes } = await notified();
    expect(says(await ann.delete(`/api/notifications/${notes[0].id}/`))).toEqual({ status: 204, body: null });
    expect(ids((await ann.get("/api/notifications/")).body)).toEqual([notes[1].id]);
  });
});
