import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ACT_TYPES, ACTS, type ActType } from "../src/modules/activity/acts";
import { anAdmin } from "./support/admins";
import { query } from "./support/hub";
import { atGoogle, enterByGoogle, googleTokens } from "./support/identities";
import { ids, walk } from "./support/lists";
import { linkTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { aPerson, befriend, call, newName, ORIGIN, PASSWORD, Person, people } from "./support/people";
import { file } from "./support/pictures";
import { fill, liveRoutes } from "./support/routes";

type Row = { id: number; type: ActType; details: string; person: { id: number; username: string } | null; [field: string]: unknown };

const activity = async (person: Person, query = ""): Promise<Row[]> => (await person.get(`/api/activity/${query}`)).body;
const types = async (person: Person) => (await activity(person)).map(({ type }) => type);
const newest = async (person: Person) => (await activity(person))[0]!;
const changes = async (person: Person, count: number) => {
  for (let i = 0; i < count; i++) await person.patch("/api/users/me/", { bio: `Bio ${i}.` });
};
const asks = async (from: Person, to: Person): Promise<number> => (await from.post("/api/friends/request/", { to_user: to.id })).body.id;
const logOut = ({ access }: Person) => call("POST", "/api/auth/logout/", { token: access, body: {} });
const identity = async () => ({ id_token: (await googleTokens(await atGoogle())).id_token });
const linked = async (person: Person): Promise<number> => (await person.post("/api/auth/identities/google/", await identity())).body.id;

type Scene = (ann: Person, bob: Person) => Promise<unknown>;

/** How each act comes about, by Ann; Bob is the other where there is one. */
const SCENES: Record<ActType, Scene> = {
  register: async () => {},
  login: (ann) => ann.elsewhere(),
  logout: async (ann) => logOut(await ann.elsewhere()),
  session_end: async (ann) => {
    await ann.elsewhere();
    await ann.delete("/api/auth/sessions/");
  },
  avatar_change: async (ann) => ann.ask("PUT", "/profile/image/", file("photo.png"), { "content-type": "image/png" }),
  update: (ann) => ann.patch("/api/users/me/", { bio: "Hello." }),
  preferences_change: (ann) => ann.patch("/api/preferences/theme_settings/", { theme: "dark" }),
  privacy_change: (ann) => ann.patch("/api/preferences/privacy_settings/", { data_sharing: false }),
  password_change: (ann) => ann.post("/api/auth/password/change/", { old_password: PASSWORD, new_password: "another-password" }),
  password_reset: async (ann) => {
    await call("POST", "/api/auth/password/reset/", { body: { email: ann.email } });
    const { uid, token } = await linkTo(ann.email);
    await call("POST", "/api/auth/password/reset/confirm/", { body: { uid, token, new_password: PASSWORD } });
    ann.access = (await ann.elsewhere()).access;
  },
  email_change_request: (ann) => ann.post("/api/auth/email/change/", { email: `new.${ann.email}`, password: PASSWORD }),
  email_change: async (ann) => {
    await ann.post("/api/auth/email/change/", { email: `new.${ann.email}`, password: PASSWORD });
    await ann.post("/api/auth/email/verify/", { key: (await linkTo(`new.${ann.email}`)).key });
  },
  email_confirm: async (ann) => ann.post("/api/auth/email/verify/", { key: (await linkTo(ann.email)).key }),
  identity_link: linked,
  identity_unlink: async (ann) => ann.delete(`/api/auth/identities/${await linked(ann)}/`),
  group_change: (ann) => ann.post("/api/friends/groups/", { name: "Family" }),
  friend_request: asks,
  friend_accept: async (ann, bob) => ann.put(`/api/friends/request/${await asks(bob, ann)}/`, { action: "accept" }),
  friend_reject: async (ann, bob) => ann.put(`/api/friends/request/${await asks(bob, ann)}/`, { action: "reject" }),
  friend_cancel: async (ann, bob) => ann.delete(`/api/friends/request/${await asks(ann, bob)}/`),
  unfriend: async (ann, bob) => {
    await befriend(ann, bob);
    await ann.delete(`/api/friends/${bob.id}/`);
  },
  block: (ann, bob) => ann.post(`/api/users/${bob.id}/block/`),
  unblock: async (ann, bob) => {
    await ann.post(`/api/users/${bob.id}/block/`);
    await ann.delete(`/api/users/${bob.id}/block/`);
  },
};

const TO_SOMEBODY: ActType[] = ["friend_request", "friend_accept", "friend_reject", "friend_cancel", "unfriend", "block", "unblock"];

describe("what a person does", () => {
  it.each(Object.entries(SCENES) as [ActType, Scene][])("leaves one row, and none with anybody else: %s", async (type, scene) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await scene(ann, bob);
    const rows = (await activity(ann)).filter((row) => row.type === type);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.person).toEqual(TO_SOMEBODY.includes(type) ? { id: bob.id, username: bob.username } : null);
    expect(rows[0]!.details).toMatch(/^[A-Z][\w' -]+$/);
    const [{ count }] = (await query("select count(*) as count from activity where type = ? and user_id <> ?", type, ann.id)) as [any];
    expect(count).toBe(type === "register" ? 1 : 0);
  });

  it("is noted with its time, device and country", async () => {
    const ann = await aPerson();
    const before = new Date().toISOString();
    const request = new Request(`${ORIGIN}/api/auth/login/`, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "KithApp/1.2 (iOS 18.5; iPhone15,2)" },
      body: JSON.stringify({ username: ann.username, password: PASSWORD }),
      cf: { country: "PT" },
    } as RequestInit);
    expect((await exports.default.fetch(request)).status).toBe(200);
    const row = await newest(ann);
    expect(row).toEqual({
      id: expect.any(Number),
      type: "login",
      details: "Login",
      person: null,
      created_at: expect.stringMatching(/Z$/),
      user_agent: "KithApp/1.2 (iOS 18.5; iPhone15,2)",
      device: "KithApp on iOS",
      country: "PT",
    });
    expect(row.created_at! >= before && row.created_at! <= new Date().toISOString()).toBe(true);
  });

  it.each(["/api/auth/login/", "/api/login/", "/api/token/", "/dj-rest-auth/login/", "/login/"])(
    "is a log-in whichever way one comes: %s",
    async (path) => {
      const ann = await aPerson();
      const { status } = await call("POST", path, { body: { username: ann.username, password: PASSWORD } });
      expect(status).toBe(200);
      expect(await types(ann)).toEqual(["login", "register"]);
    },
  );

  it("is a log-in by Google too, but for the first, which registers", async () => {
    const person = await atGoogle();
    const { body } = await enterByGoogle(person);
    const gil = new Person(body.user.id, body.user.username, body.user.email, body.access, body.refresh);
    expect(await types(gil)).toEqual(["register"]);
    await enterByGoogle(person);
    expect(await types(gil)).toEqual(["login", "register"]);
  });

  it.each([
    ["/api/auth/logout/", "refresh"],
    ["/api/logout/", "refresh_token"],
    ["/dj-rest-auth/logout/", "refresh"],
  ])("is a log-out once, however often it is asked for: %s", async (path, name) => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    for (let times = 0; times < 3; times++) await call("POST", path, { token: phone.access, body: { [name]: phone.refresh } });
    expect(await types(ann)).toEqual(["logout", "login", "register"]);
  });

  it("is a log-out where it ends one's own session, and else the end of another", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const sessions = (await phone.get("/api/auth/sessions/")).body;
    const idOf = (current: boolean) => sessions.find((one: any) => one.current === current).id;
    await phone.delete(`/api/auth/sessions/${idOf(false)}/`);
    expect(await types(phone)).toEqual(["session_end", "login", "register"]);
    await phone.delete(`/api/auth/sessions/${idOf(true)}/`);
    expect((await types(await ann.elsewhere())).slice(0, 3)).toEqual(["login", "logout", "session_end"]);
  });

  it("is the end of a session whose old refresh token came back, once, and from where it came", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const refresh = (token: string) =>
      call("POST", "/api/token/refresh/", { body: { refresh: token }, headers: { "user-agent": "Thief/1.0" } });
    let current = phone.refresh;
    for (let times = 0; times < 2; times++) current = (await refresh(current)).body.refresh;
    expect(await types(ann)).toEqual(["login", "register"]);
    for (let times = 0; times < 2; times++) expect((await refresh(phone.refresh)).status).toBe(401);
    expect(await types(ann)).toEqual(["session_end", "login", "register"]);
    expect((await ann.get("/api/users/me/export/")).body.activity.at(-1)).toMatchObject({
      details: "A session was ended because an old token of it came back",
      user_agent: "Thief/1.0",
    });
  });

  it("leaves nothing where it was refused or changed nothing", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const refused = await Promise.all([
      call("POST", "/api/auth/login/", { body: { username: ann.username, password: "wrong" } }),
      ann.patch("/api/users/me/", { username: bob.username, bio: "x" }),
      ann.patch("/api/users/me/", { username: ann.username }),
      ann.post("/api/auth/password/change/", { old_password: "wrong", new_password: "another-password" }),
      ann.post("/api/auth/email/change/", { email: "new@example.test", password: "wrong" }),
      ann.delete("/api/auth/sessions/"),
      ann.delete("/api/auth/sessions/999999/"),
      ann.post("/api/friends/request/", { to_user: 999_999 }),
      ann.delete(`/api/friends/${bob.id}/`),
      ann.patch("/api/preferences/theme_settings/", { font_size: "medium" }),
      ann.post(`/api/users/${ann.id}/update-status/`, { status: "busy" }),
      call("POST", "/api/auth/password/reset/", { body: { email: ann.email } }),
      call("POST", "/api/auth/refresh/", { body: { refresh: ann.refresh } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 400, 200, 400, 400, 204, 404, 404, 404, 200, 200, 200, 200]);
    expect(await types(ann)).toEqual(["register"]);
  });

  it("leaves one row when twenty try it at once, or it is tried again with the same key", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await Promise.all(Array.from({ length: 20 }, () => asks(ann, bob)));
    for (let i = 0; i < 2; i++) await ann.post("/api/friends/request/", { to_user: cid.id }, { "idempotency-key": "k" });
    expect(await types(ann)).toEqual(["friend_request", "friend_request", "register"]);
  });

  it("is accepting, where two ask each other", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await asks(ann, bob);
    await asks(bob, ann);
    expect(await types(ann)).toEqual(["friend_request", "register"]);
    expect(await types(bob)).toEqual(["friend_accept", "register"]);
  });

  it("says nothing of addresses and names", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    for (const type of ["email_change", "friend_accept", "identity_link", "update"] as const) await SCENES[type](ann, bob);
    const text = JSON.stringify(await query("select type, details, about_id from activity where user_id = ?", ann.id));
    for (const known of ["@", ann.username, bob.username, "Hello."]) expect(text).not.toContain(known);
  });
});

