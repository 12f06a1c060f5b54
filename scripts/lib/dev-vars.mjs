import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { root } from "./settings.mjs";

const FILE = join(root, ".dev.vars");
const CONFIG = join(root, "wrangler.toml");
const SECRET_BYTES = 48;
/** A value that is no secret: none, or what the example file has. The server would refuse it. */
const UNSET = /^\s*(?:export\s+)?JWT_SECRET\s*=\s*["']?(?:[^"'\n]*change-?me[^"'\n]*)?["']?\s*$/im;
const SET = /^\s*(?:export\s+)?JWT_SECRET\s*=/m;

/** Makes a random signing secret where there is none, and leaves all other lines alone. True if it made one. */
export function ensureSecret(file = FILE) {
  const before = read(file);
  if (SET.test(before) && !UNSET.test(before)) return false;
  const line = `JWT_SECRET="${randomBytes(SECRET_BYTES).toString("base64url")}"`;
  const kept = before.replace(new RegExp(UNSET, "gim"), "").replace(/^\n+/, "");
  const after = kept === "" ? `${line}\n` : `${kept.replace(/\n*$/, "\n")}${line}\n`;
  // Written aside and renamed: a second server that starts now reads the old file or the new one, never half of one.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, after, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  return true;
}

/** Wrangler takes from .dev.vars what `[secrets] required` names and nothing else: these a deployment may do without. */
const OPTIONAL = [
  "JWT_SECRET_PREVIOUS",
  "GOOGLE_CLIENT_ID",
  "GOOGLE_CLIENT_SECRET",
  "GOOGLE_ISSUER",
  "GOOGLE_TOKENINFO_URL",
  "FACEBOOK_CLIENT_ID",
  "FACEBOOK_CLIENT_SECRET",
  "FACEBOOK_ISSUER",
  "FACEBOOK_GRAPH_URL",
];

/** Those of the secrets and variables that need not be there which .dev.vars has. */
export function optionalSecrets(file = FILE) {
  const given = Object.entries(parseEnv(read(file)));
  return Object.fromEntries(given.filter(([name, value]) => OPTIONAL.includes(name) && value !== ""));
}

/**
 * Variables of wrangler.toml and optional secrets that the shell sets for one run: `RATE_LIMITS=strict npm start`. ENVIRONMENT is a name that
 * others use too, so of that only `production` counts.
 */
export function fromShell(env = process.env) {
  const section = /^\[vars\]$([\s\S]*?)^\[/m.exec(readFileSync(CONFIG, "utf8"))[1];
  const names = [...section.matchAll(/^(\w+)\s*=/gm)].map(([, name]) => name);
  const set = [...names, ...OPTIONAL].filter((name) => env[name] !== undefined && (name !== "ENVIRONMENT" || env[name] === "production"));
  return Object.fromEntries(set.map((name) => [name, env[name]]));
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}
