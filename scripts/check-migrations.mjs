/**
 * Part of `npm run migrations:check`: migrations only ever add, and together they make exactly the schema in src/db/schema. Refuses what
 * would lose rows or break the Worker that still runs while a new one is deployed. Needs no database.
 *
 *   MIGRATIONS  another folder to look at (migrations)
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { bundledNode, main, Problem, root, shownPath } from "./lib/settings.mjs";

const MIGRATIONS = resolve(root, process.env.MIGRATIONS || "migrations");
const GENERATE_MS = 60_000;

const REFUSED = [
  [
    /\bdrop\s+table\b/i,
    "DROP TABLE: drizzle-kit rebuilds a table that it cannot alter and drops the old one, and the cascade then deletes the rows that point to it. " +
      "Add a column or a table instead, and move the data in code.",
  ],
  [
    /\bdrop\s+column\b|\balter\s+table\s+\S+\s+drop\b/i,
    "DROP COLUMN: its data is gone, and the Worker that still runs reads it. Stop using it, and leave it.",
  ],
  [
    /\brename\s+(to|column)\b|\balter\s+table\s+\S+\s+rename\b/i,
    "RENAME: the Worker that still runs knows the old name. Add the new one beside it.",
  ],
  [
    /\bdelete\s+from\b|\breplace\s+into\b|\btruncate\b/i,
    "It deletes rows. What is past its time is the cron's business (src/maintenance.ts).",
  ],
  [
    /\bcreate\s+(temp\s+|temporary\s+)?trigger\b/i,
    "CREATE TRIGGER: D1 splits a remote migration at its semicolons and mangles a trigger's body. Write both rows in one batch instead.",
  ],
  [/\bpragma\b/i, "PRAGMA: D1 runs a migration in a transaction, where foreign_keys cannot be switched."],
];

/** Without comments and texts, which may say anything. */
const code = (sql) =>
  sql
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/--.*$/gm, "")
    .replace(/\/\*[\s\S]*?\*\//g, "");

function refusals(file) {
  const sql = code(readFileSync(join(MIGRATIONS, file), "utf8"));
  return REFUSED.filter(([pattern]) => pattern.test(sql)).map(([, reason]) => `${shownPath(join(MIGRATIONS, file))}: ${reason}`);
}

const sqlFiles = (folder) => readdirSync(folder).filter((name) => name.endsWith(".sql"));

/** drizzle-kit, asked for the next migration in a copy, has nothing to write. */
function drift() {
  const folder = mkdtempSync(join(tmpdir(), "kith-migrations-"));
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    const before = new Set(sqlFiles(folder));
    const said = generate(folder);
    const made = sqlFiles(folder).filter((name) => !before.has(name));
    if (made.length === 0 && said.includes("No schema changes")) return [];
    // It asks whether a column was renamed, cannot ask here, and then ends as if all were well.
    const what = made.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n") || said;
    return [`src/db/schema has changes that no migration makes. drizzle-kit says:\n\n${what}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function generate(folder) {
  const bin = join(root, "node_modules/drizzle-kit/bin.cjs");
  // It takes the folder for a path below the one it runs in.
  const args = [bin, "generate", "--dialect", "sqlite", "--schema", "./src/db/schema/*.ts", "--out", relative(root, folder)];
  const { stdout, stderr, error } = spawnSync(bundledNode(), args, { cwd: root, input: "", timeout: GENERATE_MS, encoding: "utf8" });
  if (error) throw error;
  return `${stdout}${stderr}`.trim();
}

await main(() => {
  const files = sqlFiles(MIGRATIONS);
  if (files.length === 0) throw new Problem("There are no migrations.");
  const problems = [...files.flatMap(refusals), ...drift()];
  if (problems.length > 0) throw new Problem(problems.join("\n\n"));
  console.log(`${files.length} migrations: they only add, and make the schema as it is.`);
});
