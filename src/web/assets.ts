import forms from "./browser/forms.client.js";
import icon from "./browser/icon.svg";
import style from "./browser/kith.css";
import live from "./browser/live.client.js";
import main from "./browser/main.client.js";
import morph from "./browser/morph.client.js";
import presence from "./browser/presence.client.js";
import said from "./browser/said.client.js";
import socket from "./browser/socket.client.js";
import times from "./browser/times.client.js";
import toasts from "./browser/toasts.client.js";

/** What pages load: our own files, as they stand in `browser/`. */

const FILES: Record<string, { type: string; text: string }> = {
  "kith.css": { type: "text/css; charset=utf-8", text: style },
  "icon.svg": { type: "image/svg+xml", text: icon },
  ...Object.fromEntries(
    Object.entries({ forms, live, main, morph, presence, said, socket, times, toasts }).map(([name, text]) => [
      `${name}.client.js`,
      { type: "text/javascript; charset=utf-8", text },
    ]),
  ),
};

/** FNV-1a: not for secrets. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

let known: string | undefined;
/** Changes with any of the files, so that browsers may keep them for ever. They name each other relatively: one version for all. */
const version = () => {
  known ??= hashOf(
    Object.values(FILES)
      .map(({ text }) => text)
      .join("\0"),
  );
  return known;
};

export const asset = (name: string): string => `/assets/${version()}/${name}`;

/** The modules that `main.client.js` imports, to be fetched beside it and not behind it. */
export const modules = () =>
  Object.keys(FILES)
    .filter((name) => name.endsWith(".js"))
    .map(asset);

interface Asset {
  type: string;
  text: string;
  /** How long a browser may keep it. */
  caching: string;
}

const FOR_EVER = "public, max-age=31536000, immutable";
/** A page of another version asks, while one is being deployed. */
const NOT_KEPT = "no-cache";

/** Null if we have none of that name. */
export function assetNamed(name: string, asked: string): Asset | null {
  if (!Object.hasOwn(FILES, name)) return null;
  return { ...FILES[name]!, caching: asked === version() ? FOR_EVER : NOT_KEPT };
}
