import type { MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http";
import { throttled } from "../lib/errors";
import { takeAnyBody } from "./body";

/** The binding's period, in wrangler.toml. */
const BURST_SECONDS = 10;

/**
 * Before anything is read, looked up or hashed: how often one address comes, counted by Cloudflare where the request arrives, at no cost.
 * It is no lock (each place counts for itself, roughly), so where it fails the exact counters behind it are enough.
 */
const shield = createMiddleware<AppEnv>(async function shield(c, next) {
  const { settings, address } = c.get("scope");
  if (settings.strictLimits) {
    const { success } = await c.env.CREDENTIAL_BURSTS.limit({ key: address() }).catch(() => ({ success: true }));
    if (!success) throw throttled(BURST_SECONDS);
  }
  await next();
});

/** Takes a body that holds credentials, or asks for a mail. */
export const takeCredentials: MiddlewareHandler = every(shield, takeAnyBody);
