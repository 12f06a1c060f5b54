/**
 * `npm run db -- "select …"`: asks the local database and prints what it answers as a table. Works beside a running server.
 * With `--json` it prints an array with one array of rows for each statement.
 *
 *   STATE_DIR  whose database (.wrangler/state)
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { commandPrefix, main, Problem, readSettings, shownPath } from "./lib/settings.mjs";
import { formatTable } from "./lib/table.mjs";
import { runWrangler } from "./lib/wrangler.mjs";

const USAGE = 'Say what to ask, in one argument: npm run db -- "select id, username, status from users"';

async function ask(sql, { stateDir }) {
  const args = ["d1", "execute", "DB", "--local", "--persist-to", stateDir, "--json", "--yes", "--command", sql];
  const { code, stdout, stderr } = await runWrangler(args, stateDir);
  const answer = parse(stdout);
  if (code === 0 && Array.isArray(answer)) return answer;
  throw new Problem(answer?.error?.text ?? `${stdout}${stderr}`.trim());
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const summary = (meta) => (meta?.changes ? `rows changed: ${meta.changes}` : "done, no rows");

await main(async () => {
  const settings = readSettings();
  const json = process.argv.includes("--json");
  const words = process.argv.slice(2).filter((word) => word !== "--json");
  const [sql] = words;
  if (words.length !== 1 || sql.trim() === "") throw new Problem(USAGE);
  if (!existsSync(join(settings.stateDir, "v3/d1")))
    throw new Problem(`There is no database in ${shownPath(settings.stateDir)} yet: ${commandPrefix(settings)}npm start makes it.`);
  const results = await ask(sql, settings);
  if (json) console.log(JSON.stringify(results.map((result) => result.results)));
  else for (const { results: rows, meta } of results) console.log(rows.length > 0 ? formatTable(rows) : summary(meta));
});
