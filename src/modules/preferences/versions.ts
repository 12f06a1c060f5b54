import { commit } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError } from "../../lib/errors";
import { matches, strongTag } from "../../lib/etags";
import { read } from "../../read";
import type { MemberScope } from "../../scope";
import type { Preferences } from "./schemas";
import * as rows from "./statements";

/** All of somebody's preferences, and which version they are. */
export interface Versioned {
  preferences: Preferences;
  /** Another one when anything in any section is another, wherever it was changed. */
  tag: string;
}

export const mine = ({ caller, now }: MemberScope) => ({ me: caller.userId, now: now.toISOString() });

export const versioned = async (body: string): Promise<Versioned> => ({ preferences: JSON.parse(body), tag: await strongTag(body) });

/** The caller's preferences. */
export async function all(scope: MemberScope): Promise<Versioned> {
  const [[body]] = await read(scope, rows.mine(mine(scope)));
  return versioned(body!);
}

/** @throws AppError `precondition_failed` if they are not the version that is asked for */
export async function refuseOther(body: string, ifMatch: string): Promise<void> {
  if (!matches(ifMatch, await strongTag(body))) throw new AppError("precondition_failed");
}

/**
 * Changes preferences and tells the person's devices, unless nothing changes.
 *
 * @param seen what must not have changed since it was looked at; null if that does not matter
 * @throws AppError `precondition_failed`
 */
export async function save(scope: MemberScope, seen: string | null, steps: readonly Query[], tell = true): Promise<Versioned> {
  const me = mine(scope);
  const still = seen === null ? [] : [rows.refuseUnlessStill({ ...me, seen })];
  const told = tell ? [rows.preferencesUpdate(me)] : [];
  try {
    const [body] = await commit(scope, [...still, ...steps, ...told], rows.mine(me));
    return versioned(body!);
  } catch (error) {
    if (error instanceof AppError && error.code === "unchanged") return seen === null ? all(scope) : versioned(seen);
    throw error;
  }
}
