import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Server } from "../process/support/server";
import { type Audience, PAGES } from "../support/page-grants";
import { accessFaults } from "./support/accessible";
import { type Facts, Meter, shiftOf } from "./support/facts";
import { Guest, SCREENS } from "./support/guest";
import { keyboardFaults, layoutFaults } from "./support/layout";
import { stage } from "./support/stage";

/** What holds for every page, as people see it who know each other: those of `npm run seed`. */

const MOST_BYTES = 60_000;
const MOST_SHIFT = 0.01;
const MOST_TRIPS = 3;
/** Long, for a machine that does much else. */
const TOUR_MS = 300_000;
const SEEDED = "kith-demo-2026";

/** What answers a GET, and is no page. */
const NO_PAGES = new Set(["GET /assets/:version/:name/", "GET /logout/", "GET /settings/data/export/"]);

/** What stands for the parameters of an address, and after it. */
let places: Record<string, string>;

const here = stage(populate);

async function populate(server: Server): Promise<void> {
  const { code, output } = await server.run("seed");
  if (code !== 0) throw new Error(output);
  const made = await server.run("role", "--", "ada", "admin");
  if (made.code !== 0) throw new Error(made.output);
  const ask = (path: string, fields?: Record<string, string>) =>
    fetch(server.url + path, fields && { method: "POST", body: new URLSearchParams(fields) }).then((answer) => answer.json());
  await ask("/api/auth/password/reset/", { email: "ada@kith.example" });
  const [reset, verify] = (await ask("/dev/mailbox/?to=ada@kith.example")) as { id: number; text: string }[];
  const query = ({ text }: { text: string }) => /\?\S+/.exec(text)![0];
  const grace = (await ask("/api/auth/login/", { username: "grace", password: SEEDED })).user.id;
  const { access } = await ask("/api/auth/login/", { username: "ada", password: SEEDED });
  const asAda = (method: string, path: string, fields: Record<string, string> = {}) =>
    fetch(server.url + path, { method, headers: { authorization: `Bearer ${access}` }, body: new URLSearchParams(fields) });
  const group = await (await asAda("POST", "/api/friends/groups/", { name: "The Analytical Engine" })).json();
  expect((await asAda("PUT", `/api/friends/groups/${group.id}/members/${grace}/`)).status).toBeLessThan(300);
  places = {
    [AT_HOME]: "/",
    ":id": String(grace),
    "GET /settings/groups/:id/": `/settings/groups/${group.id}`,
    "GET /settings/privacy/:subject/": "/settings/privacy/email",
    "GET /dev/mailbox/:id/": `/dev/mailbox/${reset!.id}`,
    "GET /reset-password/": `/reset-password${query(reset!)}`,
    "GET /verify-email/": `/verify-email${query(verify!)}`,
  };
}

const AT_HOME = "GET / (logged in)";

const table = (): [string, Audience][] => [
  ...(Object.entries(PAGES) as [string, Audience][]),
  ["GET /dev/mailbox/", "everybody"],
  ["GET /dev/mailbox/:id/", "everybody"],
  ["GET /nowhere/", "everybody"],
  // Where one comes in is another page to who is logged in.
  [AT_HOME, "members"],
];
const STATUS: Record<string, number> = { "GET /nowhere/": 404 };

/** The pages of these people: name and address. */
const pagesFor = (...audiences: Audience[]): [name: string, path: string][] =>
  table()
    .filter(([name, audience]) => name.startsWith("GET ") && !NO_PAGES.has(name) && audiences.includes(audience))
    .map(([name]) => [
      name,
      places[name] ??
        name
          .slice("GET ".length)
          .replace(/:[a-z_]+/g, places[":id"]!)
          .replace(/(?<=.)\/$/, ""),
    ]);

/** Each way to lay a page out; axe looks at each size and each colour once. */
const FACES = [
  { screen: "desktop", scheme: "light", font: "medium", axe: true },
  { screen: "desktop", scheme: "dark", font: "large", axe: false },
  { screen: "phone", scheme: "light", font: "large", axe: false },
  { screen: "phone", scheme: "dark", font: "small", axe: true },
] as const;

/** Shows the page in another size and colour: as who is logged in would have chosen it, or as anybody's system would. */
async function turn(page: Page, { screen, scheme, font }: (typeof FACES)[number]): Promise<void> {
  await page.setViewportSize(SCREENS[screen]);
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(
    ([theme, font]) => {
      if (document.body.dataset.user) Object.assign(document.documentElement.dataset, { theme, font });
    },
    [scheme, font] as const,
  );
}

