import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { beforeEach, describe, expect, it } from "vitest";
import { activity } from "../src/db/schema/activity";
import { auditLog } from "../src/db/schema/audit";
import { attempts, emailLinks, identities, sessions } from "../src/db/schema/auth";
import { idempotencyKeys } from "../src/db/schema/commit";
import { files } from "../src/db/schema/files";
import { blocks, friendGroups, friendRequests, friendships, groupMembers } from "../src/db/schema/friends";
import { outbox } from "../src/db/schema/mail";
import { notifications } from "../src/db/schema/notifications";
import { preferences } from "../src/db/schema/preferences";
import { events } from "../src/db/schema/realtime";
import { users } from "../src/db/schema/users";
import { audienceGroups, audiencePeople } from "../src/db/schema/visibility";
import { aPerson, befriend, people } from "./support/people";

const TABLES: SQLiteTable[] = [
  users,
  sessions,
  identities,
  emailLinks,
  attempts,
  friendRequests,
  friendships,
  friendGroups,
  groupMembers,
  blocks,
  audiencePeople,
  audienceGroups,
  notifications,
  events,
  idempotencyKeys,
  outbox,
  files,
  auditLog,
  preferences,
  activity,
];
const migrations = () => env.TEST_MIGRATIONS;

const all = async (sql: string, ...values: unknown[]) =>
  (
    await env.DB.prepare(sql)
      .bind(...values)
      .all()
  ).results as any[];
const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();
const counts = async () => {
  const names = (
    await all(
      "select name from sqlite_master where type = 'table' and name in (select value from json_each(?))",
      JSON.stringify(TABLES.map((table) => getTableConfig(table).name)),
    )
  ).map(({ name }) => name);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await all(`select count(*) as n from ${name}`))[0].n])));
};

const NOW = "2026-01-01T00:00:00.000Z";
const addUser = (id: number) =>
  run(
    "insert into users (id, username, username_key, email, password_hash) values (?1, ?2, ?2, ?3, 'x')",
    id,
    `u${id}`,
    `u${id}@example.test`,
  );

describe("the migrations", () => {
  it("make every table of the schema out of nothing, column by column", async () => {
    for (const table of TABLES) {
      const { name, columns } = getTableConfig(table);
      const found = await all(`select name, "notnull" as required, pk from pragma_table_xinfo(?)`, name);
      expect(found.map((column) => column.name).sort(), name).toEqual(columns.map((column) => column.name).sort());
      for (const column of columns) {
        const { required, pk } = found.find((one) => one.name === column.name);
        if (!pk) expect(Boolean(required), `${name}.${column.name}`).toBe(column.notNull);
      }
    }
  });

  it("make every index of the schema, on its columns, unique and partial as it says", async () => {
    for (const table of TABLES) {
      const { name, indexes } = getTableConfig(table);
      const found = await all(`select name, "unique" as is_unique, partial from pragma_index_list(?)`, name);
      for (const { config } of indexes) {
        const columns = (await all("select name from pragma_index_info(?) order by seqno", config.name)).map((column) => column.name);
        expect({ ...found.find((index) => index.name === config.name), columns }).toEqual({
          name: config.name,
          is_unique: Number(config.unique),
          partial: Number(config.where !== undefined),
          columns: config.columns.map((column) => (column as { name: string }).name),
        });
      }
    }
  });

  it("are applied once", async () => {
    await addUser(1);
    await applyD1Migrations(env.DB, migrations());
    expect((await counts()).users).toBe(1);
  });

  it("only add: none drops a table, a column or rows, or turns foreign keys off", () => {
    expect(migrations().length).toBeGreaterThan(0);
    for (const { name, queries } of migrations()) {
      expect(queries.length, name).toBeGreaterThan(0);
      for (const query of queries)
        expect(query, name).not.toMatch(/\bdrop\s+(table|column)\b|\bdelete\s+from\b|foreign_keys|\brename\s+to\b|create\s+trigger/i);
    }
    expect("DROP TABLE `users`", "the pattern would find one").toMatch(/\bdrop\s+(table|column)\b/i);
  });

  it("keep every row, from whichever of them a database starts", async () => {
    for (let known = 1; known < migrations().length; known++) {
      await reset();
      await applyD1Migrations(env.DB, migrations().slice(0, known));
      await addUser(1);
      await addUser(2);
      await run("insert into friend_requests (sender_id, receiver_id, created_at) values (1, 2, ?)", NOW);
      await run(
        "insert into notifications (recipient_id, sender_id, request_id, type, text, created_at) values (2, 1, 1, 'friend_request', 'x', ?)",
        NOW,
      );
      await run("insert into events (user_id, seq, type, body, created_at) values (2, 1, 'notification', '{}', ?)", NOW);
      const before = await counts();
      await applyD1Migrations(env.DB, migrations());
      expect(await counts(), `from ${known}`).toMatchObject(before);
      expect(before).toMatchObject({ users: 2, notifications: 1 });
    }
  });
});

