import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The machine's processes. Linux tells in /proc, where a bare machine may have no `ps`; elsewhere `ps` is always there. */

const LINUX = existsSync("/proc/self/stat");

/** One that has ended and only waits to be reaped counts as gone. */
export function processes() {
  if (!LINUX) return fromPs(["-A"]);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => fromProc(Number(name)))
    .filter((found) => found !== null);
}

/** Null if there is no such process. */
export function processById(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return LINUX ? fromProc(pid) : (fromPs(["-p", String(pid)])[0] ?? null);
}

function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "pid (name) state ppid pgrp …": the name may hold anything, brackets too.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid, parent: Number(parent), group: Number(group), command };
  } catch {
    return null;
  }
}

function fromPs(which) {
  let text;
  try {
    text = execFileSync("ps", [...which, "-o", "pid=,ppid=,pgid=,stat=,command="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [, pid, parent, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid && !state.startsWith("Z") ? [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }] : [];
  });
}

/** Signals a process, or with a negative number a whole group. False if there is none. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
