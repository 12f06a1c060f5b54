import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { anAdmin } from "./support/admins";
import { query } from "./support/hub";
import { aPerson, befriend, call, newName, PASSWORD, type Person, people } from "./support/people";
import { pictureForm } from "./support/pictures";

const exported = async (person: Person) => (await person.get("/api/users/me/export/")).body;

/** What of each table is left out of the export, and why. A table that names a person and is not here fails the test. */
const WITHHELD: Record<string, Record<string, string>> = {
  users: {
    password_hash: "a secret",
    username_key: "the username again, for the index",
    online_until: "when a hub looks again",
  },
  sessions: {
    user_id: "the person",
    counter: "which token is the current one",
    rotated_at: "the same",
    ends_at: "a constant after created_at",
  },
  identities: { id: "named by provider and subject", user_id: "the person" },
  email_links: { id: "named by purpose", user_id: "the person", nonce: "half a secret", secret_hash: "a secret's hash" },
  outbox: {
    id: "of no use outside",
    user_id: "the person",
    params: "has the nonce of a link",
    tries: "of the carrier",
    due_at: "of the carrier",
  },
  friendships: { user_id: "the person" },
  friend_groups: { owner_id: "the person", name_key: "the name again, for the index" },
  group_members: { owner_id: "the person", group_id: "it stands in its group" },
  blocks: { user_id: "the person" },
  audience_people: { owner_id: "the person" },
  audience_groups: { owner_id: "the person" },
  friend_requests: { low_id: "sender or receiver", high_id: "sender or receiver" },
  notifications: { recipient_id: "the person", auto_delete: "of the type" },
  events: { user_id: "the person", body: "copies of what is in the other lists, and of what others let one see" },
  idempotency_keys: { user_id: "the person", fingerprint: "a hash", answer: "a copy of a friend request" },
  preferences: {
    user_id: "the person",
    utc_offset: "of the time zone",
    digest_due_at: "when the mailer looks again",
    digested_upto: "the last row that it told of",
  },
  activity: { user_id: "the person" },
  files: { name: "where it lies", user_id: "the person" },
  audit_log: { id: "the admins' numbering", actor_id: "which admin it was; `by_me` says if it was oneself" },
};

/** Where not every column that names a person makes a row theirs: who blocked or chose somebody is not for these to know. */
const WHOSE: Record<string, string[]> = {
  users: ["id"],
  notifications: ["recipient_id"],
  friendships: ["user_id"],
  group_members: ["owner_id"],
  blocks: ["user_id"],
  audience_people: ["owner_id"],
  audit_log: ["target_id", "actor_id"],
};

/** Columns whose text is JSON, and stands in the export as such. */
const JSON_TEXTS = ["audit_log.details", "users.field_visibility"];

/** Tables of which nothing is in the export, and why. */
const EXCLUDED: Record<string, string> = {
  attempts: "counters by hash or id, gone within a day",
};

const modules = (import.meta as any).glob("../src/db/schema/*.ts", { eager: true }) as Record<string, Record<string, unknown>>;
const tables = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .filter((value): value is SQLiteTable => is(value, SQLiteTable))
  .map(getTableConfig);

