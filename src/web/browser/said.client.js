// @ts-check
/** What an answer said is said once, and was said to us: where we go on to another page, that has to say it. */

const KEY = "said";

/** @param {Document} fresh the answer */
export function keepSaid(fresh) {
  const notice = fresh.querySelector("#flash > .notice");
  if (!notice) return;
  const kind = notice.classList.contains("bad") ? "bad" : "good";
  storage()?.setItem(KEY, JSON.stringify({ kind, text: notice.textContent }));
}

/** @returns {{ kind?: "good" | "bad", text?: string }} */
export function takeSaid() {
  const kept = JSON.parse(storage()?.getItem(KEY) ?? "{}");
  storage()?.removeItem(KEY);
  return kept;
}

/** A browser may be set to have none. */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
