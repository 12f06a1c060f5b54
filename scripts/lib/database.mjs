import { existsSync } from "node:fs";
import { join } from "node:path";
import { commandPrefix, Problem, shownPath, sleep } from "./settings.mjs";
import { runWrangler } from "./wrangler.mjs";

/** The server writes at this very moment: what was asked has not begun, or was taken back whole, for the token is asked for inside its transaction. */
const BUSY = /SQLITE_BUSY|Failed to get session commit token/;
const TRIES = 5;
const PAUSE_MS = 200;

/** Runs SQL on the local database, beside a server or without one, as one transaction; answers each statement's result. */
export async function askDatabase(sql, settings) {
  const { stateDir } = settings;
  if (!existsSync(join(stateDir, "v3/d1")))
    throw new Problem(`There is no database in ${shownPath(stateDir)} yet: ${commandPrefix(settings)}npm start makes it.`);
  const args = ["d1", "execute", "DB", "--local", "--persist-to", stateDir, "--json", "--yes", "--command", sql];
  for (let tries = 1; ; tries++) {
    const { code, stdout, stderr } = await runWrangler(args, stateDir);
    const answer = parse(stdout);
    if (code === 0 && Array.isArray(answer)) return answer;
    const reason = answer?.error?.text ?? `${stdout}${stderr}`.trim();
    if (!BUSY.test(reason) || tries === TRIES) throw new Problem(reason);
    await sleep(PAUSE_MS);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
