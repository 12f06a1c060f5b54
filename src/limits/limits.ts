import type { Query } from "../db/statement";
import type { Scope } from "../scope";
import type { Settings } from "../settings";
import { RULES, type RuleName } from "./rules";
import { type Allowance, attemptOf, forget, takeBack } from "./statements";

/** Whom a rule counts: one or two people by id, or whatever can be typed or seen (a name, an address), which is hashed before it is stored. */
export type Subject = number | readonly [number, number] | string;
type Subjects = Partial<Record<RuleName, Subject>>;

/** While developing, a test-suite comes from one address: it may do this many times what one address may do else. */
const RELAXED = 1000;

/**
 * Steps for a look or a commit that count one try by each rule, and refuse the whole batch, which then counts nothing, where there were
 * enough. What must not be tried more often (a hash, a mail) comes after the batch or is part of it.
 *
 *     await commit(scope, [...(await limit(scope, { reset_address: scope.address(), reset_target: email })), …])
 *
 * The batch then throws AppError `throttled`, with `Retry-After`.
 */
export const limit = (scope: Scope, subjects: Subjects): Promise<Query[]> =>
  each(scope, subjects, (key, rule) => attemptOf({ key, ...allowance(scope, rule) }));

/** Steps that forget all tries, because one has succeeded. */
export const forgive = (scope: Scope, subjects: Subjects): Promise<Query[]> => each(scope, subjects, (key) => forget({ key }));

/** Steps that take back one try, which was none. */
export const giveBack = (scope: Scope, subjects: Subjects): Promise<Query[]> => each(scope, subjects, (key) => takeBack({ key }));

/** For statements that find out themselves whom they count, see `attempt`. */
export function allowance({ settings, now }: Scope, rule: RuleName): Allowance {
  const { most, seconds, always } = RULES[rule];
  return {
    most: always || settings.strictLimits ? most : most * RELAXED,
    now: now.toISOString(),
    resetsAt: new Date(now.getTime() + seconds * 1000).toISOString(),
  };
}

/** What a rule's subject is called in the table. */
export async function keyOf(settings: Settings, rule: RuleName, subject: Subject): Promise<string> {
  if (typeof subject === "string") return `${rule}:${await keyedHash(settings, `${rule}\0${subject}`)}`;
  return `${rule}:${[subject]
    .flat()
    .map((id) => `#${id}`)
    .join("")}`;
}

const each = ({ settings }: Scope, subjects: Subjects, make: (key: string, rule: RuleName) => Query): Promise<Query[]> =>
  Promise.all(
    Object.entries(subjects).map(async ([rule, subject]) => make(await keyOf(settings, rule as RuleName, subject), rule as RuleName)),
  );

const HASH_BYTES = 16;

/** Tells the same from another, and nothing else to who has not got the secret. A token cannot begin so: it is no base64. */
async function keyedHash(settings: Settings, text: string): Promise<string> {
  const { current } = await settings.signingKeys();
  const bytes = new TextEncoder().encode(`attempt\0${text}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", current.key, bytes));
  return mac.slice(0, HASH_BYTES).toHex();
}
