import { createInterface } from "node:readline";
import { fromShell, optionalSecrets } from "./dev-vars.mjs";
import { sleep, within } from "./settings.mjs";
import { Wrangler } from "./wrangler.mjs";

const READY_MS = 120_000;
const ANSWER_MS = 2000;
/** A crashed runtime is started again by wrangler; after so long without an answer it did not work out. */
const RECOVERY_MS = 6000;

/** The Worker logs each request itself. */
const REQUEST_LINE = /^\[wrangler:info\] [A-Z]+ \//;
const CRASH_LINE = /runtime crashed unexpectedly/;
const ERROR_LINE = /\bERROR\b/;

/** `wrangler dev`, until it ends or hangs. What it says while it starts is kept back: it is only worth reading if it fails. */
export class Server {
  #settings;
  #wrangler;
  #ended = false;
  #held = [];
  #live = false;
  #hasFallenSilent;
  #silent = new Promise((done) => {
    this.#hasFallenSilent = () => done("silent");
  });

  constructor(settings) {
    this.#settings = settings;
    const { port, stateDir } = settings;
    const where = ["--port", String(port), "--inspector-port", "0", "--persist-to", stateDir];
    const vars = { ENVIRONMENT: "development", ...optionalSecrets(), ...fromShell() };
    const how = [...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]), "--show-interactive-dev-session=false"];
    this.#wrangler = new Wrangler(["dev", "--local", ...where, ...how], stateDir);
    void this.#wrangler.ended.then(() => {
      this.#ended = true;
    });
    this.#relay(this.#wrangler.stdout, process.stdout);
    this.#relay(this.#wrangler.stderr, process.stderr);
  }

  get group() {
    return this.#wrangler.group;
  }

  /** Resolves with what became of it: "ready", "ended" or "silent". */
  async start() {
    await within(READY_MS, async () => this.#ended || (await this.#answers()));
    const state = this.#ended ? "ended" : (await this.#answers()) ? "ready" : "silent";
    if (state !== "ready") this.#show();
    this.#held = [];
    this.#live = true;
    return state;
  }

  /** Resolves when it serves no longer: with "ended", or with "silent" when a crash left it without an answer. */
  failure() {
    return Promise.race([this.#wrangler.ended.then(() => "ended"), this.#silent]);
  }

  stop(patience) {
    return this.#wrangler.stop(patience);
  }

  async #answers() {
    const address = `http://localhost:${this.#settings.port}/health`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null);
    return answer?.status === 200;
  }

  async #afterCrash() {
    await sleep(ANSWER_MS);
    if (!(await within(RECOVERY_MS, () => this.#answers()))) this.#hasFallenSilent();
  }

  #relay(from, to) {
    createInterface({ input: from }).on("line", (line) => {
      if (CRASH_LINE.test(line)) void this.#afterCrash();
      if (REQUEST_LINE.test(line)) return;
      if (this.#live) return void to.write(`${line}\n`);
      this.#held.push({ line, to });
      // A source file that does not compile: wrangler waits for a better one, and so do we.
      if (ERROR_LINE.test(line)) this.#show();
    });
  }

  #show() {
    this.#live = true;
    for (const { line, to } of this.#held.splice(0)) to.write(`${line}\n`);
  }
}
