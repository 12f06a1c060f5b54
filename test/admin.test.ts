import { describe, expect, it } from "vitest";
import { anAdmin, makeAdmin } from "./support/admins";
import { query } from "./support/hub";
import { linkTo } from "./support/mail";
import { type Answer, aPerson, befriend, call, PASSWORD, type Person, people } from "./support/people";

const FORBIDDEN = { status: 403, body: { detail: "You do not have permission to perform this action." } };
const says = ({ status, body }: Answer) => ({ status, body });
const login = (username: string, password = PASSWORD) => call("POST", "/api/auth/login/", { body: { username, password } });
const me = async (person: Person) => (await person.get("/api/users/me/")).status;
const ids = ({ body }: Answer): number[] => body.map(({ id }: { id: number }) => id);
const suspend = (admin: Person, { id }: { id: number }, reason = "spam") => admin.post(`/api/admin/users/${id}/suspend/`, { reason });
const restore = (admin: Person, { id }: { id: number }) => admin.post(`/api/admin/users/${id}/restore/`);
const setRole = (admin: Person, { id }: { id: number }, role: string) => admin.put(`/api/admin/users/${id}/role/`, { role });
const audit = async (admin: Person, filter = ""): Promise<any[]> => (await admin.get(`/api/admin/audit/${filter}`)).body;
const activeAdmins = async () =>
  (await query<{ n: number }>("select count(*) as n from users where role = 'admin' and suspended_at is null"))[0]!.n;

describe("a role", () => {
  it("is shown to its owner and to nobody else", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    for (const path of ["/api/users/me/", "/api/sync/"]) expect((await ann.get(path)).text, path).toContain('"role":"member"');
    expect((await login(ann.username)).body.user.role).toBe("member");
    expect((await ann.patch(`/api/users/${ann.id}/`, { bio: "x" })).body.role).toBe("member");
    for (const path of [`/api/users/${ann.id}/`, "/api/users/", "/api/friends/", "/api/notifications/"])
      expect((await bob.get(path)).text, path).not.toContain('"role"');
  });

  it("is not one's own to change", async () => {
    const ann = await aPerson();
    expect((await ann.patch(`/api/users/${ann.id}/`, { role: "admin", bio: "x" })).body.role).toBe("member");
    expect(says(await setRole(ann, ann, "admin"))).toEqual(FORBIDDEN);
  });

  it("counts from the next request on when it is given, and is over at once when it is taken", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    expect((await ann.get("/api/admin/users/")).status).toBe(403);
    expect((await setRole(root, ann, "admin")).body).toMatchObject({ id: ann.id, role: "admin" });
    expect((await ann.get("/api/admin/users/")).status, "with the token from before").toBe(200);
    expect((await setRole(root, ann, "pharmacist")).body.role).toBe("pharmacist");
    expect((await ann.get("/api/admin/users/")).status).toBe(403);
    expect((await suspend(ann, root)).status).toBe(403);
    expect(await me(root)).toBe(200);
  });

  it("that changes is told to its owner's sockets, once", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    const socket = await ann.socket();
    await setRole(root, ann, "pharmacist");
    expect(await socket.next("profile_update")).toMatchObject({ user: { id: ann.id, role: "pharmacist" } });
    expect((await setRole(root, ann, "pharmacist")).status, "again").toBe(200);
    await setRole(root, ann, "member");
    await socket.next("profile_update", 2);
    expect(socket.seqs()).toEqual([1, 2]);
    expect(await audit(root, `?target=${ann.id}`)).toHaveLength(2);
  });

  it("is one of three", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    expect(says(await setRole(root, ann, "king"))).toEqual({ status: 400, body: { role: ['"king" is not a valid choice.'] } });
    expect((await root.put(`/api/admin/users/${ann.id}/role/`, {})).body).toEqual({ role: ["This field is required."] });
  });
});

