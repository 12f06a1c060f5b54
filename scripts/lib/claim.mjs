import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { processById, processes, signal } from "./processes.mjs";
import { commandPrefix, Problem, root, within } from "./settings.mjs";

/**
 * One server for one STATE_DIR: a file in it says which. A run that was killed leaves the file behind, and in bad cases processes too;
 * the next run ends those, once it is sure that they are what the file says.
 */

/** A run that is ending gets so long to do it. */
const PATIENCE_MS = 5000;
/** One whose npm was killed takes so long to notice. */
const NOTICE_MS = 2000;
const SCRIPT = "start.mjs";

/** @throws Problem if another server has this STATE_DIR */
export async function claim(settings) {
  const file = join(settings.stateDir, "server.json");
  mkdirSync(settings.stateDir, { recursive: true });
  let us = { pid: process.pid, port: settings.port, group: null, ending: false };
  const say = (change) => {
    us = { ...us, ...change };
    writeFileSync(file, JSON.stringify(us));
  };
  while (!tryWrite(file, us)) {
    const previous = read(file);
    const isOver = () => !isRunning(previous);
    if (!(await within(NOTICE_MS, isOver)) && !(read(file).ending && (await within(PATIENCE_MS, isOver))))
      throw new Problem(
        `Kith is already running on this data, at http://localhost:${previous.port} (process ${previous.pid}).\n` +
          `Stop it with: kill ${previous.pid}\n` +
          "or start a second one beside it, with its own data: PORT=8788 STATE_DIR=.wrangler/second npm start",
      );
    if (!(await endLeftovers(previous))) throw new Problem(`An earlier run cannot be ended: kill process group ${previous.group}.`);
    rmSync(file, { force: true });
  }
  return {
    /** Says which process group serves, for the run after this one. */
    serving: (group) => say({ group }),
    ending: () => say({ ending: true }),
    release() {
      if (read(file).pid === process.pid) rmSync(file, { force: true });
    },
  };
}

function tryWrite(file, content) {
  try {
    writeFileSync(file, JSON.stringify(content), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // gone, or killed while it wrote: nobody's
  }
}

const isRunning = ({ pid }) => pid !== process.pid && (processById(pid)?.command.includes(SCRIPT) ?? false);

/** What runs from this checkout in the group of the file, unless its number has gone to a server that somebody still holds. */
function leftovers({ group }) {
  if (!group) return [];
  const all = processes();
  const modules = join(root, "node_modules");
  const fromHere = ({ command }) => [modules, realpathSync(modules)].some((path) => command.includes(path));
  const ours = all.filter((found) => found.group === group && fromHere(found));
  const leader = ours.find(({ pid }) => pid === group);
  const isHeld = leader !== undefined && all.some(({ pid, command }) => pid === leader.parent && command.includes(SCRIPT));
  return isHeld ? [] : ours;
}

function endLeftovers(previous) {
  return within(PATIENCE_MS, () => {
    const left = leftovers(previous);
    for (const { pid } of left) signal(pid, "SIGKILL");
    return left.length === 0;
  });
}

/** Wrangler leaves what it built behind when it is killed: 4 MB each time. Nobody needs it unless some wrangler runs. */
export function tidy() {
  const folder = join(root, ".wrangler/tmp");
  if (!existsSync(folder) || processes().some(({ command }) => /wrangler(-dist|\.js|$| )/.test(command))) return;
  for (const name of readdirSync(folder)) if (/^(dev|bundle)-/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** @throws Problem if something else listens there */
export async function waitForPort(settings) {
  const { port } = settings;
  if (await within(NOTICE_MS, () => isFree(port))) return;
  throw new Problem(
    `Port ${port} is taken by another program. Stop that one, or choose another port: ${commandPrefix({ ...settings, port: port === 8788 ? 8789 : 8788 })}npm start`,
  );
}

/** localhost is two addresses; a machine without IPv6 has one of them. */
async function isFree(port) {
  const free = await Promise.all(["127.0.0.1", "::1"].map((host) => canListen(port, host)));
  return free.every(Boolean);
}

function canListen(port, host) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", (error) => done(error.code !== "EADDRINUSE" && error.code !== "EACCES"));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(true)));
  });
}