describe("the sentence", () => {
  it("says whether a picture came or went; one that comes with other settings is one of them", async () => {
    const ann = await aPerson();
    const picture = () => new File([file("photo.png")], "me.png", { type: "image/png" });
    const form = (fields: Record<string, string | File>) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(fields)) data.append(name, value);
      return data;
    };
    await ann.patch(`/api/profiles/${ann.id}/`, form({ profileimg: picture() }));
    await ann.patch(`/api/profiles/${ann.id}/`, form({ profileimg: picture(), name: "Ann" }));
    await ann.delete("/profile/image/");
    await ann.delete("/profile/image/");
    expect((await activity(ann)).map(({ type, details }) => [type, details]).reverse()).toEqual([
      ["register", "Account registered"],
      ["avatar_change", "Changed the profile picture"],
      ["update", "Changed profile settings"],
      ["avatar_change", "Removed the profile picture"],
    ]);
    const history: { activity_type: string; details: string }[] = (await ann.get("/api/history/")).body;
    expect(history.map(({ activity_type, details }) => [activity_type, details])).toEqual(
      Array.from({ length: 3 }, () => ["update", "Changed profile settings"]),
    );
  });

  it("says which preferences, and what became of a group", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    await ann.delete("/api/activity/");
    await ann.patch("/api/preferences/theme_settings/", { theme: "dark" });
    await ann.patch("/api/preferences/notification_settings/", { frequency: "weekly" });
    const { id } = (await ann.post("/api/friends/groups/", { name: "Family" })).body;
    await ann.patch(`/api/friends/groups/${id}/`, { name: "Kin" });
    for (const method of ["PUT", "DELETE"])
      for (let times = 0; times < 2; times++) await ann.ask(method, `/api/friends/groups/${id}/members/${bob.id}/`);
    await ann.delete(`/api/friends/groups/${id}/`);
    expect((await activity(ann)).map(({ details, person }) => [details, person?.id ?? null]).reverse()).toEqual([
      ["Changed theme settings", null],
      ["Changed notification settings", null],
      ["Made a group of friends", null],
      ["Renamed a group of friends", null],
      ["Put somebody into a group of friends", bob.id],
      ["Took somebody out of a group of friends", bob.id],
      ["Deleted a group of friends", null],
    ]);
  });
});

