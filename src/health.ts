import { z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import { statement } from "./db/statement";
import { publicRoute, router } from "./http";
import { answer, Problem } from "./lib/answers";
import { AppError } from "./lib/errors";

const Health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });
const Readiness = Health.extend({
  warnings: z.array(z.string()).optional().describe("What should be set and is not, in sentences; left out where all is well."),
}).meta({ id: "Readiness" });

const alive = publicRoute({
  method: "get",
  path: "/health/",
  tags: ["Operation"],
  summary: "The Worker runs",
  responses: { 200: answer(Health, "It does.") },
});

const ready = publicRoute({
  method: "get",
  path: "/health/ready/",
  tags: ["Operation"],
  summary: "The Worker can do its work",
  description:
    "The signing secret is usable, what is set makes sense, and the database answers with its tables in place. That mails have no way out yet (`MAIL`, `MAIL_FROM`, the binding), or that `APP_URL` is missing in production, is a warning; where an address has to be confirmed first (`EMAIL_VERIFICATION=mandatory`) nobody could get in without mails, and it is not ready.",
  responses: { 200: answer(Readiness, "It can."), 503: answer(Problem, "It cannot; `detail` says what to set.") },
});

const TABLES = ["users", "sessions", "friend_requests", "friendships", "notifications", "events", "outbox", "user_search"];
/** One look into each. */
const anything = statement(() => sql.raw(`select ${TABLES.map((table) => `exists (select 1 from ${table})`).join(", ")}`));

export const healthRoutes = router()
  .openapi(alive, (c) => c.json({ status: "ok" as const }, 200))
  .openapi(ready, async (c) => {
    const { settings, db } = c.get("scope");
    await settings.signingKeys();
    if (settings.problems.length > 0) throw new AppError("misconfigured", { detail: settings.problems.join(" ") });
    await db.batch([anything({})]).catch(() => {
      throw new AppError("not_ready");
    });
    const { warnings } = settings;
    return c.json({ status: "ok" as const, ...(warnings.length > 0 && { warnings: [...warnings] }) }, 200);
  });
