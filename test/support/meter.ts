import { env } from "cloudflare:workers";
import { onTestFinished } from "vitest";

const CALLS = ["batch", "exec", "dump", "all", "run", "first", "raw"];

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * Counts what is asked of D1, by the Worker and by hubs, where it leaves them: at the prototypes of the binding and of its statements.
 * It knows nothing of our own meter.
 */
export function meterD1() {
  const count = { trips: 0, rows: 0 };
  const undo: (() => void)[] = [];
  for (const prototype of [Object.getPrototypeOf(env.DB), Object.getPrototypeOf(env.DB.prepare("select 1"))] as Record<string, Call>[])
    for (const name of CALLS) {
      const real = prototype[name];
      if (!real) continue;
      undo.push(() => {
        prototype[name] = real;
      });
      prototype[name] = async function (this: unknown, ...args) {
        count.trips++;
        const answer = await real.apply(this, args);
        for (const result of [answer].flat() as D1Result[]) count.rows += result?.meta?.rows_read ?? 0;
        return answer;
      };
    }
  const stop = () => {
    for (const restore of undo.splice(0).reverse()) restore();
  };
  onTestFinished(stop);
  return {
    /** Round trips and rows that D1 read since the last time. */
    take: () => {
      const taken = { ...count };
      Object.assign(count, { trips: 0, rows: 0 });
      return taken;
    },
    stop,
  };
}