describe("somebody in a group who hides from its owner", () => {
  it("leaves it without a trace, as if they had not been in it", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const { id } = (await ann.post("/api/friends/groups/", { name: "Family" })).body;
    for (const one of [bob, cid]) {
      await befriend(ann, one);
      await ann.put(`/api/friends/groups/${id}/members/${one.id}/`);
    }
    await ann.delete("/api/activity/");
    await bob.patch("/api/users/me/visibility/", { profile: "private" });
    for (const one of [bob, cid]) expect((await ann.delete(`/api/friends/groups/${id}/members/${one.id}/`)).status).toBe(204);
    expect((await activity(ann)).map(({ person }) => person?.id)).toEqual([cid.id]);
    expect((await ann.get("/api/users/me/export/")).body.groups).toMatchObject([{ members: [] }]);
  });
});

describe("whom it was done to", () => {
  const acquainted = async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await asks(ann, bob);
    return { ann, bob, person: async () => (await newest(ann)).person };
  };

  it("has the name of today", async () => {
    const { bob, person } = await acquainted();
    const username = newName("bobby");
    await bob.patch("/api/users/me/", { username });
    expect(await person()).toEqual({ id: bob.id, username });
  });

  it("stays with whoever blocks, and goes for whom they block", async () => {
    const { ann, bob, person } = await acquainted();
    await asks(bob, ann);
    await ann.post(`/api/users/${bob.id}/block/`);
    expect(await newest(ann)).toMatchObject({ type: "block", person: { id: bob.id, username: bob.username } });
    expect(await newest(bob)).toMatchObject({ type: "friend_accept", person: null });
    expect(await types(bob), "nothing tells of a block").toEqual(["friend_accept", "register"]);
    await ann.delete(`/api/users/${bob.id}/block/`);
    expect(await person()).toEqual({ id: bob.id, username: bob.username });
    expect(await newest(bob)).toMatchObject({ person: { id: ann.id } });
  });

  it("is not there for whom they hide from, or when they are gone", async () => {
    const { ann, bob, person } = await acquainted();
    await bob.patch("/api/preferences/privacy_settings/", { profile_visibility: "private" });
    expect(await person()).toBeNull();
    expect(JSON.stringify((await ann.get("/api/users/me/export/")).body.activity)).not.toContain(bob.username);
    await bob.patch("/api/preferences/privacy_settings/", { profile_visibility: "public" });
    expect(await person()).toMatchObject({ id: bob.id });
    await ann.delete("/api/notifications/");
    await bob.ask("DELETE", "/api/users/me/", { password: PASSWORD });
    expect(await newest(ann)).toMatchObject({ type: "friend_request", person: null });
  });
});

