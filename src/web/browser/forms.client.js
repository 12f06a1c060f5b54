// @ts-check
import { ask, isElsewhere } from "./live.client.js";
import { keepSaid, takeSaid } from "./said.client.js";

/**
 * Forms: sent once, asked about where it matters (`data-confirm`), and in place (`data-in-place`) where the page that they lead to is the one that
 * one is on. Attributes are asked for by name: a field called "action" hides the form's property of that name.
 */

/** A form may lead to a file, and then this page stays. */
const SENDING_MS = 4000;
/** What stands between us and the server may answer in our place. */
const FAILED = "That did not work. Try again in a moment.";
const OFFLINE = "That did not reach us. Are you online? Try again in a moment.";

export class Forms {
  #page;
  #answered;
  /** @type {WeakSet<HTMLFormElement>} */
  #agreed = new WeakSet();

  /** @param {import("./live.client.js").Page} page @param {() => void} answered is told that the server can be reached */
  constructor(page, answered) {
    this.#page = page;
    this.#answered = answered;
    document.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "file") weigh(target);
    });
    document.addEventListener("submit", (event) => this.#submit(event));
    window.addEventListener("pageshow", ({ persisted }) => {
      if (persisted) for (const form of document.forms) free(form);
    });
    window.addEventListener("popstate", ({ state }) => {
      if (state?.reloads) location.reload();
    });
    const { kind, text } = takeSaid();
    if (kind && text) page.say(kind, text);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const { target: form, submitter } = event;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
    const question = form.getAttribute("data-confirm");
    if (question !== null && !this.#agreed.has(form)) {
      event.preventDefault();
      return confirmed(question, submitter?.textContent ?? "Yes", () => {
        this.#agreed.add(form);
        form.requestSubmit(/** @type {HTMLElement | null} */ (submitter));
      });
    }
    this.#agreed.delete(form);
    form.setAttribute("aria-busy", "true");
    if (form.hasAttribute("data-in-place")) {
      event.preventDefault();
      void this.#send(form, submitter);
    } else setTimeout(() => free(form), SENDING_MS);
  }

  /** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
  async #send(form, submitter) {
    const fields = new FormData(form, submitter);
    const upload = form.getAttribute("enctype") === "multipart/form-data";
    const body = upload ? fields : new URLSearchParams(/** @type {[string, string][]} */ ([...fields]));
    const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    const answer = await ask(action, { method: "POST", body }).catch(() => null);
    free(form);
    if (answer) this.#answered();
    if (!answer) this.#page.say("bad", OFFLINE);
    else if (answer.fresh.getElementById("content")) this.#show(answer, form);
    else this.#page.say("bad", FAILED);
  }

  /** @param {import("./live.client.js").Answer} answer @param {HTMLFormElement} form */
  #show(answer, form) {
    if (answer.redirected && isElsewhere(answer)) {
      keepSaid(answer.fresh);
      return location.assign(answer.url);
    }
    if (answer.redirected && answer.status === 200) return this.#page.adopt(answer, form);
    const again = [...answer.fresh.forms].some((other) => other.getAttribute("action") === form.getAttribute("action"));
    if (!again) leaveWayBack();
    this.#page.showInstead(answer, form);
  }
}

/** From a page that only says why not, the browser's way back leads to the one before it, as it is then. */
function leaveWayBack() {
  history.replaceState({ reloads: true }, "");
  history.pushState({ reloads: true }, "");
}

/** Says at once what the server would say of a file after it had been sent. @param {HTMLInputElement} field */
function weigh(field) {
  const { maxBytes = "Infinity", tooLarge = "" } = field.dataset;
  const fits = [...(field.files ?? [])].every(({ size }) => size <= Number(maxBytes));
  field.setCustomValidity(fits ? "" : tooLarge);
  field.reportValidity();
}

const free = (/** @type {HTMLFormElement} */ form) => form.removeAttribute("aria-busy");

/** Asks, and does it on yes. Escape is no. @param {string} question @param {string} yes @param {() => void} act */
function confirmed(question, yes, act) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "question");
  const text = document.createElement("p");
  text.id = "question";
  text.textContent = question;
  const acts = document.createElement("div");
  acts.className = "acts";
  acts.append(button("Cancel", "secondary", ""), button(yes, "danger", "yes"));
  const choice = document.createElement("form");
  choice.setAttribute("method", "dialog");
  choice.append(text, acts);
  dialog.append(choice);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") act();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} text @param {string} kind @param {string} value */
function button(text, kind, value) {
  const made = document.createElement("button");
  made.textContent = text;
  made.className = kind;
  made.value = value;
  return made;
}
