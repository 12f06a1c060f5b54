import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { FACEBOOK_APPS, GOOGLE_CLIENTS } from "./test/support/providers/clients.mjs";
import { freePorts } from "./test/support/providers/ports.mjs";

const SECRET = "test-secret-0123456789abcdef0123456789";

/** Where the providers of accounts listen that the Worker's tests log in with, and one that never answers. */
const ports = await freePorts("google", "facebook", "mute");

export default defineConfig(async () => ({
  test: {
    // The Worker's log lines are worth reading where a test fails.
    silent: "passed-only" as const,
    projects: [
      {
        // In workerd, with real D1 and Durable Objects.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("migrations"),
                ENVIRONMENT: "development",
                ALLOWED_ORIGINS: "https://app.example.com",
                JWT_SECRET: SECRET,
                GOOGLE_ISSUER: `http://localhost:${ports.google}`,
                GOOGLE_CLIENT_ID: GOOGLE_CLIENTS.kith.id,
                GOOGLE_CLIENT_SECRET: GOOGLE_CLIENTS.kith.secret,
                FACEBOOK_ISSUER: `http://localhost:${ports.facebook}`,
                FACEBOOK_GRAPH_URL: `http://localhost:${ports.facebook}`,
                FACEBOOK_CLIENT_ID: FACEBOOK_APPS.kith.id,
                FACEBOOK_CLIENT_SECRET: FACEBOOK_APPS.kith.secret,
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/*.test.ts"],
          globalSetup: ["./test/support/providers/setup.mjs"],
          provide: { ports },
          setupFiles: ["./test/support/setup.ts"],
          isolate: false,
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        // Outside, against the server as a newcomer starts it.
        test: { name: "process", include: ["test/process/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 2 },
      },
      {
        // In Chromium, which is installed if it can be: `npm run e2e`.
        test: {
          name: "browser",
          include: ["test/e2e/*.test.ts"],
          globalSetup: ["./test/e2e/support/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
}));
