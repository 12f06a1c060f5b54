import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "./support/server";

describe("the check of migrations", () => {
  let folder: string;
  const check = () => {
    const script = join(ROOT, "scripts/check-migrations.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      env: { ...process.env, MIGRATIONS: folder } as NodeJS.ProcessEnv,
      encoding: "utf8",
    });
    return { code: status, output: stdout + stderr };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kith-migrations-"));
    cpSync(join(ROOT, "migrations"), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lets those that only add pass, whatever their comments and texts say", () => {
    writeFileSync(
      join(folder, "9999_more.sql"),
      "-- drop table users\nALTER TABLE users ADD motto text DEFAULT 'drop table; delete from';",
    );
    expect(check()).toMatchObject({ code: 0 });
  });

  it.each([
    ["DROP TABLE", "DROP  TABLE `users`;"],
    ["DROP TABLE", "CREATE TABLE `__new_users` (id integer); DROP TABLE `users`; ALTER TABLE `__new_users` RENAME TO `users`;"],
    ["DROP COLUMN", "ALTER TABLE `users` DROP COLUMN `bio`;"],
    ["RENAME", "ALTER TABLE `users` RENAME COLUMN `bio` TO `about`;"],
    ["deletes rows", "delete from events;"],
    ["CREATE TRIGGER", "create trigger t after insert on users begin select 1; end;"],
  ])("refuses %s: %s", (reason, sql) => {
    writeFileSync(join(folder, "9999_bad.sql"), sql);
    const { code, output } = check();
    expect(code).toBe(1);
    expect(output).toContain(reason);
    expect(output).toContain("9999_bad.sql");
  });

  it("refuses a schema that no migration makes", () => {
    const newest = readdirSync(join(folder, "meta"))
      .filter((name) => name.endsWith("_snapshot.json"))
      .sort()
      .at(-1)!;
    const path = join(folder, "meta", newest);
    const snapshot = JSON.parse(readFileSync(path, "utf8"));
    delete snapshot.tables.users.columns.last_online;
    writeFileSync(path, JSON.stringify(snapshot));
    const { code, output } = check();
    expect(code).toBe(1);
    expect(output).toContain("ADD `last_online`");
  });
});
