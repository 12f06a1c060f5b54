import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { Server } from "../../process/support/server";
import { launch } from "./browser";

/** What a file's tests share, from before its first to after its last. */
export interface Stage {
  server: Server;
  browser: Browser;
}

/** A server of their own and a browser. @param ready what else comes first, once the server is up */
export function stage(ready: (server: Server) => Promise<void> = async () => {}): Stage {
  const shared = {} as Stage;
  beforeAll(async () => {
    const server = await Server.prepare();
    shared.server = server;
    [shared.browser] = await Promise.all([launch(), server.start().then(() => ready(server))]);
  });
  afterAll(async () => {
    await shared.browser?.close();
    await shared.server?.remove();
  });
  return shared;
}

/** What stays open until the last test. */
export function shared<Each extends { close: () => void }>(open: () => Promise<Each>[]): Each[] {
  const opened: Each[] = [];
  beforeAll(async () => {
    opened.push(...(await Promise.all(open())));
  });
  afterAll(() => {
    for (const each of opened) each.close();
  });
  return opened;
}
