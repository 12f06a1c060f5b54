// @ts-check
/**
 * A client of Kith's socket: what happens to one person, in order and each thing once, through cuts, deploys and a machine's sleep. It knows
 * no page: it runs in browsers, and in Node from 22 on.
 *
 *     const socket = new KithSocket({ url: "wss://kith.example/ws/main/", since: 41, credentials: async () => ({ token: await access() }) });
 *     socket.on("friend_request", ({ request }) => console.log(request.sender.username));
 *     socket.open();
 *
 * @typedef {import("./frames.d.ts").Heard} Heard
 * @typedef {import("./frames.d.ts").State} State
 * @typedef {import("./frames.d.ts").Options} Options
 */

/** Close codes that ask for something. */
const CLOSE = { goingAway: 1001, comeBack: 1012, sessionOver: 4401, tokenExpired: 4408, tooManySockets: 4409 };
const CUT = 1006;
/** `readyState` */
const OPEN = 1;

const MOST_MS = 30_000;
const FIRST_MS = 1000;
/** A deploy cuts everybody at once: they come back over this long. */
const DEPLOY_MS = 2000;
/** A socket that was open for so long was a good one: trying starts anew. */
const GOOD_MS = 10_000;
/** Nothing heard for so long: is it still there? */
const SILENCE_MS = 25_000;
const ANSWER_MS = 10_000;
/** After a sleep it is probably not, and somebody waits. */
const WAKING_MS = 5000;

/** How long to wait before the next try: full jitter, over a time that doubles. */
export function delayBefore(/** @type {number} */ attempt, /** @type {number} */ code, random = Math.random) {
  const deploy = attempt === 0 && (code === CLOSE.comeBack || code === CLOSE.goingAway);
  return random() * (deploy ? DEPLOY_MS : Math.min(MOST_MS, FIRST_MS * 2 ** attempt));
}

/**
 * Where an event stands after the last one that one has.
 *
 * @returns {"had" | "next" | "gap"}
 */
export function placeOf(/** @type {number} */ seq, /** @type {number | null} */ last) {
  if (last === null || seq === last + 1) return "next";
  return seq <= last ? "had" : "gap";
}

export class KithSocket {
  /** @type {State} */
  state = "closed";
  /** The last event that was heard; null until it is known. @type {number | null} */
  seq;
  /** Whose socket it is, once it is open. @type {number | null} */
  user = null;

  /** @type {Required<Omit<Options, "refresh">> & Pick<Options, "refresh">} */
  #options;
  /** @type {Map<string, Set<(what: never) => void>>} */
  #handlers = new Map();
  /** @type {WebSocket | null} */
  #link = null;
  /** What is due for the current link, or before the next one. @type {unknown} */
  #timer;
  #attempt = 0;
  #openedAt = 0;
  #refreshed = false;
  /** Counts what we set out to do: an answer to something older is not waited for any more. */
  #turn = 0;

