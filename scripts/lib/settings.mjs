import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What the scripts share: where things are, and how a script says that it cannot go on. */

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const DEFAULT_PORT = 8787;
const DEFAULT_STATE_DIR = ".wrangler/state";

/** An error whose message is meant for the person at the keyboard: no stack trace. */
export class Problem extends Error {}

/** Runs a script: a `Problem` ends it with its message and code 1. */
export async function main(script) {
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** `PORT` and `STATE_DIR`, or their defaults. Relative paths start at the repository. */
export function readSettings(env = process.env) {
  const port = Number(env.PORT || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Problem(`PORT is "${env.PORT}": it has to be a number from 1 to 65535.`);
  const stateDir = resolve(root, env.STATE_DIR || DEFAULT_STATE_DIR);
  return { port, stateDir, url: (env.KITH_URL || `http://localhost:${port}`).replace(/\/+$/, "") };
}

/** A path as one would type it in the repository. */
export function shownPath(path) {
  const inside = relative(root, path);
  return inside.startsWith("..") ? path : inside;
}

/** What has to stand before a command so that it reaches the same server: empty for the defaults. */
export function commandPrefix({ port, stateDir }) {
  const elsewhere = shownPath(stateDir) !== DEFAULT_STATE_DIR;
  return `${port === DEFAULT_PORT ? "" : `PORT=${port} `}${elsewhere ? `STATE_DIR=${shownPath(stateDir)} ` : ""}`;
}

/** The Node that the repository brings along: wrangler needs a newer one than the machine may have. */
export function bundledNode() {
  const bundled = join(root, "node_modules/node/bin/node");
  return existsSync(bundled) ? bundled : process.execPath;
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** True once `holds` is, false after `ms`. */
export async function within(ms, holds, every = 100) {
  const end = Date.now() + ms;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() >= end) return false;
    await sleep(every);
  }
}
