import { describe, expect, it } from "vitest";
import { FIELDS, type Field, LEVELS, type Level } from "../src/visibility/rule";
import { pause, query } from "./support/hub";
import { type Answer, aPerson, befriend, call, newName, type Person } from "./support/people";
import { pngOf } from "./support/pictures";
import { choose, chooseGroup, FULL_PROFILE, fillProfile, setFieldLevels, setLevel } from "./support/visibility";

/** Everybody whom somebody can be to the owner of a profile, on every way to it, at every level: a case for each. */

const ROLES = ["anonymous", "stranger", "friend", "group member", "chosen", "blocked", "blocker", "owner"] as const;
type Role = (typeof ROLES)[number];

/** The levels at which each sees. Said here once more, and not taken from the rule. */
const SEES: Record<Role, readonly Level[]> = {
  anonymous: [],
  stranger: ["public"],
  friend: ["public", "friends"],
  "group member": ["public", "friends", "specific"],
  chosen: ["public", "specific"],
  blocked: [],
  blocker: [],
  owner: LEVELS,
};

/** Who has not been told by then is not told. */
const UNHEARD_MS = 150;

interface Scene {
  role: Role;
  owner: Person;
  /** Null for anonymous. */
  viewer: Person | null;
  /** A friend of the owner's, public, whose friends anybody may look at. */
  bridge: Person;
  /** What the viewer has asked the owner for. */
  request: number | null;
}

const get = ({ viewer }: Scene, path: string): Promise<Answer> => call("GET", path, { token: viewer?.access ?? null });
const names = (scene: Scene, { status, body, text }: Answer): boolean => {
  if (scene.role === "anonymous") {
    expect(status).toBe(401);
    return false;
  }
  expect(status, text).toBe(200);
  const items: { id: number }[] = body.results ?? body;
  const there = items.some(({ id }) => id === scene.owner.id);
  expect(text.includes(`"${scene.owner.username}"`), "is named if and only if they are there").toBe(there);
  return there;
};
/** Found or exactly as if there were nobody with that id. */
const found = async (scene: Scene, path: (id: number) => string): Promise<boolean> => {
  const { status, text } = await get(scene, path(scene.owner.id));
  if (status === 200) return true;
  const nobody = await get(scene, path(999_999));
  expect({ status, text }).toEqual({ status: nobody.status, text: nobody.text });
  return false;
};
const lists = (path: (scene: Scene) => string) => async (scene: Scene) => names(scene, await get(scene, path(scene)));
const finds = (path: (id: number) => string) => (scene: Scene) => found(scene, path);

/** A page's own content, without what differs from one answer to the next. */
async function pageFor({ viewer }: Scene, path: string): Promise<{ status: number; main: string }> {
  const { status, text } = await call("GET", path, { token: viewer?.access ?? null, headers: { accept: "text/html" } });
  return { status, main: (text.split("<main")[1] ?? "").replace(/[0-9a-f]{64}/g, "") };
}
/** Links to whom it names, and names whom it links to. */
const shows = (path: (scene: Scene) => string) => async (scene: Scene) => {
  const { owner, role } = scene;
  const { status, main } = await pageFor(scene, path(scene));
  expect(status).toBe(role === "anonymous" ? 302 : 200);
  const there = main.includes(`href="/people/${owner.id}"`);
  expect(new RegExp(`>@?${owner.username}<`).test(main), "is named if and only if they are there").toBe(there);
  return there;
};
const opens = (path: (id: number) => string) => async (scene: Scene) => {
  const page = await pageFor(scene, path(scene.owner.id));
  if (page.status === 200) return true;
  expect(page).toEqual(await pageFor(scene, path(999_999)));
  return false;
};

const KNOWN: readonly Role[] = ["friend", "group member"];
const EVERYBODY = ROLES;