  /** @param {Options} options */
  constructor(options) {
    this.#options = {
      since: null,
      keep: () => {},
      credentials: () => ({}),
      connect: (url) => new WebSocket(url),
      timers: { set: (act, ms) => setTimeout(act, ms), clear: (timer) => clearTimeout(timer) },
      now: Date.now,
      random: Math.random,
      ...options,
    };
    this.seq = this.#options.since;
  }

  /**
   * Calls `handler` for each frame of a type, for `"event"` (all durable ones), `"state"` or `"reload"`.
   *
   * @template {keyof Heard} Type
   * @param {Type} type
   * @param {(what: Heard[Type]) => void} handler
   * @returns {() => void} takes it away
   */
  on(type, handler) {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** Connects, and stays connected; also after it was closed, stopped or over. */
  open() {
    if (!["closed", "stopped", "over"].includes(this.state)) return;
    this.#attempt = 0;
    this.#refreshed = false;
    void this.#connect();
  }

  close() {
    this.#letGo();
    this.#become("closed");
  }

  /** The machine may have slept, or the network is back: what waits is tried at once, what seems open is asked whether it is. */
  wake() {
    if (this.state === "waiting") void this.#connect();
    if (this.state === "open") this.#ask(WAKING_MS);
  }

  /**
   * @param {import("./frames.d.ts").ClientFrame} frame
   * @returns {boolean} false if there is no open socket to say it on
   */
  send(frame) {
    if (this.state !== "open" || this.#link?.readyState !== OPEN) return false;
    this.#link.send(JSON.stringify(frame));
    return true;
  }

  async #connect() {
    const turn = this.#letGo();
    this.#become("connecting");
    const { credentials, connect, url } = this.#options;
    try {
      const given = await credentials();
      if (turn !== this.#turn) return;
      if (given === null) return this.#become("over");
      const address = new URL(url);
      for (const [name, value] of Object.entries(given)) address.searchParams.set(name, value);
      if (this.seq !== null) address.searchParams.set("since", String(this.seq));
      this.#listen(connect(address.href));
    } catch {
      if (turn === this.#turn) this.#wait(CUT);
    }
  }

  #listen(/** @type {WebSocket} */ link) {
    this.#link = link;
    const current = () => link === this.#link;
    link.onmessage = ({ data }) => {
      if (!current()) return;
      if (this.state === "open") this.#after(SILENCE_MS, () => this.#ask(ANSWER_MS));
      this.#hear(data);
    };
    link.onclose = ({ code }) => {
      if (current()) this.#closed(code);
    };
    this.#after(ANSWER_MS, () => this.#wait(CUT));
  }

  /** @param {unknown} data */
  #hear(data) {
    const frame = parsed(data);
    if (frame?.type === "resume") return this.#resume(frame);
    if (frame?.type === "status_update" && this.state === "connecting") this.user = frame.user_id;
    if (typeof frame?.seq === "number") return this.#take(frame);
    if (frame) this.#tell(frame.type, frame);
  }

  #resume(/** @type {Frame} */ { from, seq, complete }) {
    this.#openedAt = this.#options.now();
    this.#refreshed = false;
    this.seq = complete ? from : seq;
    this.#after(SILENCE_MS, () => this.#ask(ANSWER_MS));
    this.#become("open");
    if (complete) return;
    this.#tell("reload", seq);
    this.#options.keep(seq);
  }

  #take(/** @type {Frame} */ frame) {
    const place = placeOf(frame.seq, this.seq);
    if (place === "had") return;
    if (place === "gap") return this.#wait(CUT);
    this.seq = frame.seq;
    this.#tell(frame.type, frame);
    this.#tell("event", frame);
    this.#options.keep(frame.seq);
  }

  #closed(/** @type {number} */ code) {
    if (code === CLOSE.tooManySockets) {
      this.#letGo();
      this.#become("stopped");
    } else if (code === CLOSE.sessionOver || code === CLOSE.tokenExpired) void this.#refresh(code);
    else this.#wait(code);
  }

  /** A browser whose cookie has run out comes without one: to be refused says the same as that it ran out, the first time. */
  async #refresh(/** @type {number} */ code) {
    const turn = this.#letGo();
    const { refresh } = this.#options;
    const refused = code === CLOSE.sessionOver;
    if (refused && (!refresh || this.#refreshed)) return this.#become("over");
    if (!refresh || this.#refreshed) return this.#wait(code);
    this.#become("refreshing");
    try {
      const good = await refresh();
      if (turn !== this.#turn) return;
      if (!good) return this.#become("over");
      this.#refreshed = true;
      void this.#connect();
    } catch {
      if (turn === this.#turn) this.#wait(code);
    }
  }

  #wait(/** @type {number} */ code) {
    const wasGood = this.state === "open" && this.#options.now() - this.#openedAt > GOOD_MS;
    this.#letGo();
    const attempt = wasGood ? 0 : this.#attempt;
    this.#attempt = attempt + 1;
    this.#refreshed = false;
    this.#become("waiting");
    this.#after(delayBefore(attempt, code, this.#options.random), () => void this.#connect());
  }

  /** The hub answers this without waking up. */
  #ask(/** @type {number} */ ms) {
    try {
      this.#link?.send("ping");
    } catch {}
    this.#after(ms, () => this.#wait(CUT));
  }

  /** Listens to the current link no longer, and waits for nothing. A dead one may take minutes to close: nobody waits for that. */
  #letGo() {
    const link = this.#link;
    this.#link = null;
    this.#options.timers.clear(/** @type {never} */ (this.#timer));
    if (link?.readyState === OPEN) link.close();
    // Closing it before it is open would make browsers complain.
    else if (link) link.onopen = () => link.close();
    return ++this.#turn;
  }

  #after(/** @type {number} */ ms, /** @type {() => void} */ act) {
    const { timers } = this.#options;
    timers.clear(/** @type {never} */ (this.#timer));
    this.#timer = timers.set(act, ms);
  }

  #become(/** @type {State} */ state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell("state", state);
  }

  /** Who fails at one event hears the next all the same. */
  #tell(/** @type {string} */ type, /** @type {unknown} */ what) {
    for (const handler of this.#handlers.get(type) ?? [])
      try {
        handler(/** @type {never} */ (what));
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
  }
}

/** @typedef {{ type: string, seq: number, from: number, complete: boolean, user_id: number }} Frame */

/** @returns {Frame | null} */
function parsed(/** @type {unknown} */ data) {
  try {
    const frame = JSON.parse(String(data));
    return typeof frame?.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
