import { spawn } from "node:child_process";
import { join } from "node:path";
import { signal } from "./processes.mjs";
import { bundledNode, root, within } from "./settings.mjs";

/** Runs wrangler: on our own machine only, without an account, a question, a report home or a look for updates. */

const BIN = join(root, "node_modules/wrangler/bin/wrangler.js");
const STOP_MS = 4000;

function environment(stateDir) {
  return {
    ...process.env,
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    // What wrangler keeps for itself stays out of the home folder, which may not be there or not be ours.
    XDG_CONFIG_HOME: join(stateDir, "config"),
    // Each server its own: two of them must not take each other's Worker for theirs.
    WRANGLER_REGISTRY_PATH: join(stateDir, "config/registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    X_LOCAL_EXPLORER: "false",
    // Would write whole addresses to disk, and with them the token of a socket.
    X_LOCAL_OBSERVABILITY: "false",
  };
}

/** Wrangler and all that it starts, as one process group that can be ended as one. */
export class Wrangler {
  #child;
  #guardian;
  /** Resolves with the exit code when wrangler has ended by itself or was ended. */
  ended;

  constructor(args, stateDir) {
    this.#child = spawn(bundledNode(), [BIN, ...args], {
      cwd: root,
      env: environment(stateDir),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#guardian = guard(this.#child.pid);
    this.ended = new Promise((done) => {
      this.#child.once("error", () => done(1));
      this.#child.once("exit", (code) => done(code ?? 1));
    });
  }

  get group() {
    return this.#child.pid;
  }
  get stdout() {
    return this.#child.stdout;
  }
  get stderr() {
    return this.#child.stderr;
  }

  /** Asks it to end, then makes sure: nothing of the group is left. */
  async stop(patience = STOP_MS) {
    if (patience > 0 && this.#child.exitCode === null) {
      signal(this.#child.pid, "SIGTERM");
      await Promise.race([this.ended, within(patience, () => false)]);
    }
    signal(-this.#child.pid, "SIGKILL");
    this.#guardian.stdin.end("done\n");
  }
}

/**
 * Ends the group when we are gone without having done so: `kill -9` gives no chance to, but it closes the pipe. workerd, left alone,
 * would keep the port and the database open.
 */
function guard(group) {
  const guardian = spawn("/bin/sh", ["-c", 'read -r _ || kill -s KILL -- "-$0"', String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.stdin.on("error", () => {});
  guardian.on("error", () => {});
  return guardian;
}

/** Runs one command to its end and answers what it said. */
export async function runWrangler(args, stateDir, onStart = (_run) => {}) {
  const run = new Wrangler(args, stateDir);
  onStart(run);
  let stdout = "";
  let stderr = "";
  run.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  run.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const closed = Promise.all([run.stdout, run.stderr].map((stream) => new Promise((done) => stream.once("close", done))));
  const code = await run.ended;
  await run.stop(0);
  await closed;
  return { code, stdout, stderr };
}
