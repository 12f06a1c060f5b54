import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server } from "../process/support/server";
import { expectAccessible } from "./support/accessible";
import { launch } from "./support/browser";
import { Guest } from "./support/guest";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.prepare();
  [browser] = await Promise.all([launch(), server.start()]);
});
afterAll(async () => {
  await browser?.close();
  await server.remove();
});

describe("what is looked for", () => {
  it("would be found: what the policy forbids, errors of script, and what is hard to read", async () => {
    const eve = await Guest.arrive(browser, server.url);
    await eve.open("/forgot-password");
    await eve.page.evaluate(() => {
      document.querySelector("h1")!.setAttribute("style", "color: red");
      document.querySelector("main")!.append(document.createElement("img"));
      setTimeout(() => {
        throw new Error("script is wrong");
      });
    });
    await expect(expectAccessible(eve.page)).rejects.toThrow("image-alt");
    await expect(eve.leave()).rejects.toThrow(/policy: style-src-attr refuses inline.*script is wrong/s);
  });
});

describe("every page", () => {
  it("is accessible", async () => {
    for (const screen of ["phone", "desktop"] as const)
      for (const scheme of ["light", "dark"] as const) {
        const ann = await Guest.arrive(browser, server.url, { screen, scheme });
        await ann.settle();
        for (const path of ["/devices", "/forgot-password", "/dev/mailbox"]) {
          expect((await ann.open(path)).status()).toBe(200);
          await expectAccessible(ann.page, `${path} ${screen} ${scheme}`);
        }
        await ann.leave();
      }
  });
});
