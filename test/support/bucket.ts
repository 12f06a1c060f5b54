import { env } from "cloudflare:workers";
import { onTestFinished } from "vitest";
import { prune } from "../../src/maintenance";
import { query } from "./hub";

/** The bucket, and the ledger of what is in it. */

const HOUR_MS = 3_600_000;

export const keys = async (): Promise<string[]> => (await env.FILES.list()).objects.map(({ key }) => key).sort();

export const bytesIn = async (key: string): Promise<Uint8Array> => new Uint8Array(await (await env.FILES.get(key))!.arrayBuffer());

export interface Row {
  name: string;
  user_id: number | null;
  content_type: string;
  size: number;
  doomed_at: string | null;
}
export const ledger = (): Promise<Row[]> =>
  query<Row>("select name, user_id, content_type, size, doomed_at from files order by name") as Promise<Row[]>;

export const inUse = async (): Promise<string[]> => (await ledger()).filter(({ doomed_at }) => doomed_at === null).map(({ name }) => name);

/** What the cron does, so many hours from now. */
export const sweep = (hours = 2): Promise<void> => prune(env, Date.now() + hours * HOUR_MS);

type Call = (...args: any[]) => Promise<unknown>;

/**
 * Puts `instead` in the place of a method of the bucket, for the Worker too, until it is undone or the test ends; it may call what was
 * there.
 */
export function meddle(method: "put" | "get" | "delete", instead: (real: () => Promise<unknown>) => Promise<unknown>): () => void {
  const prototype = Object.getPrototypeOf(env.FILES) as Record<string, Call>;
  const real = prototype[method]!;
  prototype[method] = async function (this: unknown, ...args) {
    return instead(() => real.apply(this, args));
  };
  const undo = () => {
    prototype[method] = real;
  };
  onTestFinished(undo);
  return undo;
}

export const fails = (): Promise<never> => Promise.reject(new Error("We encountered an internal error. Please try again. (10001)"));
