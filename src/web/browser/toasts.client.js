// @ts-check
/** What is said at the edge of the page, to be read or let go by. */

const SHOWN_MS = 8000;
/** More at once are told as a number: a machine that slept has missed many. */
const MOST = 3;
const TOGETHER_MS = 300;
/** A cut that is over sooner is nobody's concern. */
const CUT_MS = 4000;

export class Toasts {
  #area = region("toasts");
  /** @type {string[]} */
  #coming = [];

  /** News of which there is a list at `href`. */
  add(/** @type {string} */ text, /** @type {string} */ href) {
    if (this.#coming.push(text) === 1) setTimeout(() => this.#show(href), TOGETHER_MS);
  }

  #show(/** @type {string} */ href) {
    if (document.hidden) return document.addEventListener("visibilitychange", () => this.#show(href), { once: true });
    const texts = this.#coming.splice(0);
    const shown = texts.length > MOST ? [`${texts.length} new notifications`] : texts;
    for (const text of shown) this.#area.append(toast(text, href));
    while (this.#area.childElementCount > MOST) this.#area.firstElementChild?.remove();
  }
}

/** @param {string} text @param {string} href */
function toast(text, href) {
  const box = element("div", "toast");
  const link = element("a");
  link.setAttribute("href", href);
  link.textContent = text;
  const dismiss = element("button", "dismiss");
  dismiss.setAttribute("type", "button");
  dismiss.setAttribute("aria-label", "Dismiss");
  dismiss.textContent = "×";
  dismiss.addEventListener("click", () => box.remove());
  box.append(link, dismiss);
  // It stays while it is pointed at or holds the focus.
  const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, SHOWN_MS) : box.remove());
  setTimeout(leave, SHOWN_MS);
  return box;
}

/** A line that says that we are cut off, once that has lasted. */
export class ConnectionLine {
  #line = region("connection");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  show(/** @type {import("./frames.d.ts").State} */ state) {
    if (state === "open" || state === "closed" || state === "over" || state === "stopped") {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#line.textContent = "";
    } else
      this.#timer ??= setTimeout(() => {
        this.#line.textContent = "Offline: reconnecting…";
      }, CUT_MS);
  }
}

/** It has to be there before something is put in, or that is not read out. @param {string} name */
function region(name) {
  const area = element("div", name);
  area.setAttribute("role", "status");
  document.body.append(area);
  return area;
}

/** @param {string} kind @param {string} [name] */
function element(kind, name) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  return made;
}
