// @ts-check
/** The dots that say how people are, kept true. Who shows nothing has none, and gets none. */

/** @typedef {import("./frames.d.ts").Status} Status */

export class Presence {
  /** How each was last heard to be, and when. @type {Map<number, { status: Status, at: number }>} */
  #heard = new Map();

  /** @param {import("./frames.d.ts").Heard["status_update"]} frame */
  update({ user_id, status, is_online }) {
    this.#set(user_id, is_online ? status : "offline");
  }

  /** The opening says who of one's friends is there. Of who is not, only those are friends for certain who were before. */
  opening(/** @type {number[]} */ there) {
    for (const [id, { status }] of this.#heard) if (status !== "offline" && !there.includes(id)) this.#set(id, "offline");
    for (const id of there) {
      const shown = document.querySelector(dotOf(id))?.getAttribute("data-status") ?? "offline";
      this.#set(id, shown === "offline" ? "online" : /** @type {Status} */ (shown));
    }
  }

  /** Sets the dots of a page that was asked for at `asked` to what has been heard since. */
  apply(/** @type {ParentNode} */ root, /** @type {number} */ asked) {
    for (const [id, { status, at }] of this.#heard) if (at >= asked) show(root, id, status);
  }

  /** @param {number} id @param {Status} status */
  #set(id, status) {
    this.#heard.set(id, { status, at: Date.now() });
    show(document, id, status);
  }
}

const dotOf = (/** @type {number} */ id) => `[data-presence="${id}"]`;

/** @param {ParentNode} root @param {number} id @param {Status} status */
function show(root, id, status) {
  for (const dot of root.querySelectorAll(dotOf(id))) {
    dot.setAttribute("data-status", status);
    const word = dot.querySelector(".word");
    if (word && word.textContent !== status) word.textContent = status;
  }
}
