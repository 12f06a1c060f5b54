import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { cheapHashes } from "./hashes";
import { storedSecrets } from "./secrets";
import { closeSockets } from "./socket";

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
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
