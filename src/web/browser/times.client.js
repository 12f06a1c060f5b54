// @ts-check
/** Moments by the clock and in the manner of this machine; what has just been is told by how long ago. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
/** A date of the calendar is that date everywhere. */
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
// Words are the page's, for they stand in its sentences.
const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });

export function tellTimes(/** @type {ParentNode} */ root, now = Date.now()) {
  for (const time of root.querySelectorAll("time[data-time]")) {
    const at = time.getAttribute("datetime") ?? "";
    const isDate = time.getAttribute("data-time") === "date";
    const text = isDate ? dateText(at) : momentText(at, now);
    if (text !== null && time.textContent !== text) time.textContent = text;
    if (text !== null && !isDate) time.setAttribute("title", moment.format(new Date(at)));
  }
}

/** Null if it is none. */
function dateText(/** @type {string} */ at) {
  if (Number.isNaN(Date.parse(at))) return null;
  return (at.includes("T") ? day : calendar).format(new Date(at));
}

function momentText(/** @type {string} */ at, /** @type {number} */ now) {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return null;
  const age = now - ms;
  // Clocks differ by a little.
  if (age < -MINUTE_MS || age >= DAY_MS) return moment.format(ms);
  if (age < MINUTE_MS) return "just now";
  return age < HOUR_MS ? ago.format(-Math.floor(age / MINUTE_MS), "minute") : ago.format(-Math.floor(age / HOUR_MS), "hour");
}

export function keepTimes() {
  tellTimes(document);
  const again = () => {
    if (!document.hidden) tellTimes(document);
  };
  setInterval(again, MINUTE_MS / 2);
  document.addEventListener("visibilitychange", again);
}