const PAGE = 10;
/** The item in its index and the row behind it; where types are merged, once more of those that are on the page. */
const ROWS_AN_ITEM = 5;
/** Of how many types a list is made: each is read as far as the page could need it. */
const TYPES_OF: Record<string, number> = {
  "/api/activity/?": 1,
  "/api/activity/?type=login": 1,
  "/api/activity/?type=login,update": 2,
  "/api/history/?": 4,
};

describe("the list", () => {
  it("is newest first, in pages that a cursor walks", async () => {
    const ann = await aPerson();
    await changes(ann, 6);
    const all = await activity(ann);
    expect(ids(all)).toEqual([...ids(all)].sort((a, b) => b - a));
    const pages = await walk(ann, "/api/activity/?limit=3");
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(all);
    expect((await ann.get("/api/activity/?page=2&page_size=3")).body).toMatchObject({ count: 7, results: all.slice(3, 6) });
  });

  it("stays in place while more happens", async () => {
    const ann = await aPerson();
    await changes(ann, 4);
    const all = await activity(ann);
    const { headers } = await ann.get("/api/activity/?limit=2");
    await changes(ann, 2);
    const next = /<https?:\/\/[^/]+([^>]+)>/.exec(headers.get("link")!)![1]!;
    expect((await ann.get(next)).body).toEqual(all.slice(2, 4));
  });

  it("has only what is asked for: one type or several", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    for (let i = 0; i < 3; i++) {
      await changes(ann, 2);
      await ann.elsewhere();
    }
    await asks(ann, bob);
    const all = await activity(ann);
    for (const wanted of ["login", "login,friend_request", "friend_request, update , login", "unfriend", "login,login"]) {
      const names = wanted.split(",").map((name) => name.trim());
      const expected = all.filter(({ type }) => names.includes(type));
      const path = `/api/activity/?type=${encodeURIComponent(wanted)}`;
      expect((await ann.get(path)).body, wanted).toEqual(expected);
      expect((await walk(ann, `${path}&limit=2`)).flat(), wanted).toEqual(expected);
      const { body } = await ann.get(`${path}&page=1&page_size=2`);
      expect(body, wanted).toMatchObject({ count: expected.length, results: expected.slice(0, 2) });
    }
    expect((await ann.get("/api/activity/?type=login,friend_request&page=2&page_size=2")).body.results).toHaveLength(2);
  });

  it("takes an empty type for none, and refuses what is none", async () => {
    const ann = await aPerson();
    expect(await activity(ann, "?type=")).toHaveLength(1);
    for (const [wanted, wrong] of [
      ["flying", "flying"],
      ["login,flying", "flying"],
      ["login,", ""],
    ]) {
      const { status, body } = await ann.get(`/api/activity/?type=${wanted}`);
      expect({ status, body }).toEqual({ status: 400, body: { type: [`"${wrong}" is not a valid choice.`] } });
    }
  });

  it("reads the rows of a page, however many lie behind it or are hidden", async () => {
    const ann = await aPerson();
    const fill = (count: number, hidden: boolean) =>
      query(
        `insert into activity (user_id, type, created_at, hidden_at) with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
          select ?, iif(i % 3, 'login', 'update'), '2026-01-01T00:00:00.000Z', ? from n`,
        count,
        ann.id,
        hidden ? "2026-01-02T00:00:00.000Z" : null,
      );
    const costs = async () => {
      const read: Record<string, number> = {};
      for (const path of Object.keys(TYPES_OF)) {
        const meter = meterD1();
        const { body } = await ann.get(`${path}&limit=${PAGE}`);
        meter.stop();
        expect(body).toHaveLength(PAGE);
        read[path] = meter.take().rows;
      }
      return read;
    };
    await fill(60, false);
    const few = await costs();
    await fill(3000, false);
    await fill(3000, true);
    expect(await costs()).toEqual(few);
    for (const [path, rows] of Object.entries(few)) expect(rows, path).toBeLessThan((PAGE + 1) * ROWS_AN_ITEM * TYPES_OF[path]! + 4);
  });
});

