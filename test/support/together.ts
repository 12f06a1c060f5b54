import { env } from "cloudflare:workers";
import { vi } from "vitest";

/**
 * Lets the next `count` round trips to D1 wait for one another before they answer: so many requests that begin with a look have all looked
 * before any of them writes. For what is called with an `env` of its own.
 */
export function lookTogether(count: number): void {
  const batch = env.DB.batch.bind(env.DB);
  const all = Promise.withResolvers<void>();
  let looked = 0;
  const spy = vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
    const answer = await batch(statements);
    if (++looked === count) {
      spy.mockRestore();
      all.resolve();
    }
    if (looked <= count) await all.promise;
    return answer as never;
  });
}