/** Each way to a person, and the roles whom it can lead there at all. */
const WAYS: Record<string, { to: readonly Role[]; look: (scene: Scene) => Promise<boolean> }> = {
  "GET /api/users/{id}/": { to: EVERYBODY, look: finds((id) => `/api/users/${id}/`) },
  "GET /api/users/": { to: EVERYBODY, look: lists(() => "/api/users/?limit=100") },
  "GET /api/users/?page=1": { to: EVERYBODY, look: lists(() => "/api/users/?page=1&page_size=100") },
  "its count": {
    to: EVERYBODY,
    look: async (scene) => {
      const { status, body } = await get(scene, "/api/users/?page=1&page_size=100");
      if (status === 401) return false;
      const others = (await query<{ n: number }>("select count(*) as n from users where id <> ?", scene.owner.id))[0]!.n;
      return body.count === others + 1; // the rest are public
    },
  },
  "GET /api/users/?search= a name": { to: EVERYBODY, look: lists(({ owner }) => `/api/users/?search=${owner.username}`) },
  "GET /api/users/?search= two letters": { to: EVERYBODY, look: lists(({ owner }) => `/api/users/?search=${owner.username.slice(0, 2)}`) },
  "the count of a search": {
    to: EVERYBODY,
    look: async (scene) => (await get(scene, `/api/users/?search=${scene.owner.username}&page=1`)).body.count === 1,
  },
  "GET /api/users/{id}/friends/ of a friend": { to: EVERYBODY, look: lists(({ bridge }) => `/api/users/${bridge.id}/friends/`) },
  "GET /api/users/{id}/friends/": { to: EVERYBODY, look: finds((id) => `/api/users/${id}/friends/`) },
  "GET /api/users/{id}/friendship-status/": { to: EVERYBODY, look: finds((id) => `/api/users/${id}/friendship-status/`) },
  "GET /api/friends/": { to: KNOWN, look: lists(() => "/api/friends/?limit=100") },
  "GET /api/friends/?page=1": { to: KNOWN, look: lists(() => "/api/friends/?page=1") },
  "GET /api/sync/": {
    to: KNOWN,
    look: async (scene) => (await get(scene, "/api/sync/")).body.friends.some(({ id }: Person) => id === scene.owner.id),
  },
  "GET /api/friends/requests/?direction=outgoing": {
    to: ["stranger", "chosen"],
    look: async (scene) => {
      const { body } = await get(scene, "/api/friends/requests/?direction=outgoing");
      return body.some(({ receiver }: { receiver: Person }) => receiver.id === scene.owner.id);
    },
  },
  "GET /api/users/{id}/friend-request/": { to: ["stranger", "chosen"], look: finds((id) => `/api/users/${id}/friend-request/`) },
  "GET /avatars/{name}/": {
    to: EVERYBODY,
    look: async (scene) => {
      const { avatar } = (await scene.owner.get("/api/users/me/")).body;
      const path = new URL(avatar).pathname;
      const { status, text } = await get(scene, path);
      if (status === 200) return true;
      const nobodys = await get(scene, path.replace(/[0-9a-f]{32}/, "0".repeat(32)));
      expect({ status, text }).toEqual({ status: nobodys.status, text: nobodys.text });
      return false;
    },
  },
  "the page /people": { to: EVERYBODY, look: shows(() => "/people") },
  "the page /people?search=": { to: EVERYBODY, look: shows(({ owner }) => `/people?search=${owner.username}`) },
  "the page /people/:id": { to: EVERYBODY, look: opens((id) => `/people/${id}`) },
  "the page /people/:id/friends": { to: EVERYBODY, look: opens((id) => `/people/${id}/friends`) },
  "the page /people/:id/friends of a friend": { to: EVERYBODY, look: shows(({ bridge }) => `/people/${bridge.id}/friends`) },
  "the page /friends": { to: [...KNOWN, "stranger", "chosen"], look: shows(() => "/friends") },
  "group_users on a socket": {
    to: [...KNOWN, "owner"],
    look: async (scene) => {
      const theirs = await scene.owner.socket();
      const mine = await scene.viewer!.socket();
      const { users } = await mine.next("group_users");
      mine.close();
      theirs.close();
      return (users as number[]).includes(scene.owner.id);
    },
  },
  "status_update on a socket": {
    to: KNOWN,
    look: async ({ owner, viewer }) => {
      const mine = await viewer!.socket();
      await owner.patch(`/api/users/${owner.id}/`, { status: "away" });
      await pause(UNHEARD_MS);
      mine.close();
      return mine.ofType("status_update").some(({ user_id }) => user_id === owner.id);
    },
  },
  "GET /api/users/suggestions/": {
    to: ["stranger", "chosen", "blocked", "blocker"],
    look: async (scene) => {
      await befriend(scene.viewer!, scene.bridge);
      if (scene.request) await scene.viewer!.delete(`/api/friends/request/${scene.request}/`);
      return names(scene, await get(scene, "/api/users/suggestions/"));
    },
  },
  "POST /api/friends/request/": {
    to: ["stranger", "chosen", "blocked", "blocker"],
    look: async ({ owner, viewer }) => {
      const unknown = await viewer!.post("/api/friends/request/", { to_user: 999_999 });
      const { status, text } = await viewer!.post("/api/friends/request/", { to_user: owner.id });
      if (status !== 404) return true;
      expect({ status, text }).toEqual({ status: unknown.status, text: unknown.text });
      return false;
    },
  },
};

