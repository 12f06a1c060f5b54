/**
 * `npm run db -- "select …"`: asks the local database and prints what it answers as a table. Works beside a running server.
 * With `--json` it prints an array with one array of rows for each statement.
 *
 *   STATE_DIR  whose database (.wrangler/state)
 */
import { askDatabase } from "./lib/database.mjs";
import { main, Problem, readSettings } from "./lib/settings.mjs";
import { formatTable } from "./lib/table.mjs";

const USAGE = 'Say what to ask, in one argument: npm run db -- "select id, username, status from users"';

const summary = (meta) => (meta?.changes ? `rows changed: ${meta.changes}` : "done, no rows");

await main(async () => {
  const settings = readSettings();
  const json = process.argv.includes("--json");
  const words = process.argv.slice(2).filter((word) => word !== "--json");
  const [sql] = words;
  if (words.length !== 1 || sql.trim() === "") throw new Problem(USAGE);
  const results = await askDatabase(sql, settings);
  if (json) console.log(JSON.stringify(results.map((result) => result.results)));
  else for (const { results: rows, meta } of results) console.log(rows.length > 0 ? formatTable(rows) : summary(meta));
});
