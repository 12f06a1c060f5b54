import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");

const READY_MS = 60_000;
const STOP_MS = 15_000;
const MAX_OUTPUT = 1_000_000;

export interface Ended {
  code: number | null;
  output: string;
}

export const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Once `holds` is true; an error that says what was waited for, after `ms`. */
export async function until(holds: () => unknown, what: string | (() => string), ms: number): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${typeof what === "string" ? what : what()}`);
}

/** The environment of somebody who has just cloned the repository: nothing of the test runner in it. */
function newcomer(): NodeJS.ProcessEnv {
  const theirs = ([name]: [string, unknown]) => !/^(npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|KITH_URL$)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(theirs)) as NodeJS.ProcessEnv;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

/** Kith as `npm start` runs it, on a port and in a folder of its own. */
export class Server {
  private npm: ChildProcess | null = null;
  private output = "";

  private constructor(
    readonly port: number,
    readonly stateDir: string,
  ) {}

  static async prepare(): Promise<Server> {
    return new Server(await freePort(), await mkdtemp(join(tmpdir(), "kith-process-")));
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** What it has printed, log lines and all. */
  get said(): string {
    return this.output;
  }

  /** Every byte that it keeps: databases, their journals, objects. By file. */
  stored(): Map<string, Buffer> {
    const files = readdirSync(this.stateDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    return new Map(paths.map((path) => [relative(this.stateDir, path), readFileSync(path)]));
  }

  /** `npm start`, until `GET /health` answers 200. */
  async start(): Promise<void> {
    const npm = this.command(["start"]);
    this.npm = npm;
    let over = false;
    npm.once("exit", () => {
      over = true;
    });
    const isUp = async () => {
      if (over) throw new Error(`npm start ended:\n${this.output}`);
      return (await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => null))?.status === 200;
    };
    await until(isUp, () => `/health of\n${this.output}`, READY_MS);
  }

  /** As Ctrl-C does. */
  async stop(): Promise<void> {
    await this.end(() => process.kill(this.processes().script, "SIGTERM"));
  }

  /** `kill -9`, without a chance to tidy up. */
  async kill(what: "everything" | "npm" | "the script"): Promise<void> {
    const { npm, script, group } = this.processes();
    await this.end(() => {
      if (what === "everything") for (const each of [group, npm]) process.kill(-each, "SIGKILL");
      else process.kill(what === "npm" ? npm : script, "SIGKILL");
    });
  }

  /** `npm run …` against this server, to its end. */
  async run(...words: string[]): Promise<Ended> {
    return this.finish(this.command(["run", "-s", ...words]));
  }

  /** A shell script with this server's PORT and STATE_DIR, from the repository's root. */
  async shell(script: string): Promise<Ended> {
    const bash = spawn("bash", ["-s"], { cwd: ROOT, env: this.environment(), stdio: ["pipe", "pipe", "pipe"] });
    bash.stdin.end(script);
    return this.finish(bash);
  }

  /** The rows of each statement. */
  async query<Rows extends unknown[][]>(...statements: string[]): Promise<Rows> {
    const { code, output } = await this.run("db", "--", "--json", statements.join(";\n"));
    if (code !== 0) throw new Error(`db: ${output}`);
    return JSON.parse(output) as Rows;
  }

  async remove(): Promise<void> {
    if (this.npm?.exitCode === null && this.npm.signalCode === null) await this.stop();
    await rm(this.stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  /** Who has the state folder, as the server itself says. */
  private processes(): { npm: number; script: number; group: number } {
    const { pid, group } = JSON.parse(readFileSync(join(this.stateDir, "server.json"), "utf8"));
    return { npm: this.npm!.pid!, script: pid, group };
  }

  private async end(how: () => void): Promise<void> {
    const npm = this.npm!;
    const ended = npm.exitCode !== null || npm.signalCode !== null ? Promise.resolve() : once(npm, "exit");
    how();
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await until(() => over, "npm to end", STOP_MS);
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...newcomer(), PORT: String(this.port), STATE_DIR: this.stateDir };
  }

  private command(words: string[]): ChildProcess {
    const npm = spawn("npm", words, { cwd: ROOT, env: this.environment(), stdio: ["ignore", "pipe", "pipe"], detached: true });
    if (words[0] === "start")
      for (const stream of [npm.stdout, npm.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          this.output = (this.output + text).slice(-MAX_OUTPUT);
        });
    return npm;
  }

  private async finish(child: ChildProcess): Promise<Ended> {
    let output = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }
}
