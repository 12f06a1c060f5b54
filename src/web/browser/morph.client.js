// @ts-check
/**
 * Makes a part of the page say what a newer one says, by changing only what differs: what stays is the same element, with its focus, its
 * place in a scrolled list and its open details, and a form that somebody is filling in stays as it is.
 */

/** What script or the person sets, and no answer knows of. */
const OURS = new Set(["open", "aria-busy", "tabindex"]);

/**
 * @param {Element} old
 * @param {Element} fresh its nodes move to the page
 * @param {Element} [done] a form that was sent: it starts anew
 */
export function morph(old, fresh, done) {
  if (old === done) return startAnew(old, fresh);
  if (isBeingFilled(old)) return carryAlong(old, fresh);
  copyAttributes(old, fresh);
  if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    if (old.type !== "file") old.value = fresh.value;
    old.checked = fresh.checked;
  } else if (old instanceof HTMLTextAreaElement) old.value = old.defaultValue = fresh.textContent ?? "";
  else morphChildren(old, fresh, done);
}

/** What had the focus in it has it again. @param {Element} old @param {Element} fresh */
function startAnew(old, fresh) {
  const { activeElement: focused } = document;
  const at = focused ? [...old.querySelectorAll("*")].indexOf(focused) : -1;
  old.replaceWith(fresh);
  const same = fresh.querySelectorAll("*")[at];
  if (same instanceof HTMLElement && same.nodeName === focused?.nodeName) same.focus({ preventScroll: true });
}

/** @param {Element} old @param {Element} fresh @param {Element | undefined} done */
function morphChildren(old, fresh, done) {
  const wanted = [...fresh.childNodes];
  const { kept, gone } = pairUp([...old.childNodes], wanted);
  for (const node of gone) node.remove();
  let at = old.firstChild;
  for (const node of wanted) {
    const stays = kept.get(node);
    if (stays === undefined) old.insertBefore(node, at);
    else {
      if (stays === at) at = at.nextSibling;
      else old.insertBefore(stays, at);
      if (stays instanceof Element) morph(stays, /** @type {Element} */ (node), done);
      else if (stays.nodeValue !== node.nodeValue) stays.nodeValue = node.nodeValue;
    }
  }
}

/** Which old node is which new one: the next that is called the same. @param {ChildNode[]} old @param {ChildNode[]} fresh */
function pairUp(old, fresh) {
  const waiting = Map.groupBy(old, nameOf);
  /** @type {Map<ChildNode, ChildNode>} */
  const kept = new Map();
  for (const node of fresh) {
    const match = waiting.get(nameOf(node))?.shift();
    if (match) kept.set(node, match);
  }
  return { kept, gone: [...waiting.values()].flat() };
}

/** A row of a list is known by where it leads or what can be done with it: after it has gone, its button must not be another's. */
function nameOf(/** @type {ChildNode} */ node) {
  if (!(node instanceof Element)) return node.nodeName;
  const about = node.localName === "li" ? (node.querySelector("[href], [action]") ?? node) : node;
  const own = ["id", "aria-labelledby", "name", "href", "action"].map((name) => node.getAttribute(name) ?? about.getAttribute(name));
  return [node.nodeName, ...own, node.getAttribute("type")].join(" ");
}

/** @param {Element} old @param {Element} fresh */
function copyAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes])
    if (old.getAttribute(name) !== value && !OURS.has(name)) old.setAttribute(name, value);
}

const FIELDS = "input:not([type=hidden], [type=submit], [type=button]), textarea, select";

/** Somebody is in one of its fields, or has changed one. */
function isBeingFilled(/** @type {Element} */ element) {
  if (!element.matches(`form, ${FIELDS}`)) return false;
  const fields = element.localName === "form" ? [...element.querySelectorAll(FIELDS)] : [element];
  return fields.some((field) => field === document.activeElement || isChanged(field));
}

/** What was filled in stays, and is a change of what stands there now, where that is what stood there before: the hidden fields then say so. */
function carryAlong(/** @type {Element} */ old, /** @type {Element} */ fresh) {
  if (standing(old) !== standing(fresh)) return;
  const hidden = (/** @type {Element} */ form) => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=hidden]"));
  const now = new Map([...hidden(fresh)].map(({ name, value }) => [name, value]));
  for (const field of hidden(old)) field.value = now.get(field.name) ?? field.value;
}

/** What the fields of a form said when it came. */
function standing(/** @type {Element} */ form) {
  const said = (/** @type {Element} */ field) =>
    field instanceof HTMLSelectElement
      ? [...field.options].map(({ value, defaultSelected }) => [value, defaultSelected])
      : field instanceof HTMLInputElement
        ? [field.defaultValue, field.defaultChecked]
        : [/** @type {HTMLTextAreaElement} */ (field).defaultValue];
  return JSON.stringify([...form.querySelectorAll(FIELDS)].map((field) => [field.getAttribute("name"), said(field)]));
}

/** Something in there is half typed. */
export const hasChanges = (/** @type {ParentNode} */ root) => [...root.querySelectorAll(FIELDS)].some(isChanged);

function isChanged(/** @type {Element} */ field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    const first = !field.multiple && !options.some((option) => option.defaultSelected) ? options[0] : null;
    return options.some((option) => option.selected !== (option.defaultSelected || option === first));
  }
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
  if (!(field instanceof HTMLInputElement)) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.type === "file" ? field.value !== "" : field.value !== field.defaultValue;
}