describe("the database itself", () => {
  beforeEach(async () => {
    for (const id of [1, 2, 3]) await addUser(id);
  });

  it.each([
    [
      "a session",
      "insert into sessions (user_id, rotated_at, created_at, last_used_at, expires_at, ends_at) values (9, '', '', '', '', '')",
    ],
    ["a request's sender", "insert into friend_requests (sender_id, receiver_id, created_at) values (9, 1, '')"],
    ["a request's receiver", "insert into friend_requests (sender_id, receiver_id, created_at) values (1, 9, '')"],
    ["a friendship", "insert into friendships (user_id, friend_id, created_at) values (1, 9, '')"],
    ["a notification's recipient", "insert into notifications (recipient_id, type, text, created_at) values (9, 'x', 'x', '')"],
    [
      "a notification's request",
      "insert into notifications (recipient_id, request_id, type, text, created_at) values (1, 9, 'x', 'x', '')",
    ],
    ["an event", "insert into events (user_id, seq, type, body, created_at) values (9, 1, 'x', '{}', '')"],
    ["an idempotency key", "insert into idempotency_keys (user_id, key, fingerprint, answer, created_at) values (9, 'k', 'f', '{}', '')"],
  ])("refuses %s of nobody", async (_, sql) => {
    await expect(run(sql)).rejects.toThrow(/FOREIGN KEY/);
    await addUser(9);
    await run("insert into friend_requests (id, sender_id, receiver_id, created_at) values (9, 2, 3, '')");
    await run(sql);
  });

  it.each([
    ["a username", "insert into users (username, username_key, email, password_hash) values ('x', 'u1', 'other', 'x')"],
    ["an e-mail address", "insert into users (username, username_key, email, password_hash) values ('x', 'x', 'u1@example.test', 'x')"],
  ])("has %s once", async (_, sql) => {
    await expect(run(sql)).rejects.toThrow(/UNIQUE/);
  });

  it("has one pending request between two people, whichever way it points", async () => {
    const ask = (from: number, to: number, status = "pending") =>
      run("insert into friend_requests (sender_id, receiver_id, status, created_at) values (?, ?, ?, ?)", from, to, status, NOW);
    await ask(1, 2);
    await expect(ask(1, 2)).rejects.toThrow(/UNIQUE/);
    await expect(ask(2, 1)).rejects.toThrow(/UNIQUE/);
    await ask(1, 2, "rejected");
    await ask(2, 1, "rejected");
    await ask(1, 3);
  });

  it("has only friends in a group, and nobody in it who is none any more", async () => {
    await run("insert into friend_groups (id, owner_id, name, name_key, created_at) values (1, 1, 'x', 'x', '')");
    const join = () => run("insert into group_members (group_id, owner_id, member_id, added_at) values (1, 1, 2, '')");
    await expect(join()).rejects.toThrow(/FOREIGN KEY/);
    await run("insert into friendships (user_id, friend_id, created_at) values (1, 2, '')");
    await join();
    await run("delete from friendships");
    expect((await counts()).group_members).toBe(0);
  });

  it("has a friendship, an event's number and a key once", async () => {
    for (const sql of [
      "insert into friendships (user_id, friend_id, created_at) values (1, 2, '')",
      "insert into events (user_id, seq, type, body, created_at) values (1, 1, 'x', '{}', '')",
      "insert into idempotency_keys (user_id, key, fingerprint, answer, created_at) values (1, 'k', 'f', '{}', '')",
    ]) {
      await run(sql);
      await expect(run(sql)).rejects.toThrow(/UNIQUE/);
    }
  });

  it("forgets with a person all that is theirs, and nothing else", async () => {
    const [ann, bob, cid] = await people("ann", "bob", "cid");
    await befriend(ann!, bob!);
    await befriend(bob!, cid!);
    await ann!.post("/api/friends/request/", { to_user: cid!.id }, { "idempotency-key": "k" });
    await run("insert into identities (user_id, provider, subject, created_at, last_used_at) values (?, 'google', '1', '', '')", ann!.id);
    await run(
      "insert into email_links (user_id, purpose, email, nonce, secret_hash, created_at, expires_at) values (?, 'change', '', 'n', 'h', '', '')",
      ann!.id,
    );
    await run("insert into outbox (user_id, address, template, params, created_at, due_at) values (?, '', 'x', '{}', '', '')", ann!.id);
    for (const [one, other] of [
      [ann!, bob!],
      [bob!, ann!],
    ] as const) {
      const { id } = (await one.post("/api/friends/groups/", { name: "Close" })).body;
      await one.put(`/api/friends/groups/${id}/members/${other.id}/`);
      await one.patch("/api/users/me/visibility/", { fields: { bio: { level: "specific", people: [other.id], groups: [id] } } });
    }
    await run("insert into blocks (user_id, blocked_id, created_at) values (?1, ?2, ''), (?2, ?1, '')", ann!.id, cid!.id);
    const before = await counts();
    await run("delete from users where id = ?", ann!.id);
    const after = await counts();
    // These two name nobody who could be forgotten, or outlive whom they name on purpose.
    const theirs = Object.keys(before).filter((name) => !["attempts", "audit_log", "files"].includes(name));
    for (const name of theirs) expect(after[name], name).toBeLessThan(before[name]);
    expect(after).toMatchObject({ friendships: 2, friend_requests: 1, friend_groups: 1, audience_groups: 1 });
    expect(after).toMatchObject({ blocks: 0, group_members: 0, audience_people: 0 });
    expect((await bob!.get("/api/notifications/")).status).toBe(200);
  });

  it("takes a name again when it was given up", async () => {
    const ann = await aPerson();
    await ann.patch(`/api/users/${ann.id}/`, { username: "given_up" });
    await ann.patch(`/api/users/${ann.id}/`, { username: "another" });
    const bob = await aPerson();
    expect((await bob.patch(`/api/users/${bob.id}/`, { username: "given_up" })).status).toBe(200);
  });
});