describe("the export", () => {
  it("knows of every table, and of every column of it, whether it is taken along", () => {
    expect(tables.length).toBeGreaterThan(10);
    const silent = tables.map(({ name }) => name).filter((name) => !WITHHELD[name] && !EXCLUDED[name]);
    expect(silent, "tables that are neither exported nor excluded for a reason").toEqual([]);
    for (const { name, columns } of tables)
      for (const column of Object.keys(WITHHELD[name] ?? {}))
        expect(
          columns.map((one) => one.name),
          `${name} has what is withheld of it`,
        ).toContain(column);
    for (const { name, foreignKeys } of tables.filter((table) => EXCLUDED[table.name]))
      expect(foreignKeys, `${name} is excluded, so it names nobody`).toEqual([]);
  });

  it("has every value of every row about a person, but what is withheld", async () => {
    const ann = await inEveryTable();
    const text = JSON.stringify(await exported(ann));
    const has = (value: unknown) => [`:${JSON.stringify(value)}`, `:${value === 1}`].some((part) => text.includes(part));
    for (const { name, columns, foreignKeys } of tables.filter((table) => WITHHELD[table.name])) {
      const mine = foreignKeys.flatMap((key) => {
        const { columns: from, foreignTable } = key.reference();
        return getTableConfig(foreignTable).name === "users" ? from.map((column) => column.name) : [];
      });
      const names = WHOSE[name] ?? mine;
      const rows = await query(`select * from ${name} where ${names.map((column) => `${column} = ?1`).join(" or ")}`, ann.id);
      expect(rows.length, `a row in ${name}`).toBeGreaterThan(0);
      for (const row of rows)
        for (const column of columns.map((one) => one.name).filter((one) => !WITHHELD[name]![one])) {
          const foreign = name === "audit_log" && row.actor_id !== ann.id && ["user_agent", "country"].includes(column);
          const value = JSON_TEXTS.includes(`${name}.${column}`) ? JSON.parse(row[column] as string) : row[column];
          expect(foreign || has(value), `${name}.${column}: ${JSON.stringify(value)}`).toBe(true);
        }
    }
  });

  it("has no secret, and nobody else's profile", async () => {
    const ann = await inEveryTable();
    const text = JSON.stringify(await exported(ann));
    const [{ password_hash }] = (await query<{ password_hash: string }>("select password_hash from users where id = ?", ann.id)) as [any];
    for (const secret of [password_hash, "nonce-of-a-link", "hash-of-a-link", "Console/1.0", "Nobody's business.", ann.access, ann.refresh])
      expect(text).not.toContain(secret);
    for (const { email } of await query<{ email: string }>("select email from users where id <> ?", ann.id))
      expect(text).not.toContain(email);
  });

  it("does not say who has blocked somebody, chosen them or put them into a group", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    const { id } = (await bob.post("/api/friends/groups/", { name: "Secret group" })).body;
    await bob.put(`/api/friends/groups/${id}/members/${ann.id}/`);
    await cid.patch("/api/users/me/visibility/", { fields: { email: { level: "specific", people: [ann.id] } } });
    const before = JSON.stringify(await exported(ann));
    await cid.post(`/api/users/${ann.id}/block/`);
    const { exported_at: _, ...after } = await exported(ann);
    expect(before).toContain(JSON.stringify(after).slice(1, -1));
    expect(before).not.toContain("Secret group");
    expect(before).not.toContain(cid.username);
    expect((await exported(bob)).groups).toMatchObject([{ name: "Secret group", members: [{ user: { id: ann.id } }] }]);
    expect((await exported(cid)).blocks).toMatchObject([{ user: { id: ann.id, username: ann.username } }]);
  });

  it("is a file to save, of one's own", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { status, headers, body } = await ann.get("/api/users/me/export/");
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toMatch(new RegExp(`^attachment; filename="kith-${ann.id}-\\d{4}-\\d\\d-\\d\\d\\.json"$`));
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.account).toMatchObject({ id: ann.id, username: ann.username, email: ann.email, has_password: true });
    expect((await exported(bob)).account.id).toBe(bob.id);
  });

  it("says of others who they are, and of those who are gone at least that", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const theirs = { id: bob.id, username: bob.username };
    const mine = { id: ann.id, username: ann.username };
    expect(await exported(ann)).toMatchObject({
      friends: [{ user: theirs }],
      friend_requests: [{ sender: mine, receiver: theirs, status: "accepted" }],
      notifications: [{ sender: theirs, type: "friend_request_accepted" }],
    });
  });

  it("names nobody who hides, by whatever they are called today", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await befriend(ann, bob);
    await cid.post("/api/friends/request/", { to_user: ann.id });
    const { id } = (await ann.post("/api/friends/groups/", { name: "Close ones" })).body;
    await ann.put(`/api/friends/groups/${id}/members/${bob.id}/`);
    await ann.patch("/api/users/me/visibility/", { fields: { bio: { level: "specific", people: [bob.id] } } });
    const renamed = [];
    for (const one of [bob, cid]) renamed.push((await one.patch("/api/users/me/", { username: newName("renamed") })).body.username);
    const seen = JSON.stringify(await exported(ann));
    for (const one of [bob, cid]) await one.patch("/api/users/me/visibility/", { profile: "private" });
    const mine = await exported(ann);
    for (const name of renamed) {
      expect(seen).toContain(name);
      expect(JSON.stringify(mine)).not.toContain(name);
    }
    const [nameless, me] = [
      { id: bob.id, username: null },
      { id: ann.id, username: ann.username },
    ];
    expect(mine).toMatchObject({
      friends: [{ user: nameless }],
      groups: [{ members: [{ user: nameless }] }],
      chosen: [{ user: nameless }],
      friend_requests: [
        { sender: me, receiver: nameless },
        { sender: { id: cid.id, username: null }, receiver: me },
      ],
      notifications: [{ sender: nameless }, { sender: { id: cid.id, username: null } }],
    });
  });

  it("is to whom somebody has blocked what it is when that account is gone", async () => {
    const exports = [];
    for (const end of [
      (ann: Person, bob: Person) => ann.post(`/api/users/${bob.id}/block/`),
      (ann: Person) => call("DELETE", "/api/users/me/", { token: ann.access, body: { password: PASSWORD } }),
    ]) {
      const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
      await befriend(ann, bob);
      await befriend(bob, cid);
      const before = await exported(bob);
      expect((await end(ann, bob)).status).toBeLessThan(300);
      const { friends, friend_requests, notifications, activity } = await exported(bob);
      expect(friend_requests).toEqual(before.friend_requests.filter(({ receiver }: any) => receiver.id === cid.id));
      exports.push({
        lists: [friends, friend_requests, notifications].map((list) => list.length),
        people: activity.map(({ person }: any) => person && [person.id === ann.id, person.username === null]),
      });
    }
    expect(exports[0]).toEqual(exports[1]);
    expect(exports[0]!.people).toContainEqual([true, true]);
  });

  it("has whole lists, however long they are", async () => {
    const ann = await aPerson();
    await query(
      `insert into notifications (recipient_id, type, text, created_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) select ?, 'friend_request', 'x', '2026-01-01T00:00:00.000Z' from n`,
      ann.id,
    );
    expect((await exported(ann)).notifications).toHaveLength(3000);
  });
});