interface Visited {
  name: string;
  status: number;
  facts: Facts;
  looks: string[];
  access: string[];
  keyboard: string[];
}
const visited: Visited[] = [];
const complaints: string[] = [];

async function visit({ page }: Guest, meter: Meter, name: string, path: string): Promise<void> {
  const { status, facts } = await meter.open(path, () => here.server.said);
  const [looks, access]: [string[], string[]] = [[], []];
  for (const face of FACES) {
    await turn(page, face);
    const as = `${name}, ${face.screen}, ${face.scheme}, ${face.font}: `;
    looks.push(...(await layoutFaults(page)).map((fault) => as + fault));
    if (face.axe) access.push(...(await accessFaults(page)).map((fault) => as + fault));
  }
  await turn(page, FACES[0]);
  visited.push({ name, status, facts, looks, access, keyboard: (await keyboardFaults(page)).map((fault) => `${name}: ${fault}`) });
}

/** Goes through these pages, as Ada or as nobody we know. */
async function tour(pages: [name: string, path: string][], username: string | null): Promise<void> {
  const guest = await Guest.arrive(here);
  if (username !== null) await guest.enter(username, SEEDED);
  const meter = await Meter.on(guest.page);
  for (let next = pages.shift(); next; next = pages.shift())
    await visit(guest, meter, ...next).catch((error) => complaints.push(`${next![0]}: ${error.message}`));
  await guest.leave().catch((error) => complaints.push(error.message));
}

describe("what is looked for", () => {
  it("would be found: what the policy forbids, errors of script, what is hard to use, what moves", async () => {
    const eve = await Guest.arrive(here);
    const { page } = eve;
    await page.goto("/forgot-password");
    expect(await shiftOf(page)).toBe(0);
    await page.evaluate(() => {
      for (let i = 0; i < 5; i++) document.querySelector("main")!.prepend(document.createElement("textarea"));
    });
    await expect.poll(() => shiftOf(page)).toBeGreaterThan(MOST_SHIFT);
    await page.reload();
    await page.evaluate(() => {
      document.querySelector("h1")!.setAttribute("style", "color: red");
      document.querySelector("main")!.append(document.createElement("img"));
      document.querySelector("main")!.append(Object.assign(document.createElement("h1"), { textContent: "x".repeat(500) }));
      document.querySelector("button")!.tabIndex = -1;
      setTimeout(() => {
        throw new Error("script is wrong");
      });
    });
    expect(await accessFaults(page)).toContainEqual(expect.stringContaining("image-alt"));
    expect(await layoutFaults(page)).toEqual([expect.stringContaining("sideways"), "2 h1"]);
    expect(await keyboardFaults(page)).toEqual([expect.stringContaining("not reached by keyboard: <button")]);
    await expect(eve.leave()).rejects.toThrow(/policy: style-src-attr refuses inline.*script is wrong/s);
  });
});

describe("every page", () => {
  beforeAll(async () => {
    const forAll = pagesFor("everybody");
    const forAda = pagesFor("members", "admins");
    await Promise.all([tour(forAll, null), tour(forAda, "ada"), tour(forAda, "ada")]);
  }, TOUR_MS);
  const faults = (of: (page: Visited) => string[]) => visited.flatMap(of).join("\n");

  it("is there", () => {
    expect(visited.filter(({ name, status }) => status !== (STATUS[name] ?? 200))).toEqual([]);
    expect(visited.length).toBeGreaterThan(10);
  });

  it("makes the browser complain of nothing, its policy included", () => {
    expect(complaints.join("\n")).toBe("");
  });

  it("fits a phone and a desktop, with small and large type", () => {
    expect(faults(({ looks }) => looks)).toBe("");
  });

  it("is found accessible by axe, light and dark", () => {
    expect(faults(({ access }) => access)).toBe("");
  });

  it("can be used without a mouse", () => {
    expect(faults(({ keyboard }) => keyboard)).toBe("");
  });

  it("is light, stands still and asks the database little", () => {
    process.stdout.write(`\n${asTable(visited)}\n`);
    const over = visited.filter(({ facts: { bytes, shift, trips } }) => bytes > MOST_BYTES || shift > MOST_SHIFT || trips > MOST_TRIPS);
    expect(over).toEqual([]);
  });
});

function asTable(rows: Visited[]): string {
  const cells = rows
    .map(({ name, facts }) => [
      name.slice("GET ".length),
      `${(facts.bytes / 1000).toFixed(1)} kB`,
      facts.shift.toFixed(3),
      String(facts.trips),
    ])
    .sort(([a], [b]) => a!.localeCompare(b!));
  const all = [["page", "transferred", "layout shift", "D1 round trips"], ...cells];
  const widths = all[0]!.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")).join("\n");
}
