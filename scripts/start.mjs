/**
 * `npm start`: the whole backend on this machine, with nothing else installed and no account. Makes a signing secret on the first run
 * (.dev.vars, ignored by git), brings the local database up to date and serves until Ctrl-C. What was answered survives any end.
 *
 *   PORT       where to listen on localhost (8787)
 *   STATE_DIR  where the local database and the hubs live (.wrangler/state); one server at a time
 *
 * Variables of wrangler.toml may be set for one run too: `EMAIL_VERIFICATION=mandatory RATE_LIMITS=strict npm start`.
 * It is ready when `GET /health` answers 200.
 */
import { claim, tidy, waitForPort } from "./lib/claim.mjs";
import { ensureSecret } from "./lib/dev-vars.mjs";
import { processById } from "./lib/processes.mjs";
import { Server } from "./lib/server.mjs";
import { commandPrefix, main, Problem, readSettings } from "./lib/settings.mjs";
import { runWrangler } from "./lib/wrangler.mjs";

const PARENT_CHECK_MS = 400;
/** Levels between npm and us: npm may start a shell that starts us. */
const MAX_LEVELS = 3;

let lock = null;
/** What has to be stopped before we may end. */
let running = null;
let stopping = false;

async function stop({ code = 0, patience } = {}) {
  const again = stopping;
  stopping = true;
  lock?.ending();
  await running?.stop(again ? 0 : patience);
  lock?.release();
  process.exit(code);
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => void stop());
// Whoever read our output may be gone; the server goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** An npm that was killed cannot pass on that it is to stop, and nobody could stop us from where we were started. */
function endWithParent() {
  const chain = launchers();
  if (chain.length === 0) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && chain.every(({ pid }) => processById(pid) !== null)) return;
    clearInterval(timer);
    void stop({ code: 1, patience: 0 });
  }, PARENT_CHECK_MS);
}

/** The processes from us up to npm; empty unless npm started us. */
function launchers() {
  if (process.env.npm_lifecycle_event === undefined) return [];
  const chain = [];
  for (let pid = process.ppid; chain.length < MAX_LEVELS && pid > 1; pid = chain.at(-1).parent) {
    const found = processById(pid);
    if (!found) break;
    chain.push(found);
    if (/\bnpm\b/.test(found.command)) return chain;
  }
  return chain.slice(0, 1);
}

async function migrate(settings) {
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", settings.stateDir];
  const { code, stdout, stderr } = await runWrangler(args, settings.stateDir, (run) => {
    running = run;
    lock.serving(run.group);
  });
  if (stopping) return;
  if (code !== 0) throw new Problem(`The migrations could not be applied to the database in ${settings.stateDir}:\n\n${stdout}${stderr}`);
  const applied = new Set(stdout.match(/\d{4}_\w+\.sql/g));
  if (applied.size > 0) console.log(`Database: applied ${[...applied].join(", ")}.`);
}

async function serve(settings) {
  for (let crashes = 0; !stopping; crashes++) {
    const server = new Server(settings);
    running = server;
    lock.serving(server.group);
    const state = await server.start();
    if (stopping) return;
    if (state !== "ready")
      throw new Problem(`The server ${state === "ended" ? "did not start" : "does not answer"}; wrangler's reasons are above.`);
    if (crashes === 0) greet(settings);
    const failure = await server.failure();
    if (stopping) return;
    if (failure === "ended") throw new Problem("The server ended unexpectedly. Nothing that was answered is lost: start it again.");
    console.error("The runtime crashed and does not answer: starting it again.");
    await server.stop(0);
  }
}

function greet(settings) {
  const before = commandPrefix(settings);
  const address = `http://localhost:${settings.port}`;
  console.log(`
  Kith is up: ${address}

    docs     ${address}/api/redoc/
    mails    ${address}/dev/mailbox/
    socket   ${address.replace("http", "ws")}/ws/main/?token=<access token>
    people   ${before}npm run seed
    data     ${before}npm run db -- "select * from users"
    stop     Ctrl-C
`);
}

await main(async () => {
  const settings = readSettings();
  endWithParent();
  console.log("Starting Kith …");
  lock = await claim(settings);
  try {
    await waitForPort(settings);
    tidy();
    if (ensureSecret()) console.log("Made a random JWT_SECRET in .dev.vars.");
    await migrate(settings);
    await serve(settings);
  } finally {
    if (!stopping) {
      await running?.stop(0);
      lock.release();
    }
  }
});
if (!stopping) process.exit();
