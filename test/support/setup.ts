import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { migrate } from "./database";
import { cheapHashes } from "./hashes";
import { storedSecrets } from "./secrets";
import { closeSockets } from "./socket";

beforeEach(async () => {
  await reset();
  await migrate();
  cheapHashes();
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  closeSockets();
  // Behind whatever an answer did not wait for: the next test's reset would cut it off.
  await env.DB.prepare("select 1").run();
  expect(await storedSecrets(), "secrets in what is stored").toEqual([]);
});