describe("a suspended person", () => {
  it("is out at once, everywhere, sockets included", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    const phone = await ann.elsewhere();
    const [here, there] = [await ann.socket(), await phone.socket()];
    const { status, body } = await suspend(root, ann);
    expect({ status, body }).toMatchObject({ status: 200, body: { id: ann.id, sessions: 0, suspended_at: expect.stringMatching(/Z$/) } });
    for (const socket of [here, there]) expect((await socket.closing()).code).toBe(4401);
    expect([await me(ann), await me(phone)]).toEqual([401, 401]);
    for (const { refresh } of [ann, phone]) expect((await call("POST", "/api/auth/refresh/", { body: { refresh } })).status).toBe(401);
    expect(await me(root), "and nobody else is").toBe(200);
  });

  it("is refused as with a wrong password, byte for byte", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    expect((await login(ann.username)).status).toBe(200);
    await suspend(root, ann);
    const [right, wrong] = [await login(ann.username), await login(ann.username, "wrong-password")];
    expect({ ...says(right), text: right.text }).toEqual({ ...says(wrong), text: wrong.text });
    expect(right.status).toBe(401);
    expect(await query("select 1 from sessions where user_id = ? and revoked_at is null", ann.id)).toEqual([]);
  });

  it("gets no mail that has not left yet", async () => {
    const [root, ann, bob] = [await anAdmin(), await aPerson(), await aPerson()];
    await query("delete from outbox");
    for (const { id, email } of [ann, bob])
      await query(
        "insert into outbox (user_id, address, template, params, created_at, due_at) values (?, ?, 'reset', '{}', ?3, ?3)",
        id,
        email,
        new Date().toISOString(),
      );
    await suspend(root, ann);
    expect(await query("select user_id from outbox where sent_at is null")).toEqual([{ user_id: bob.id }]);
  });

  it("gets in by no link that was mailed before, not even when restored", async () => {
    const [root, ann, bob] = [await anAdmin(), await aPerson(), await aPerson()];
    const reset = async ({ email }: Person) => {
      const { uid, token } = await linkTo(email);
      return says(await call("POST", "/api/auth/password/reset/confirm/", { body: { uid, token, new_password: "another-good-one" } }));
    };
    for (const { email } of [ann, bob]) await call("POST", "/api/auth/password/reset/", { body: { email } });
    await suspend(root, ann);
    expect(await reset(ann)).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    await restore(root, ann);
    expect(await reset(ann)).toEqual({ status: 400, body: { token: ["Invalid value"] } });
    expect((await reset(bob)).status, "another's works").toBe(200);
  });

  it("may come back when restored, but no old session does", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await suspend(root, ann);
    expect((await restore(root, ann)).body).toMatchObject({ id: ann.id, suspended_at: null });
    expect(await me(ann)).toBe(401);
    const again = await ann.elsewhere();
    expect(await me(again)).toBe(200);
  });

  it("is suspended and restored once, however often it is asked", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    const first = (await suspend(root, ann)).body;
    expect((await suspend(root, ann, "again")).body).toEqual(first);
    await restore(root, ann);
    expect((await restore(root, ann)).status).toBe(200);
    expect((await audit(root)).map(({ action }) => action)).toEqual(["restore", "suspend"]);
  });

  it("has no session left, however many log-ins were under way", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    const [suspended, ...logins] = await Promise.all([suspend(root, ann), ...Array.from({ length: 8 }, () => login(ann.username))]);
    expect(suspended.status).toBe(200);
    for (const { status } of logins) expect([200, 401]).toContain(status);
    expect(await query("select 1 from sessions where user_id = ? and revoked_at is null", ann.id)).toEqual([]);
    for (const { body } of logins.filter(({ status }) => status === 200))
      expect((await call("GET", "/api/users/me/", { token: body.access })).status).toBe(401);
  });

  it("is suspended for a reason", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    expect(says(await root.post(`/api/admin/users/${ann.id}/suspend/`))).toEqual({
      status: 400,
      body: { reason: ["This field is required."] },
    });
    expect(await me(ann)).toBe(200);
  });
});

