import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Problem } from "./settings.mjs";

/** Any of these on the PATH will do; `CHROMIUM` names another. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const onPath = (name) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

const found = () => process.env.CHROMIUM || NAMES.map(onPath).find(Boolean);

/** Where Chromium is. @throws Problem if it is nowhere */
export function chromiumPath() {
  const path = found();
  if (path) return path;
  throw new Problem("There is no Chromium on the PATH. Install one (or Google Chrome), or set CHROMIUM to its executable.");
}

/** The same; where there is none, and apt-get can be used, it is installed first. */
export function ensureChromium() {
  if (!found() && onPath("apt-get")) installWithApt();
  return chromiumPath();
}

function installWithApt() {
  const as = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (as.length > 0 && !onPath("sudo")) return;
  console.log("There is no Chromium here: installing it with apt-get (about a minute).");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const words of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const [command, ...rest] = [...as, "apt-get", ...words];
    const { status, stderr } = spawnSync(command, rest, { env, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    if (status !== 0) throw new Problem(`apt-get ${words.join(" ")} failed. Install Chromium yourself, or set CHROMIUM.\n${stderr ?? ""}`);
  }
}
