import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";
import { closeSockets } from "./socket";

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  closeSockets();
  // Behind whatever an answer did not wait for: the next test's reset would cut it off.
  await env.DB.prepare("select 1").run();
});