describe("a row", () => {
  it("is read by its owner", async () => {
    const ann = await aPerson();
    const row = await newest(ann);
    expect((await ann.get(`/api/activity/${row.id}/`)).body).toEqual(row);
  });

  it("is hidden by its owner, for good: it is then as if it were not there", async () => {
    const ann = await aPerson();
    await changes(ann, 3);
    const [first, ...rest] = await activity(ann);
    const { status, text } = await ann.delete(`/api/activity/${first!.id}/`);
    expect({ status, text }).toEqual({ status: 204, text: "" });
    expect(await activity(ann)).toEqual(rest);
    const nothing = await ann.get("/api/activity/999999/");
    for (const method of ["GET", "DELETE"])
      expect(await ann.ask(method, `/api/activity/${first!.id}/`)).toMatchObject({ status: 404, body: nothing.body });
    expect(await activity(ann, "?type=update")).toHaveLength(2);
    expect((await ann.get("/api/activity/?page=1")).body.count).toBe(3);
  });

  it("is hidden with all others, and what comes later is there again", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await changes(ann, 2);
    for (let times = 0; times < 2; times++) expect((await ann.delete("/api/activity/")).status).toBe(204);
    expect(await activity(ann)).toEqual([]);
    expect(await activity(bob)).toHaveLength(1);
    await changes(ann, 3);
    expect(await types(ann)).toEqual(["update", "update", "update"]);
  });

  it("is in the export with the time at which it was hidden, and gone with the account", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await asks(ann, bob);
    const [asked, registered] = await activity(ann);
    await ann.delete(`/api/activity/${asked!.id}/`);
    const { body } = await ann.get("/api/users/me/export/");
    const { device: _, ...stored } = asked!;
    expect(body.activity).toEqual([
      expect.objectContaining({ id: registered!.id, type: "register", person: null, hidden_at: null }),
      { ...stored, hidden_at: expect.stringMatching(/Z$/) },
    ]);
    await ann.ask("DELETE", "/api/users/me/", { password: PASSWORD });
    expect(await query("select 1 from activity where user_id = ?", ann.id)).toEqual([]);
  });

  it("is nobody else's to read or hide, not even an admin's", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const root = await anAdmin();
    const row = await newest(ann);
    for (const other of [bob, root]) {
      for (const method of ["GET", "DELETE"]) expect((await other.ask(method, `/api/activity/${row.id}/`)).status).toBe(404);
      await other.delete("/api/activity/");
    }
    expect(await newest(ann)).toEqual(row);
  });
});

