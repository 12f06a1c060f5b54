import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { commit } from "../../src/commit";
import { openDatabase } from "../../src/db/database";
import { openFiles } from "../../src/files/storage";
import type { UserHub } from "../../src/index";
import { type Hubs, openHubs, type Parcel } from "../../src/realtime/poke";
import { event } from "../../src/realtime/statements";
import type { Scope } from "../../src/scope";
import { readSettings } from "../../src/settings";

/** What tests do to a person's hub from inside the runtime, and to the rows behind it. */

type Someone = { readonly id: number };

const hubOf = ({ id }: Someone) => env.HUB.get(env.HUB.idFromName(String(id)));

/** The hub loses its memory. Its sockets sleep on, or are cut as by a crash. */
export async function evict(person: Someone, webSockets: "hibernate" | "close" = "hibernate"): Promise<void> {
  await insideHub(person, () => {}); // it may sleep already, and who does not run cannot be evicted
  await evictDurableObject(hubOf(person) as DurableObjectStub, { webSockets });
}

/** Lets the hub's alarm ring now. False if none is set. */
export const ringAlarm = (person: Someone): Promise<boolean> => runDurableObjectAlarm(hubOf(person) as DurableObjectStub);

export const insideHub = <R>(person: Someone, act: (hub: UserHub, state: DurableObjectState) => R | Promise<R>): Promise<R> =>
  runInDurableObject<UserHub, R>(hubOf(person) as DurableObjectStub, act);

/** When the hub wakes by itself, ms since the epoch. */
export const alarmOf = (person: Someone): Promise<number | null> => insideHub(person, (_, { storage }) => storage.getAlarm());

export const hubs: Hubs = openHubs(env.HUB);

/** Loses every poke. */
export const lossyHubs: Hubs = { ...hubs, deliver: async () => {} };

/** Keeps pokes back, for the test to deliver as it likes. */
export function holdingHubs(): Hubs & { held: { userId: number; parcel: Parcel }[] } {
  const held: { userId: number; parcel: Parcel }[] = [];
  return { ...hubs, held, deliver: async (userId, parcel) => void held.push({ userId, parcel }) };
}

const happening = event<{ to: number; n: number; now: string }>("notification", (p) => ({
  to: p.to,
  now: p.now,
  body: sql`json_object('notification', json_object('n', ${p.n}))`,
}));

/** `count` durable events of a person, each in a commit of its own, or `together` in one. Waits until the pokes have arrived. */
export async function happen(to: Someone, count = 1, { through = hubs, together = false } = {}): Promise<void> {
  const deferred: Promise<unknown>[] = [];
  const now = new Date();
  const scope: Scope = {
    caller: null,
    device: () => ({ userAgent: "", country: null }),
    address: () => "unknown",
    note: () => {},
    origin: () => "https://kith.test",
    db: openDatabase(env.DB),
    hubs: through,
    files: openFiles(env.FILES),
    settings: readSettings(env),
    now,
    defer: (work) => void deferred.push(work),
  };
  const steps = Array.from({ length: count }, (_, n) => happening({ to: to.id, n, now: now.toISOString() }));
  if (together) await commit(scope, steps);
  else for (const step of steps) await commit(scope, [step]);
  await Promise.all(deferred);
}

/** Rows straight from D1. */
export async function query<Row = Record<string, unknown>>(text: string, ...values: (string | number | null)[]): Promise<Row[]> {
  const { results } = await env.DB.prepare(text)
    .bind(...values)
    .all<Row>();
  return results;
}

/** The seqs of a person's log as D1 has it. */
export const logOf = async ({ id }: Someone): Promise<number[]> =>
  (await query<{ seq: number }>("select seq from events where user_id = ? order by seq", id)).map(({ seq }) => seq);

/** 1, 2, … n */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
