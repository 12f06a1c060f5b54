import { describe, expect, it, vi } from "vitest";
import { UserHub } from "../src/index";
import { makeAdmin } from "./support/admins";
import { query } from "./support/hub";
import { atFacebook, atGoogle, back, facebookIdToken, googleTokens } from "./support/identities";
import { linkTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";
import { avatarNameOf, pictureForm } from "./support/pictures";
import { fill, liveRoutes } from "./support/routes";

/** Round trips are what a request costs. A read has one; a write has one look and one commit; the check of the session is in them. */

const NO_DATABASE = ["GET /health/", "GET /api/schema/", "GET /api/redoc/", "GET /api/redoc/redoc.js/"];
const SOCKET = "GET /ws/main/";
const AVATAR = "GET /avatars/:name/";
/** Reads that are of oneself alone. */
const OWN = ["GET /api/profiles/:id/"];
const OWN_ACTS = ["GET /api/activity/:id/", "GET /api/history/:id/"];
/** A browser on its way to a provider and back. */
const BY_REDIRECT = /^GET \/api\/auth\/(google|facebook)\//;

/** Two people who have nothing to do with each other, whatever a test did before. */
class World {
  constructor(
    readonly ann: Person,
    readonly bob: Person,
  ) {}

  async fresh(): Promise<this> {
    for (const table of ["notifications", "friend_requests", "friendships", "blocks"]) await query(`delete from ${table}`);
    return this;
  }
  /** Bob has asked Ann: the request's id. */
  async asked(): Promise<number> {
    await this.fresh();
    return (await this.bob.post("/api/friends/request/", { to_user: this.ann.id })).body.id;
  }
  async notified(): Promise<number> {
    await this.asked();
    return (await this.ann.get("/api/notifications/")).body[0].id;
  }
  /** Ann has changed her profile: the id of the row that says so. */
  async act(): Promise<number> {
    await this.ann.patch("/api/users/me/", { bio: crypto.randomUUID() });
    return (await this.ann.get("/api/activity/")).body[0].id;
  }
  async friends(): Promise<this> {
    await this.fresh();
    await befriend(this.ann, this.bob);
    return this;
  }
  /** Ann, who is Bob's friend, has a group with nobody in it: its id. */
  async grouped(): Promise<number> {
    await this.friends();
    return (await this.ann.post("/api/friends/groups/", { name: newName() })).body.id;
  }
}

type Write = { id?: number | [number, number]; body?: unknown; headers?: Record<string, string> };

const ids = ({ id = 0 }: Write): number[] => [id].flat();

const newcomer = () => {
  const username = `new${crypto.randomUUID().slice(0, 8)}`;
  return { body: { username, email: `${username}@example.test`, password: PASSWORD } };
};
const credentials = async ({ ann }: World) => ({ body: { username: ann.username, password: PASSWORD } });
const refreshToken = async ({ ann }: World) => ({ body: { refresh: (await ann.elsewhere()).refresh } });
const answering = async (world: World) => ({ id: await world.asked(), body: { action: "accept" } });
const onRequest = async (world: World) => ({ id: await world.asked() });
const onNotification = async (world: World) => ({ id: await world.notified() });
const onAct = async (world: World) => ({ id: await world.act() });
const onBob = (prepare: (world: World) => Promise<unknown>) => async (world: World) => {
  await prepare(world);
  return { id: world.bob.id };
};
const asking = async (world: World) => ({ body: { to_user: (await world.fresh()).bob.id } });
const onMyself = async ({ ann }: World) => ({ id: ann.id, body: { username: `x${ann.username}`, bio: "Hello.", status: "away" } });

/** Not Ann: she has more to do. */
const leaving = async ({ bob }: World) => {
  const leaver = await aPerson();
  await befriend(leaver, bob);
  return { body: { password: PASSWORD }, headers: { authorization: `Bearer ${leaver.access}` } };
};
const byGoogle = async () => ({ body: { id_token: (await googleTokens(await atGoogle())).id_token } });
const byFacebook = async () => ({ body: { id_token: await facebookIdToken(await atFacebook()) } });

const key = async () => ({ body: { key: (await linkTo((await aPerson()).email)).key } });
const resetting = async () => {
  const { email } = await aPerson();
  await call("POST", "/api/auth/password/reset/", { body: { email } });
  const { uid, token } = await linkTo(email);
  return { body: { uid, token, new_password: "a-new-password", new_password1: "a-new-password", new_password2: "a-new-password" } };
};
const address = async ({ ann }: World) => ({ body: { email: ann.email } });
/** To the same, so that what comes later can log in. */
const repassword = async () => ({
  body: { old_password: PASSWORD, new_password: PASSWORD, new_password1: PASSWORD, new_password2: PASSWORD },
});

/** What has to be so before each write, and what it is called with, as Ann. A route that is not here fails the test. */
const WRITES: Record<string, (world: World) => Promise<Write>> = {
  "POST /register/": async () => newcomer(),
  "POST /login/": credentials,
  "POST /api/user/signup/": async () => ({ body: { ...newcomer().body, birth_date: "2001-12-31" } }),
  "POST /api/token/": credentials,
  "POST /api/user/logout/": async ({ ann }) => ({ headers: { authorization: `Bearer ${(await ann.elsewhere()).access}` } }),
  "POST /api/auth/email/verify/": key,
  "POST /api/auth/email/resend/": address,
  "POST /api/auth/email/change/": async () => ({ body: { email: "new@example.test", password: PASSWORD } }),
  "POST /api/auth/password/change/": repassword,
  "POST /api/auth/password/reset/": address,
  "POST /api/auth/password/reset/confirm/": resetting,
  "POST /dj-rest-auth/password/change/": repassword,
  "POST /dj-rest-auth/password/reset/": address,
  "POST /dj-rest-auth/password/reset/confirm/": resetting,
  "POST /dj-rest-auth/registration/verify-email/": key,
  "POST /dj-rest-auth/registration/resend-email/": address,
  "POST /dj-rest-auth/registration/": async () => ({ body: { ...newcomer().body, password1: PASSWORD, password2: PASSWORD } }),
  "POST /dj-rest-auth/login/": credentials,
  "POST /dj-rest-auth/logout/": async (world) => ({ ...(await refreshToken(world)), headers: { authorization: "" } }),
  "POST /dj-rest-auth/token/refresh/": refreshToken,
  "POST /dj-rest-auth/token/verify/": async ({ ann }) => ({ body: { token: ann.access } }),
  "PUT /dj-rest-auth/user/": async ({ ann }) => ({ body: { username: ann.username, first_name: "Ann" } }),
  "PATCH /dj-rest-auth/user/": async () => ({ body: { first_name: "Anna" } }),
  "POST /api/register/": async () => newcomer(),
  "POST /api/auth/register/": async () => newcomer(),
  "POST /api/login/": credentials,
  "POST /api/auth/login/": credentials,
  "POST /api/token/refresh/": refreshToken,
  "POST /api/auth/refresh/": refreshToken,
  "POST /api/auth/verify/": async ({ ann }) => ({ body: { token: ann.access } }),
  "POST /api/logout/": async (world) => ({ ...(await refreshToken(world)), headers: { authorization: "" } }),
  "POST /api/auth/logout/": async (world) => ({ ...(await refreshToken(world)), headers: { authorization: "" } }),
  "DELETE /api/auth/sessions/": async () => ({}),
  "DELETE /api/auth/sessions/:id/": async ({ ann }) => {
    await ann.elsewhere();
    const { body } = await ann.get("/api/auth/sessions/");
    return { id: body.find(({ current }: { current: boolean }) => !current).id };
  },
  "DELETE /api/users/me/": leaving,
  "POST /api/auth/delete-account/": leaving,
  "POST /api/ws/ticket/": async () => ({}),
  "POST /api/auth/google/": byGoogle,
  "POST /api/auth/facebook/": byFacebook,
  "POST /dj-rest-auth/google/": byGoogle,
  "POST /dj-rest-auth/facebook/": byFacebook,
  "POST /api/auth/identities/google/": byGoogle,
  "POST /api/auth/identities/facebook/": byFacebook,
  "POST /api/auth/identities/google/redirect/": async () => ({ body: {} }),
  "POST /api/auth/identities/facebook/redirect/": async () => ({ body: {} }),
  "DELETE /api/auth/identities/:id/": async ({ ann }) => ({
    id: (await ann.post("/api/auth/identities/google/", (await byGoogle()).body)).body.id,
  }),
  "PUT /profile/image/": async () => ({ body: pictureForm("photo.png") }),
  "DELETE /profile/image/": async ({ ann }) => {
    await ann.put("/profile/image/", pictureForm("photo.png"));
    return {};
  },
  "PUT /profile/": async () => ({ body: { birth_date: "2001-12-31" } }),
  "PATCH /profile/": async () => ({ body: { phone_number: "+49 151 1234567" } }),
  "DELETE /profile/": async () => ({}),
  "POST /api/profiles/": async () => ({ body: { name: "Ann" } }),
  "PUT /api/profiles/:id/": async ({ ann }) => ({ id: ann.id, body: { about_me: "Hello." } }),
  "PATCH /api/profiles/:id/": async ({ ann }) => ({ id: ann.id, body: { age: 30 } }),
  "DELETE /api/profiles/:id/": async ({ ann }) => ({ id: ann.id }),
  "PUT /api/users/me/": onMyself,
  "PATCH /api/users/me/": async () => ({ body: { bio: "Bye." } }),
  "PUT /api/users/:id/": onMyself,
  "PATCH /api/users/:id/": onMyself,
  "POST /api/users/:id/update-status/": async ({ ann }) => ({ id: ann.id, body: { status: "busy" } }),
  "POST /api/friends/request/": asking,
  "POST /api/users/:id/send-friend-request/": onBob((world) => world.fresh()),
  "PUT /api/friends/request/:id/": answering,
  "PATCH /api/friends/request/:id/": answering,
  "DELETE /api/friends/request/:id/": async (world) => {
    const { ann, bob } = await world.fresh();
    return { id: (await ann.post("/api/friends/request/", { to_user: bob.id })).body.id };
  },
  "PUT /api/friends/request/:id/accept/": onRequest,
  "POST /api/friends/request/:id/accept/": onRequest,
  "PATCH /api/friends/request/:id/accept/": onRequest,
  "PUT /api/friends/request/:id/reject/": onRequest,
  "POST /api/friends/request/:id/reject/": onRequest,
  "PATCH /api/friends/request/:id/reject/": onRequest,
  "POST /api/users/:id/accept-friend-request/": onBob((world) => world.asked()),
  "POST /api/users/:id/reject-friend-request/": onBob((world) => world.asked()),
  "DELETE /api/friends/:user_id/": onBob((world) => world.friends()),
  "POST /api/users/:id/remove-friend/": onBob((world) => world.friends()),
  "PATCH /api/users/me/visibility/": async ({ bob }) => ({
    body: { fields: { presence: "friends", email: { level: "specific", people: [bob.id] } } },
  }),
  "POST /api/users/:id/block/": onBob((world) => world.friends()),
  "DELETE /api/users/:id/block/": onBob(async (world) => {
    await world.friends();
    await world.ann.post(`/api/users/${world.bob.id}/block/`);
  }),
  "POST /api/friends/groups/": async () => ({ body: { name: newName() } }),
  "PATCH /api/friends/groups/:id/": async (world) => ({ id: await world.grouped(), body: { name: newName() } }),
  "DELETE /api/friends/groups/:id/": async (world) => ({ id: await world.grouped() }),
  "PUT /api/friends/groups/:id/members/:user_id/": async (world) => ({ id: [await world.grouped(), world.bob.id] }),
  "DELETE /api/friends/groups/:id/members/:user_id/": async (world) => {
    const id = await world.grouped();
    await world.ann.put(`/api/friends/groups/${id}/members/${world.bob.id}/`);
    return { id: [id, world.bob.id] };
  },
  "PUT /api/notifications/:id/read/": onNotification,
  "POST /api/notifications/:id/mark-as-read/": onNotification,
  "PUT /api/notifications/read-all/": onNotification,
  "POST /api/notifications/mark-all-as-read/": onNotification,
  "POST /api/notifications/mark-as-read-all/": onNotification,
  "DELETE /api/notifications/:id/": onNotification,
  "POST /api/notifications/digest/": async (world) => {
    await query("update users set email_verified_at = created_at where id = ?", world.ann.id);
    return { id: await world.notified() };
  },
  "DELETE /api/notifications/": onNotification,
  "PATCH /api/preferences/account_settings/": async () => ({
    body: { username: newName(), email: "newer@example.test", password: PASSWORD },
  }),
  "PATCH /api/preferences/notification_settings/": async () => ({ body: { frequency: "weekly", quiet_hours_start: "22:00" } }),
  "PATCH /api/preferences/theme_settings/": async () => ({ body: { theme: "dark" } }),
  "PATCH /api/preferences/privacy_settings/": async () => ({ body: { data_sharing: false } }),
  "PATCH /api/preferences/:section/": async () => ({ body: { font_size: "large" } }),
  "PATCH /preferences/:section/": async ({ ann }) => {
    const { headers } = await ann.get("/preferences/");
    return { body: { font_size: "small" }, headers: { "if-match": headers.get("etag")! } };
  },
  "DELETE /api/activity/:id/": onAct,
  "DELETE /api/activity/": onAct,
  "DELETE /api/history/:id/": onAct,
  "DELETE /api/history/": onAct,
  "POST /api/admin/users/:id/suspend/": async () => ({ id: (await aPerson()).id, body: { reason: "spam" } }),
  "POST /api/admin/users/:id/restore/": async ({ ann }) => {
    const { id } = await aPerson();
    await ann.post(`/api/admin/users/${id}/suspend/`, { reason: "spam" });
    return { id };
  },
  "PUT /api/admin/users/:id/role/": async () => ({ id: (await aPerson()).id, body: { role: "pharmacist" } }),
  "DELETE /api/admin/users/:id/sessions/": async () => ({ id: (await aPerson()).id }),
};

/** Makes the call, waits for all that it leaves to be done later, and answers what it cost. */
async function cost(method: string, path: string, as: Person | null, { body, headers }: Write = {}) {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
  const meter = meterD1();
  const answer = await call(method, path, { token: as?.access ?? null, body, env: {}, ...(headers && { headers }) });
  const { trips, rows } = meter.take();
  meter.stop();
  log.mockRestore();
  const logged = lines.map((line) => JSON.parse(line)).find(({ path }) => path !== undefined);
  return { status: answer.status, trips, rows, logged: logged?.d1_round_trips, answer };
}

const aWorld = async () => {
  const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
  await makeAdmin(ann);
  return new World(ann, bob);
};

describe("D1 round trips", () => {
  const routes = liveRoutes();
  const reads = routes.filter(({ name, method }) => method === "GET" && name !== SOCKET && !BY_REDIRECT.test(name));
  const writes = routes.filter(({ method }) => method !== "GET");

  it("of a read: one, if it needs any", async () => {
    const world = await aWorld();
    await world.asked();
    // Of whatever a path names there is one with Bob's id.
    await query(
      "insert into friend_groups (id, owner_id, name, name_key, created_at) values (?, ?, 'x', 'x', '')",
      world.bob.id,
      world.ann.id,
    );
    const costs: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const { name, method, path } of reads) {
      const person = OWN.includes(name) ? world.ann : world.bob;
      const subject = OWN_ACTS.includes(name) ? await world.act() : name === AVATAR ? await avatarNameOf(person) : person.id;
      const { status, trips, logged } = await cost(method, fill(path, subject), world.ann);
      const trip = NO_DATABASE.includes(name) ? 0 : 1;
      costs[name] = { status, trips, logged };
      expected[name] = { status: 200, trips: trip, logged: trip };
    }
    expect(costs).toEqual(expected);
    expect(reads.length).toBeGreaterThan(10);
  });

  it("of a write: two at most, and the log says how many", async () => {
    const world = await aWorld();
    expect(writes.map(({ name }) => name).sort()).toEqual(Object.keys(WRITES).sort());
    const tooMany: Record<string, unknown> = {};
    for (const { name, method, path } of writes) {
      const write = await WRITES[name]!(world);
      const { status, trips, logged } = await cost(method, fill(path, ...ids(write)), world.ann, write);
      if (status >= 400 || trips < 1 || trips > 2 || logged !== trips) tooMany[name] = { status, trips, logged };
    }
    expect(tooMany).toEqual({});
  });

  it("of a log-in by redirect: none to begin, and then a look and a commit; of linking, the commit", async () => {
    const { ann } = await aWorld();
    for (const [provider, person] of [
      ["google", await atGoogle()],
      ["facebook", await atFacebook()],
    ] as const) {
      const begun = await cost("GET", `/api/auth/${provider}/`, null);
      expect(begun).toMatchObject({ status: 302, trips: 0, logged: 0 });
      const headers = { cookie: begun.answer.headers.getSetCookie()[0]!.split(";")[0]! };
      const address = await back(provider, begun.answer.headers.get("location")!, person);
      expect(await cost("GET", address, null, { headers })).toMatchObject({ status: 200, trips: 2, logged: 2 });

      const linking = await cost("POST", `/api/auth/identities/${provider}/redirect/`, ann, { body: {} });
      const kept = { cookie: linking.answer.headers.getSetCookie()[0]!.split(";")[0]! };
      const another = await (provider === "google" ? atGoogle() : atFacebook());
      const returned = await back(provider, linking.answer.body.url, another);
      expect(await cost("GET", returned, null, { headers: kept })).toMatchObject({ status: 200, trips: 1, logged: 1 });
    }
  });

  it("of a picture: one to announce it and one to take it, whatever it comes with and replaces", async () => {
    const { ann } = await aWorld();
    for (let i = 0; i < 2; i++) {
      const form = pictureForm("photo.png", "avatar");
      form.set("bio", `Hello ${i}.`);
      expect(await cost("PATCH", `/api/users/${ann.id}/`, ann, { body: form })).toMatchObject({ status: 200, trips: 2, logged: 2 });
    }
    expect(await cost("PATCH", "/profile/", ann, { body: { image: null } })).toMatchObject({ status: 200, trips: 1 });
  });

  it("of a write that needs no look: one", async () => {
    const world = await aWorld();
    for (const name of ["POST /api/friends/request/", "PUT /api/friends/request/:id/", "PUT /api/notifications/:id/read/"]) {
      const [method, path] = name.split(" ") as [string, string];
      const write = await WRITES[name]!(world);
      expect(await cost(method, fill(path, ...ids(write)), world.ann, write)).toMatchObject({ trips: 1 });
    }
  });

  it("of a request that crosses another, or that names its receiver: two", async () => {
    const world = await aWorld();
    const { ann, bob } = world;
    await world.asked();
    const crossed = await cost("POST", "/api/friends/request/", ann, { body: { to_user: bob.id } });
    expect(crossed).toMatchObject({ status: 201, trips: 2 });
    await world.fresh();
    expect(await cost("POST", "/api/friends/request/", ann, { body: { username: bob.username } })).toMatchObject({ status: 201, trips: 2 });
  });

  it("of a retry with its Idempotency-Key: two", async () => {
    const { ann, bob } = await aWorld();
    const write = { body: { to_user: bob.id }, headers: { "idempotency-key": "k" } };
    expect(await cost("POST", "/api/friends/request/", ann, write)).toMatchObject({ status: 201, trips: 1 });
    expect(await cost("POST", "/api/friends/request/", ann, write)).toMatchObject({ status: 201, trips: 2 });
  });

  it("of a session that is over: one, in which the data was asked for too", async () => {
    const { ann } = await aWorld();
    const phone = await ann.elsewhere();
    await ann.delete("/api/auth/sessions/");
    expect(await cost("GET", "/api/notifications/", phone)).toMatchObject({ status: 401, trips: 1 });
  });

  it("of a refusal that needs no data: none", async () => {
    const { ann } = await aWorld();
    expect(await cost("GET", "/api/notifications/", null)).toMatchObject({ status: 401, trips: 0 });
    expect(await cost("POST", "/api/friends/request/", ann, { body: {} })).toMatchObject({ status: 400, trips: 0 });
    expect(await cost("POST", "/api/friends/request/", ann, { body: { to_user: ann.id } })).toMatchObject({ status: 400, trips: 0 });
  });
});

describe("Hubs", () => {
  it("sleep through all that happens to people who do not listen", async () => {
    const woken = [vi.spyOn(UserHub.prototype, "deliver"), vi.spyOn(UserHub.prototype, "fetch")];
    const world = await aWorld();
    for (const [name, prepare] of Object.entries(WRITES)) {
      const [method, path] = name.split(" ") as [string, string];
      const write = await prepare(world);
      expect((await cost(method, fill(path, ...ids(write)), world.ann, write)).status).toBeLessThan(400);
    }
    for (const spy of woken) expect(spy).not.toHaveBeenCalled();

    await world.ann.socket();
    await world.fresh();
    await cost("POST", "/api/friends/request/", world.ann, { body: { to_user: world.bob.id } });
    for (const spy of woken) expect(spy).toHaveBeenCalledTimes(1); // so they would have been seen
  });
});