describe("nobody edits what people did", () => {
  const paths = [...new Set(liveRoutes().map(({ path }) => path))].filter((path) => /activity|history/.test(path));

  it.each(["/api/activity/", "/api/activity/:id/", "/api/history/", "/api/history/:id/"])(
    "neither its owner nor an admin can write to %s",
    async (path) => {
      expect(paths).toContain(path);
      const [ann, root] = [await aPerson(), await anAdmin()];
      await changes(ann, 1);
      const row = await newest(ann);
      const stored = () => query("select * from activity where user_id = ?", ann.id);
      const before = await stored();
      for (const who of [ann, root])
        for (const method of ["PUT", "PATCH", "POST"]) {
          const body = { ...row, type: "login", details: "Nothing", created_at: "2020-01-01T00:00:00Z", timestamp: "2020-01-01T00:00:00Z" };
          const { status, headers, body: said } = await who.ask(method, fill(path, row.id), body);
          expect({ status, said }).toEqual({ status: 405, said: { detail: `Method "${method}" not allowed.` } });
          expect(headers.get("allow")).toBe("GET, DELETE, HEAD, OPTIONS");
        }
      expect(await stored()).toEqual(before);
    },
  );

  it("there is no other path to them that takes a write", () => {
    const writes = liveRoutes().filter(({ path, method }) => paths.includes(path) && method !== "GET");
    expect(new Set(writes.map(({ method }) => method))).toEqual(new Set(["DELETE"]));
  });

  it("and no statement that changes more of them than that they are hidden, or removes them before their time", () => {
    const sources = (import.meta as any).glob("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
    const found = Object.entries(sources as Record<string, string>).flatMap(([path, text]) =>
      [...text.matchAll(/\b(?:update|delete from|replace into) (?:\$\{activity\}|"?activity"?)[^`]*/gi)].map(([sql]) => ({ path, sql })),
    );
    expect(found.map(({ path, sql }) => `${path.split("/src/")[1]}: ${sql.split("\n")[0]!.replace(/[${}]/g, "")}`)).toEqual([
      "maintenance.ts: delete from activity where activity.id in",
      "modules/activity/statements.ts: update activity set columns(hiddenAt) = p.now",
    ]);
  });
});

describe("the list of acts", () => {
  it("has each act that is shown above, with a sentence for it", () => {
    expect(Object.keys(SCENES).sort()).toEqual([...ACT_TYPES].sort());
    for (const sentence of Object.values(ACTS)) expect(sentence).toMatch(/^[A-Z][a-z]/);
  });
});
