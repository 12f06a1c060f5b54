import { commit } from "../commit";
import type { Query } from "../db/statement";
import { limit } from "../limits/limits";
import type { MemberScope } from "../scope";
import { doom, enter, GRACE_MS, type Purpose, refuseSwept, take } from "./ledger";

const NAME_BYTES = 16;

/** 128 random bits: nobody guesses it, and no two are the same. */
export const newName = (): string => crypto.getRandomValues(new Uint8Array(NAME_BYTES)).toHex();

/**
 * Stores a file that is of no use yet: whoever wants it takes it, with `replacing` in the batch that refers to it. If they do not, it is swept.
 *
 * @throws AppError `throttled`, `storage_unavailable`
 */
export async function store(
  scope: MemberScope,
  purpose: Purpose,
  { bytes, contentType }: { bytes: Uint8Array; contentType: string },
): Promise<string> {
  const { userId } = scope.caller;
  const name = newName();
  const entry = { name, userId, purpose, contentType, size: bytes.length, now: scope.now.toISOString() };
  await commit(scope, [...(await limit(scope, { upload_account: userId })), enter(entry)]);
  await scope.files.put(name, bytes, contentType);
  return name;
}

/** Steps that put this file, or none, in the place of the one that the caller has for this purpose. */
export function replacing(scope: MemberScope, purpose: Purpose, name: string | null): Query[] {
  const now = scope.now.toISOString();
  const doomed = doom({ userId: scope.caller.userId, purpose, now });
  if (name === null) return [doomed];
  return [refuseSwept({ name, since: new Date(scope.now.getTime() - GRACE_MS).toISOString() }), doomed, take({ name })];
}
