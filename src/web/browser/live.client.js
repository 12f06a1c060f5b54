// @ts-check
import { hasChanges, morph } from "./morph.client.js";
import { keepSaid } from "./said.client.js";
import { tellTimes } from "./times.client.js";

/** The page as it is shown, and how it is brought up to what the server would show now: it is asked for again, and its parts are taken over. */

/** What comes together is asked for together. */
const TOGETHER_MS = 120;
const AGAIN_MS = 5000;
const SAID_MS = 8000;
/** What went wrong covers what scrolls under it for so long, and stays at the top of the page. */
const COVERS_MS = 6000;
const LIVE = "[data-live][id]";

export class Page {
  /** The event that the page shows already; what came before it asks for nothing. */
  #shown = seqOf(document);
  /** The newest event that the page has to show. */
  #needed = this.#shown;
  /** Whatever it shows. */
  #must = false;
  #asking = false;
  /** When the last answer was taken, in ms since the epoch. */
  #takenAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #saying;
  #title = document.title;
  #unseen = 0;
  /** @type {(fresh: Document, asked: number) => void} */
  #prepare;

  /** @param {{ prepare: (fresh: Document, asked: number) => void }} options `prepare` may change an answer that was asked for at `asked` */
  constructor({ prepare }) {
    this.#prepare = prepare;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#isBehind()) this.#schedule(0);
    });
    this.#showTitle();
  }

  /** Something happened that the page may have to show. @param {import("./frames.d.ts").DurableFrame} frame */
  heard({ type, seq }) {
    if (seq <= this.#shown) return;
    const concerns = [...document.querySelectorAll(LIVE)].some((part) => part.getAttribute("data-live")?.split(" ").includes(type));
    // How pages look is in the frame of each of them.
    if (!concerns && type !== "preferences_update") return;
    this.#needed = Math.max(this.#needed, seq);
    if (document.hidden && type === "notification") {
      this.#unseen++;
      this.#showTitle();
    }
    this.#schedule(TOGETHER_MS);
  }

  /** Asks for the page whatever it shows. */
  reload() {
    this.#must = true;
    this.#schedule(0);
  }

  /** Shows what a form led to, which is this page. `form` starts anew. @param {Answer} answer @param {HTMLFormElement} form */
  adopt(answer, form) {
    this.#clearFlash();
    this.#take(answer, { whole: true, done: form });
  }

  /** Shows an answer in this page's place: a form that was refused, or why there is nothing to show. @param {Answer} answer @param {HTMLFormElement} [form] */
  showInstead(answer, form) {
    this.#clearFlash();
    this.#take(answer, { whole: true, done: form });
    const main = element("content");
    const wrong = main?.querySelector("[aria-invalid=true]") ?? main;
    if (wrong instanceof HTMLElement) wrong.focus();
    if (wrong === main) scrollTo(0, 0);
  }

  /** Says how it went, where the answer of a form would. */
  say(/** @type {"good" | "bad"} */ kind, /** @type {string} */ text) {
    const notice = document.createElement("p");
    notice.className = `notice ${kind}`;
    notice.textContent = text;
    this.#flash(notice);
  }

  #isBehind() {
    return this.#must || this.#needed > this.#shown;
  }

  #schedule(/** @type {number} */ ms) {
    if (document.hidden || this.#asking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), ms);
  }

  async #ask() {
    // What a form led to may have shown it already.
    if (!this.#isBehind()) return;
    this.#asking = true;
    const { must, needed } = { must: this.#must, needed: this.#needed };
    this.#must = false;
    const answer = await ask(location.href).catch(() => null);
    this.#asking = false;
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      this.#must ||= must;
      return this.#schedule(AGAIN_MS);
    }
    if (isElsewhere(answer)) {
      keepSaid(answer.fresh);
      return location.assign(answer.url);
    }
    // A form was answered meanwhile, and this may be from before.
    if (answer.asked < this.#takenAt) {
      this.#must ||= must;
      return this.#schedule(0);
    }
    // What was known when we asked is in the answer, whether it says so or not.
    this.#shown = Math.max(this.#shown, needed);
    if (answer.status === 200 || !WAS_GOOD || hasChanges(document)) this.#take(answer);
    else this.showInstead(answer);
    if (this.#isBehind()) this.#schedule(TOGETHER_MS);
  }

  /** @param {Answer} answer @param {{ whole?: boolean, done?: HTMLFormElement | undefined }} [how] `whole`: all content, not the live parts alone */
  #take({ fresh, asked, status }, { whole = false, done } = {}) {
    if (isAnothers(fresh, status)) return location.reload();
    this.#takenAt = Date.now();
    this.#prepare(fresh, asked);
    tellTimes(fresh);
    this.#shown = Math.max(this.#shown, seqOf(fresh));
    const said = fresh.querySelector("#flash > *");
    const focused = document.activeElement;
    const around = focused ? parentsOf(focused) : [];
    const row = focused?.closest("li");
    const list = row?.parentElement;
    const at = [...(list?.children ?? [])].indexOf(/** @type {Element} */ (row));
    for (const [old, part] of partsOf(fresh, whole)) morph(old, part, done);
    if (said instanceof HTMLElement) this.#flash(said);
    copyLook(fresh);
    if (focused && !focused.isConnected) focusOne(around, list, at);
    if (whole || status === 200) this.#title = fresh.title;
    this.#unseen = 0;
    this.#showTitle();
  }

  #clearFlash() {
    element("flash")?.replaceChildren();
  }

  /** Put in anew, so that the same words are read out again. */
  #flash(/** @type {HTMLElement} */ notice) {
    this.#clearFlash();
    const place = element("flash");
    place?.classList.add("in-place");
    requestAnimationFrame(() => place?.replaceChildren(notice));
    clearTimeout(this.#saying);
    const isGood = notice.classList.contains("good");
    this.#saying = setTimeout(() => (isGood ? notice.remove() : place?.classList.remove("in-place")), isGood ? SAID_MS : COVERS_MS);
  }

  #showTitle() {
    const badge = element("unread-count")?.firstChild?.textContent ?? "";
    const unread = /^\d+$/.test(badge) || badge === "" ? String(Number(badge) + this.#unseen) : badge;
    const title = unread === "0" ? this.#title : `(${unread}) ${this.#title}`;
    if (document.title !== title) document.title = title;
  }
}

