import { AppError } from "../lib/errors";

/**
 * A try that is under way counts as one that failed until it has succeeded, so of many right log-ins at the same time some would be told
 * to come back in a quarter of an hour. They wait for those that this isolate is busy with, and ask again. The counters alone decide.
 */

/** When each began, by what is tried. */
const underWay = new Map<string, Set<{ began: number }>>();

/** What has not ended by then was cut off. */
const LOST_MS = 5000;
const LOOK_EVERY_MS = 50;
const MAX_LOOKS = 60;

/**
 * Asks `first`, and then does `rest` with what it answers. If `first` is throttled while others do the same for `what`, it is asked again
 * after them.
 */
export async function oneOfMany<Asked, Done>(
  what: string,
  first: () => Promise<Asked>,
  rest: (asked: Asked) => Promise<Done>,
): Promise<Done> {
  const asked = await patiently(what, first);
  const mine = { began: Date.now() };
  const all = underWay.get(what) ?? new Set();
  underWay.set(what, all.add(mine));
  try {
    return await rest(asked);
  } finally {
    all.delete(mine);
    if (all.size === 0) underWay.delete(what);
  }
}

async function patiently<Asked>(what: string, first: () => Promise<Asked>): Promise<Asked> {
  for (let looks = 0; ; ) {
    try {
      return await first();
    } catch (error) {
      if (!(error instanceof AppError && error.code === "throttled") || !isBusy(what) || looks >= MAX_LOOKS) throw error;
    }
    for (; isBusy(what) && looks < MAX_LOOKS; looks++) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

const isBusy = (what: string) => [...(underWay.get(what) ?? [])].some(({ began }) => Date.now() - began < LOST_MS);
