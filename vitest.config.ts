import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const SECRET = "test-secret-0123456789abcdef0123456789";

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
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/*.test.ts"],
          setupFiles: ["./test/support/setup.ts"],
          isolate: false,
          maxWorkers: 1,
          testTimeout: 20_000,
        },
      },
      {
        // Outside, against the server as a newcomer starts it.
        test: { name: "process", include: ["test/process/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1 },
      },
    ],
  },
}));