/**
 * @typedef {object} Answer
 * @property {string} url where it led
 * @property {boolean} redirected
 * @property {number} status
 * @property {number} asked when, in ms since the epoch
 * @property {Document} fresh
 */

/** @param {string} url @param {RequestInit} [init] @returns {Promise<Answer>} */
export async function ask(url, init = {}) {
  const asked = Date.now();
  const answer = await fetch(url, { headers: { accept: "text/html" }, ...init });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { url: answer.url, redirected: answer.redirected, status: answer.status, asked, fresh };
}

/** It is of another page than this one: that of logging in, for example. */
export const isElsewhere = (/** @type {Answer} */ { url }) => addressOf(url) !== addressOf(location.href);

/** Pages are at two addresses, with a slash at their end and without. */
function addressOf(/** @type {string} */ url) {
  const { origin, pathname, search } = new URL(url);
  return origin + pathname.replace(/\/$/, "") + search;
}

const element = (/** @type {string} */ id) => document.getElementById(id);
const seqOf = (/** @type {Document} */ page) => Number(page.body.dataset.seq ?? 0);

/** Somebody else has logged in meanwhile, in another tab: nothing here is theirs. A refusal may be made for nobody. @param {Document} fresh @param {number} status */
function isAnothers(fresh, status) {
  const { user } = fresh.body.dataset;
  return user !== document.body.dataset.user && (user !== undefined || status === 200);
}

/** The address of what a form answered when it was refused may be none to ask for. */
const WAS_GOOD = performance
  .getEntriesByType("navigation")
  .every((entry) => !(entry instanceof PerformanceNavigationTiming) || (entry.responseStatus ?? 200) < 300);

/** What is to be made like what; parts of others go with these. @param {Document} fresh @param {boolean} whole */
function partsOf(fresh, whole) {
  const ids = [...document.querySelectorAll(whole ? `${LIVE}, #content` : LIVE)].map((part) => part.id);
  const pairs = ids.flatMap((id) => {
    const [old, part] = [element(id), fresh.getElementById(id)];
    return old && part ? [/** @type {const} */ ([old, part])] : [];
  });
  return pairs.filter(([, part]) => !pairs.some(([, other]) => other !== part && other.contains(part)));
}

/** Theme and size of type. @param {Document} fresh */
function copyLook({ documentElement: fresh, head }) {
  const root = document.documentElement;
  for (const name of ["data-theme", "data-font"])
    if (fresh.hasAttribute(name)) root.setAttribute(name, fresh.getAttribute(name) ?? "");
    else root.removeAttribute(name);
  const scheme = head.querySelector("meta[name=color-scheme]")?.getAttribute("content");
  if (scheme) document.querySelector("meta[name=color-scheme]")?.setAttribute("content", scheme);
}

/** @returns {HTMLElement[]} from the inside out */
function parentsOf(/** @type {Element} */ inner) {
  const parents = [];
  for (let each = inner.parentElement; each; each = each.parentElement) parents.push(each);
  return parents;
}

/**
 * What had the focus is gone: the keyboard goes on from the row of `list` that is now where it was, else from what was around it.
 *
 * @param {HTMLElement[]} around @param {HTMLElement | null | undefined} list @param {number} at
 */
function focusOne(around, list, at) {
  const place = around.find((each) => each.isConnected && each !== document.body);
  const next = place === list && (list?.children[at] ?? list?.lastElementChild)?.querySelector("a[href], button");
  if (next instanceof HTMLElement) return next.focus();
  if (!place) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