const isException = (way: string, role: Role, level: Level): boolean =>
  // The blocker has asked for it to be so, and may be told.
  (["GET /api/users/{id}/friendship-status/", "the page /people/:id"].includes(way) && role === "blocker") ||
  // An image on a page brings no token.
  (way === "GET /avatars/{name}/" && role === "anonymous" && level === "public");

async function stage(role: Role, level: Level, fields: Partial<Record<Field, Level>> = {}): Promise<Scene> {
  const [owner, bridge] = [await aPerson("owner"), await aPerson(`bridge${newName()}`)];
  await befriend(owner, bridge);
  await fillProfile(owner);
  await call("PUT", "/profile/image/", { token: owner.access, body: pngOf(1, 1), headers: { "content-type": "image/png" } });
  const viewer = role === "anonymous" ? null : role === "owner" ? owner : await aPerson("viewer");
  if (viewer && KNOWN.includes(role)) await befriend(owner, viewer);
  const asks = viewer && ["stranger", "chosen"].includes(role);
  const request = asks ? (await viewer.post("/api/friends/request/", { to_user: owner.id })).body.id : null;
  if (role === "group member") await chooseGroup(owner, ["profile", ...FIELDS], [viewer!]);
  if (role === "chosen") for (const subject of ["profile", ...FIELDS] as const) await choose(owner, subject, viewer!);
  if (role === "blocked")
    await query("insert into blocks (user_id, blocked_id, created_at) values (?, ?, '2026-01-01T00:00:00.000Z')", owner.id, viewer!.id);
  if (role === "blocker")
    await query("insert into blocks (user_id, blocked_id, created_at) values (?, ?, '2026-01-01T00:00:00.000Z')", viewer!.id, owner.id);
  await setLevel(owner, level);
  await setFieldLevels(owner, fields);
  return { role, owner, viewer, bridge, request };
}

/** All cells of a role at a level, by the way: a scene costs more than what is looked at in it. */
describe.each(LEVELS)("A profile at the level %s", (level) => {
  it.each(ROLES)("to %s, on every way", async (role) => {
    const scene = await stage(role, level);
    const [cells, expected]: Record<string, unknown>[] = [{}, {}];
    for (const [name, way] of Object.entries(WAYS).filter(([, { to }]) => to.includes(role))) {
      cells![name] = await way.look(scene).catch((error: Error) => error.message);
      expected![name] = SEES[role].includes(level) || isException(name, role, level);
    }
    expect(cells).toEqual(expected);
  });
});

/** What of an answer tells a field, and what is there instead of it. */
const TOLD: Partial<Record<Field, Record<string, unknown>>> = {
  name: { first_name: "", last_name: "" },
  email: { email: "" },
  phone_number: { phone_number: null },
  birth_date: { birth_date: null, age: null },
  profession: { profession: null },
  bio: { bio: null },
  presence: { status: "offline", is_online: false, status_line: null },
};

/** What a page has of a field that is told. */
const ON_A_PAGE = ({ owner, bridge }: Scene): Partial<Record<Field, string>> => ({
  name: "Ada Lovelace",
  email: owner.email,
  phone_number: FULL_PROFILE.phone_number,
  birth_date: 'datetime="1990-12-10"',
  profession: FULL_PROFILE.profession,
  bio: FULL_PROFILE.bio,
  presence: FULL_PROFILE.status_line,
  friend_list: `href="/people/${bridge.id}"`,
});

describe.each(LEVELS)("Each field of a public profile at the level %s", (level) => {
  it.each(ROLES.filter((role) => SEES[role].includes("public")))("to %s", async (role) => {
    const scene = await stage(role, "public", Object.fromEntries(FIELDS.map((field) => [field, level])));
    const { owner } = scene;
    const socket = await owner.socket();
    await owner.patch(`/api/users/${owner.id}/`, { status: "busy" });
    const { body: person } = await get(scene, `/api/users/${owner.id}/`);
    const { body: friends } = await get(scene, `/api/users/${owner.id}/friends/`);
    const { main } = await pageFor(scene, `/people/${owner.id}`);
    socket.close();
    const whole: Record<string, unknown> = {
      ...FULL_PROFILE,
      email: owner.email,
      status: "busy",
      is_online: true,
      age: expect.any(Number),
    };
    const isShown = SEES[role].includes(level);
    for (const [field, hidden] of Object.entries(TOLD))
      for (const [key, absent] of Object.entries(hidden)) expect(person[key], `${field}: ${key}`).toEqual(isShown ? whole[key] : absent);
    expect(friends.length > 0, "friend_list").toBe(isShown);
    for (const [field, told] of Object.entries(ON_A_PAGE(scene))) expect(main.includes(told), `the page: ${field}`).toBe(isShown);
    expect(main.includes(`data-presence="${owner.id}" data-status="busy"`), "the page: status").toBe(isShown);
  });
});