/** Somebody of whom every table has something. */
async function inEveryTable(): Promise<Person> {
  const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
  await bob.patch(`/api/users/${bob.id}/`, { bio: "Nobody's business." });
  await ann.patch("/profile/", {
    ...{ first_name: "Ännchen", last_name: "Thärau", bio: "Mine.", age: 97, phone_number: "+491511234567", profession: "Pilot" },
    ...{ status_line: "at the beach", visibility: "specific" },
  });
  await befriend(ann, bob);
  await bob.post("/api/friends/request/", { to_user: (await aPerson()).id });
  await ann.post("/api/friends/request/", { to_user: (await aPerson()).id }, { "idempotency-key": "try-1" });
  const { id } = (await ann.post("/api/friends/groups/", { name: "Close ones" })).body;
  await ann.put(`/api/friends/groups/${id}/members/${bob.id}/`);
  await ann.patch("/api/users/me/visibility/", { fields: { bio: { level: "specific", people: [bob.id], groups: [id] } } });
  await ann.post(`/api/users/${(await aPerson()).id}/block/`);
  const root = await anAdmin();
  await root.ask("PUT", `/api/admin/users/${ann.id}/role/`, { role: "admin" }, { "user-agent": "Console/1.0" });
  await ann.put(`/api/admin/users/${bob.id}/role/`, { role: "pharmacist" });
  const at = new Date().toISOString();
  await ann.put("/profile/image/", pictureForm("photo.png"));
  await query("delete from outbox");
  await query("delete from email_links");
  await query(
    "insert into identities (user_id, provider, subject, email, created_at, last_used_at) values (?, 'google', 'sub-1', 'g@x.test', ?2, ?2)",
    ann.id,
    at,
  );
  await query(
    `insert into email_links (user_id, purpose, email, nonce, secret_hash, created_at, expires_at)
      values (?, 'change', 'new@x.test', 'nonce-of-a-link', 'hash-of-a-link', ?2, ?2)`,
    ann.id,
    at,
  );
  await query(
    `insert into outbox (user_id, address, template, params, created_at, due_at, sent_at)
      values (?, 'new@x.test', 'change', '{"link":{"nonce":"nonce-of-a-link"}}', ?2, ?2, ?2)`,
    ann.id,
    at,
  );
  return ann;
}