describe("the last admin", () => {
  const LAST = "This is the last admin. Make somebody else one first.";

  it("can be neither demoted nor suspended", async () => {
    const root = await anAdmin();
    expect(says(await setRole(root, root, "member"))).toMatchObject({ status: 409, body: { detail: LAST, code: "last_admin" } });
    expect((await suspend(root, root)).status).toBe(409);
    const other = await anAdmin();
    await suspend(root, other);
    expect((await setRole(root, root, "member")).status, "one who is suspended does not count").toBe(409);
    await restore(root, other);
    expect((await setRole(root, root, "member")).status).toBe(200);
    expect(await activeAdmins()).toBe(1);
  });

  it("is left when two admins demote each other at once", async () => {
    for (let round = 0; round < 5; round++) {
      await query("update users set role = 'member'");
      const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
      for (const person of [ann, bob]) await makeAdmin(person);
      const answers = await Promise.all([setRole(ann, bob, "member"), setRole(bob, ann, "member")]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
      expect(await activeAdmins()).toBe(1);
    }
  });

  it("is left when all step down at once", async () => {
    const admins = await Promise.all([anAdmin(), anAdmin(), anAdmin()]);
    const answers = await Promise.all(admins.map((one, i) => (i % 2 ? suspend(one, one) : setRole(one, one, "member"))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    expect(await activeAdmins()).toBe(1);
  });
});

describe("ending somebody's sessions", () => {
  it("logs them out everywhere; they may log in again", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    const phone = await ann.elsewhere();
    const socket = await phone.socket();
    expect(says(await root.delete(`/api/admin/users/${ann.id}/sessions/`))).toEqual({ status: 204, body: null });
    expect((await socket.closing()).code).toBe(4401);
    expect([await me(ann), await me(phone), await me(root)]).toEqual([401, 401, 200]);
    expect(await me(await ann.elsewhere())).toBe(200);
    expect((await audit(root))[0]).toMatchObject({ action: "end_sessions", target: { id: ann.id }, details: { sessions: 2 } });
  });
});

describe("finding people", () => {
  it("goes by a part of the username, or by how the e-mail address begins", async () => {
    const [root, ann, bob] = [await anAdmin(), await aPerson("annabel"), await aPerson("bob")];
    const found = async (search: string) => ids(await root.get(`/api/admin/users/?search=${encodeURIComponent(search)}`));
    expect(await found("NNABE")).toEqual([ann.id]);
    expect(await found(bob.email)).toEqual([bob.id]);
    expect(await found(bob.email.slice(0, 4).toUpperCase())).toEqual([bob.id]);
    expect(await found("an")).toEqual([ann.id]);
    expect(await found("nobody-is-called-so")).toEqual([]);
    for (const odd of ['"', "'; drop table users", "%", "a*", "x".repeat(254)]) expect(await found(odd), odd).toEqual([]);
    expect(await found("")).toEqual([root.id, ann.id, bob.id]);
  });

  it("goes by role and by who is suspended, page by page", async () => {
    const [root, ann, bob] = [await anAdmin(), await aPerson("same"), await aPerson("same")];
    await suspend(root, bob);
    const found = async (query: string) => ids(await root.get(`/api/admin/users/?${query}`));
    expect(await found("role=admin")).toEqual([root.id]);
    expect(await found("suspended=true")).toEqual([bob.id]);
    expect(await found("suspended=false&search=same")).toEqual([ann.id]);
    const first = await root.get("/api/admin/users/?limit=2");
    expect(ids(first)).toEqual([root.id, ann.id]);
    const next = /<https:\/\/[^/]+([^>]+)>/.exec(first.headers.get("link")!)![1]!;
    expect(ids(await root.get(next))).toEqual([bob.id]);
    expect((await root.get("/api/admin/users/?page=1&page_size=1&search=same")).body).toMatchObject({
      count: 2,
      results: [{ id: ann.id }],
    });
    expect((await root.get("/api/admin/users/?role=king")).status).toBe(400);
  });

  it("shows what an admin has to know, and no secret", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await ann.elsewhere();
    expect((await root.get(`/api/admin/users/${ann.id}/`)).body).toEqual({
      id: ann.id,
      username: ann.username,
      email: ann.email,
      email_verified_at: null,
      first_name: "",
      last_name: "",
      role: "member",
      suspended_at: null,
      created_at: expect.stringMatching(/Z$/),
      last_online: null,
      sessions: 2,
    });
    expect(says(await root.get("/api/admin/users/999999/"))).toEqual({ status: 404, body: { detail: "Not found." } });
  });
});

describe("the audit log", () => {
  it("says who did what to whom, when and from where", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await call("PUT", `/api/admin/users/${ann.id}/role/`, {
      token: root.access,
      body: { role: "pharmacist" },
      headers: { "user-agent": "Console/1.0" },
    });
    await suspend(root, ann, "spam");
    const [suspended, promoted] = await audit(root);
    const actor = { id: root.id, username: root.username };
    const target = { id: ann.id, username: ann.username };
    expect(suspended).toMatchObject({ action: "suspend", actor, target, details: { reason: "spam" } });
    expect(promoted).toEqual({
      id: expect.any(Number),
      action: "set_role",
      actor,
      target,
      details: { from: "member", to: "pharmacist" },
      created_at: expect.stringMatching(/Z$/),
      user_agent: "Console/1.0",
      country: null,
    });
  });

  it("is filtered by whom it is about and by who did it", async () => {
    const [root, other, ann] = [await anAdmin(), await anAdmin(), await aPerson()];
    await suspend(root, ann);
    await restore(other, ann);
    await setRole(root, other, "member");
    const actions = async (filter: string) => (await audit(root, filter)).map(({ action }) => action);
    expect(await actions("")).toEqual(["set_role", "restore", "suspend"]);
    expect(await actions(`?target=${ann.id}`)).toEqual(["restore", "suspend"]);
    expect(await actions(`?actor=${root.id}`)).toEqual(["set_role", "suspend"]);
    expect(await actions(`?actor=${root.id}&target=${ann.id}`)).toEqual(["suspend"]);
    expect((await root.get("/api/admin/audit/?page=1&page_size=2")).body.count).toBe(3);
    expect((await root.get("/api/admin/audit/?target=ann")).status).toBe(400);
  });

  it("has no entry for what was refused", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await setRole(root, root, "member");
    await suspend(ann, root);
    await suspend(root, { id: 999_999 });
    expect(await audit(root)).toEqual([]);
    await suspend(root, ann);
    expect(await audit(root)).toHaveLength(1);
  });

  it("is only ever added to", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await suspend(root, ann);
    const [{ id }] = (await audit(root)) as [{ id: number }];
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect((await root.ask(method, "/api/admin/audit/", {})).status, method).toBe(405);
      expect((await root.ask(method, `/api/admin/audit/${id}/`, {})).status, method).toBe(404);
    }
    expect(await audit(root)).toHaveLength(1);
  });

  it("outlives whom it is about", async () => {
    const [root, ann] = [await anAdmin(), await aPerson()];
    await setRole(root, ann, "pharmacist");
    await query("delete from users where id = ?", ann.id);
    expect(await audit(root)).toMatchObject([{ target: { id: ann.id, username: null } }]);
  });
});
