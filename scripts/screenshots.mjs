/**
 * `npm run screenshots`: the pictures of the README, in docs/screenshots/. Starts a server with data of its own, adds the demo people, brings
 * some of them online and looks at their pages in Chromium. What letters look like is up to the fonts of this machine.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { openApi } from "./lib/api.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { askDatabase } from "./lib/database.mjs";
import { bundledNode, main, Problem, readSettings, root, within } from "./lib/settings.mjs";

const FOLDER = join(root, "docs/screenshots");
const PASSWORD = "kith-demo-2026";
const MOST_BYTES = 40_000;
const READY_MS = 120_000;

const DESKTOP = { viewport: { width: 1180, height: 720 }, deviceScaleFactor: 1 };
const PHONE = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2 };
const SHOTS = [
  { name: "home", path: "/", theme: "light", ...DESKTOP },
  { name: "person", path: "/people/{grace}", theme: "light", ...DESKTOP },
  { name: "notifications-phone", path: "/notifications", theme: "light", ...PHONE },
  { name: "friends-phone", path: "/friends", theme: "dark", ...PHONE },
  { name: "privacy-dark", path: "/settings/privacy", theme: "dark", ...DESKTOP },
];

/** Who has a page open; the others were there before. */
const ONLINE = ["alan", "grace"];
const BEFORE = ["barbara", "linus"];

/** As if all of it had not happened just now: the older, the longer ago. */
const SPREAD = ["notifications", "friend_requests"]
  .map(
    (table) => `update ${table} set created_at =
      strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '-' || (((select max(id) from ${table}) - id) * 97 + 4) || ' minutes')`,
  )
  .join(";\n");

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Runs one of our scripts to its end. */
function run(script, env) {
  return new Promise((done, fail) => {
    const child = spawn(bundledNode(), [join(root, "scripts", script)], { env, stdio: ["ignore", "ignore", "inherit"] });
    child.once("exit", (code) => (code === 0 ? done() : fail(new Problem(`${script} ended with ${code}.`))));
  });
}

async function withServer(work) {
  const stateDir = await mkdtemp(join(tmpdir(), "kith-screenshots-"));
  const env = { ...process.env, PORT: String(await freePort()), STATE_DIR: stateDir };
  delete env.KITH_URL;
  const server = spawn(bundledNode(), [join(root, "scripts/start.mjs")], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((done) => server.once("exit", done));
  const settings = readSettings(env);
  try {
    const isUp = async () => (await fetch(`${settings.url}/health`).catch(() => null))?.status === 200;
    if (!(await within(READY_MS, isUp))) throw new Problem("The server does not start.");
    await run("seed.mjs", env);
    await work(settings);
  } finally {
    server.kill("SIGTERM");
    await ended;
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Logs somebody in, and opens a socket as their page would. */
async function arrive(api, settings, username) {
  const { access } = await api.call("POST", "/api/auth/login/", { body: { username, password: PASSWORD } });
  const socket = new WebSocket(`${settings.url.replace("http", "ws")}/ws/main/?token=${access}`);
  await new Promise((done, fail) => {
    socket.onmessage = done;
    socket.onerror = () => fail(new Problem(`${username} cannot open a socket.`));
  });
  return socket;
}

const GROUPS = { Family: [], "The Analytical Engine": ["grace", "alan"] };

/** Ada's groups of friends. */
async function putIntoGroups(api) {
  const { access: token } = await api.call("POST", "/api/auth/login/", { body: { username: "ada", password: PASSWORD } });
  const friends = await api.call("GET", "/api/friends/", { token });
  for (const [name, members] of Object.entries(GROUPS)) {
    const { id } = await api.call("POST", "/api/friends/groups/", { token, body: { name } });
    for (const { id: friend } of friends.filter(({ username }) => members.includes(username)))
      await api.call("PUT", `/api/friends/groups/${id}/members/${friend}/`, { token });
  }
}

/** A picture as WebP, as good as it can be within its size: encoded by a page of the browser, which can. */
async function asWebp(browser, png) {
  const page = await browser.newPage();
  const address = await page.evaluate(
    async ([source, most]) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      canvas.getContext("2d").drawImage(image, 0, 0);
      for (let quality = 0.95; ; quality -= 0.05) {
        const encoded = canvas.toDataURL("image/webp", quality);
        if (encoded.length * 0.75 <= most || quality < 0.3) return encoded;
      }
    },
    [`data:image/png;base64,${png.toString("base64")}`, MOST_BYTES],
  );
  await page.close();
  return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
}

async function shoot(browser, settings, { name, path, theme, ...screen }) {
  const context = await browser.newContext({
    baseURL: settings.url,
    colorScheme: theme,
    locale: "en-GB",
    reducedMotion: "reduce",
    ...screen,
  });
  await context.request.post("/api/auth/login/", { data: { username: "ada", password: PASSWORD } });
  await context.request.patch("/preferences/theme/", { data: { theme } });
  const people = await (await context.request.get("/api/users/")).json();
  const idOf = (username) => String(people.find((person) => person.username === username).id);
  const page = await context.newPage();
  await page.goto(
    path.replace(/\{(\w+)\}/, (_, username) => idOf(username)),
    { waitUntil: "networkidle" },
  );
  const webp = await asWebp(browser, await page.screenshot());
  await context.close();
  await writeFile(join(FOLDER, `${name}.webp`), webp);
  console.log(`docs/screenshots/${name}.webp: ${(webp.length / 1000).toFixed(1)} kB`);
}

await main(() =>
  withServer(async (settings) => {
    const api = openApi(settings);
    const executablePath = ensureChromium();
    await askDatabase(SPREAD, settings);
    for (const username of BEFORE) (await arrive(api, settings, username)).close();
    await putIntoGroups(api);
    const sockets = await Promise.all(ONLINE.map((username) => arrive(api, settings, username)));
    await mkdir(FOLDER, { recursive: true });
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    for (const shot of SHOTS) await shoot(browser, settings, shot);
    await browser.close();
    for (const socket of sockets) socket.close();
  }),
);
