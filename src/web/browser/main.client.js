// @ts-check
import { Forms } from "./forms.client.js";
import { Page } from "./live.client.js";
import { Presence } from "./presence.client.js";
import { KithSocket } from "./socket.client.js";
import { keepTimes } from "./times.client.js";
import { ConnectionLine, Toasts } from "./toasts.client.js";

/** Pages work without this; with it they come alive. */

document.documentElement.dataset.script = "on";
const { user, seq } = document.body.dataset;

const presence = new Presence();
const page = new Page({ prepare: (fresh, asked) => presence.apply(fresh, asked) });
const socket = user === undefined ? null : listen(Number(user), Number(seq));
new Forms(page, () => socket?.wake());
keepTimes();
closeMenus();

/** One socket, from where the page was made, so that nothing in between is missed. @param {number} me @param {number} since */
function listen(me, since) {
  const socket = new KithSocket({ url: `${location.origin.replace(/^http/, "ws")}/ws/main/`, since, refresh });
  const toasts = new Toasts();
  const line = new ConnectionLine();

  socket.on("event", (frame) => page.heard(frame));
  socket.on("notification", ({ notification }) => toasts.add(notification.text, "/notifications"));
  socket.on("status_update", (frame) => presence.update(frame));
  socket.on("group_users", ({ users }) => presence.opening(users));
  socket.on("reload", () => page.reload());
  socket.on("state", (state) => {
    line.show(state);
    // The page itself leads to where one logs in, or to what visitors see of it.
    if (state === "over") page.reload();
    if (state === "open" && socket.user !== me) location.reload();
  });

  const look = () => {
    if (document.hidden) return;
    if (socket.state === "stopped") socket.open();
    socket.wake();
  };
  window.addEventListener("online", () => socket.wake());
  document.addEventListener("visibilitychange", look);
  // A page that the browser keeps for going back comes back as it was.
  window.addEventListener("pagehide", () => socket.close());
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) socket.open();
  });
  socket.open();
  return socket;
}

/** Tabs that do this together get the same pair. False: one has to log in. */
async function refresh() {
  const { ok, status } = await fetch("/api/auth/refresh/", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: "{}",
  });
  if (ok) return true;
  if ([400, 401, 403].includes(status)) return false;
  throw new Error(`refresh: ${status}`);
}

/** On Escape, which leads back to what opened it, and when something else is clicked. */
function closeMenus() {
  const open = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"));
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", ({ target }) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (target))) menu.open = false;
  });
}
