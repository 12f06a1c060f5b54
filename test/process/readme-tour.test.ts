import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Frame } from "./support/client";
import { ROOT, Server } from "./support/server";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const TOUR = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

describe("the README's tour", () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.prepare();
    await server.start();
  });
  afterAll(() => server.remove());

  it.skipIf(!hasCurl && !process.env.CI)("does what it says when it is pasted into a shell, and again", async () => {
    expect(TOUR.length).toBeGreaterThan(3);
    for (const _ of ["once", "again"]) {
      const { code, output } = await server.shell(TOUR.join("\n"));
      const lines = output.split("\n");
      const frames: Frame[] = lines.filter((line) => line.startsWith('{"type"')).map((line) => JSON.parse(line));

      const heard = frames.filter(({ type, seq }) => type !== "resume" && seq !== undefined).map(({ type, seq }) => `${seq} ${type}`);
      expect(heard, output).toEqual(["1 notification", "2 friend_request", "2 notification", "3 friend_update"]);
      const { request } = frames.find(({ type }) => type === "friend_request")!;
      expect(request.sender.username).toMatch(/^ann_\d+$/);
      expect(frames.at(-1)).toMatchObject({ status: "accepted", request: { id: request.id } });
      expect(lines).toContain("accepted");
      expect(output).toMatch(/bob_\d+ accepted your friend request\./);
      expect(output).toContain("closed with 4401");
      expect(output).not.toMatch(/not found|Error:/);
      expect(code).toBe(1); // the last command's: the socket was refused, as it should be
    }
  });

  it("has no more commands than there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [...README.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });

  it("maps what is in src", () => {
    const listed = spawnSync("git", ["ls-files", "src"], { cwd: ROOT, encoding: "utf8" }).stdout.trim().split("\n");
    const top = new Set(listed.map((path) => path.split("/")[1]!).map((name) => (name.includes(".") ? name : `${name}/`)));
    const map = /```\nsrc\/\n([\s\S]*?)^\w/m.exec(README)![1]!;
    const mapped = [...map.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name!);
    expect(mapped.sort()).toEqual([...top].sort());
    const modules = /^ {2}modules\/ +([^.]+)\. In each:$/m.exec(map)![1]!.split(/,\s+/);
    expect(modules.sort()).toEqual(readdirSync(join(ROOT, "src/modules")).sort());
  });

  it("says of every variable and secret what it is for", () => {
    const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
    const table = /^## Settings\n([\s\S]*?)^## /m.exec(README)![1]!;
    const told = [...table.matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, names]) => names!.match(/[A-Z_]+/g)!);
    const variables = /^\[vars\]$([\s\S]*?)^\[/m.exec(read("wrangler.toml"))![1]!;
    const environments = [read("src/settings.ts"), read("src/providers.ts"), read("src/mail/mailer.ts")].join("\n");
    const asked = [...variables.matchAll(/^(\w+) =/gm), ...environments.matchAll(/^ {2}([A-Z_]+)\?: string/gm)];
    const secrets = environments.match(/JWT_SECRET\w*(?=\?:)/g)!;
    expect([...new Set(told)].sort()).toEqual([...new Set([...asked.map(([, name]) => name!), ...secrets])].sort());
  });
});
