import bcrypt from "bcryptjs";
import { COMMON_PASSWORDS } from "./common-passwords";

export const MIN_PASSWORD_LENGTH = 8;
/** bcrypt reads this many bytes and silently drops the rest. */
const MAX_PASSWORD_BYTES = 72;
/** 2^10 rounds: about 55 ms of CPU in workerd. */
const COST = 10;
/** How much of a password may be the person's own name. */
const TOO_SIMILAR = 0.7;
const SERVICE_NAME = "kith";
/** The hash of a password that nobody has, at the cost of all others: an unknown user takes as long as a wrong password. */
const NOBODYS_HASH = "$2b$10$h30FvKNY0FDiThclED3gOOIueoOepruLmX4vw/jRIeVCYQYOg7/6W";

/** In dj-rest-auth's words, for whoever is asked for their own password again. */
export const WRONG_PASSWORD = "Your password was entered incorrectly. Please enter it again.";
export const WRONG_OLD_PASSWORD = "Your old password was entered incorrectly. Please enter it again.";

export interface Owner {
  username: string;
  email: string;
}

/** What is wrong with a password, in Django's words; empty when it may be used (security.md 1-3). Composition is not prescribed. */
export function passwordProblems(password: string, owner: Owner): string[] {
  const lower = password.toLowerCase();
  const problems: string[] = [];
  if ([...password].length < MIN_PASSWORD_LENGTH)
    problems.push(`This password is too short. It must contain at least ${MIN_PASSWORD_LENGTH} characters.`);
  if (bcrypt.truncates(password)) problems.push(`This password is too long. It may take at most ${MAX_PASSWORD_BYTES} bytes.`);
  if (resembles(lower, owner.username)) problems.push("The password is too similar to the username.");
  else if (resembles(lower, owner.email) || resembles(lower, owner.email.split("@")[0]!))
    problems.push("The password is too similar to the email address.");
  if (COMMON_PASSWORDS.has(lower) || resembles(lower, SERVICE_NAME)) problems.push("This password is too common.");
  if (/^\d+$/.test(password)) problems.push("This password is entirely numeric.");
  return problems;
}

const resembles = (password: string, name: string) =>
  name !== "" && password.includes(name.toLowerCase()) && name.length / password.length >= TOO_SIMILAR;

export const hashPassword = (password: string): Promise<string> => bcrypt.hash(password, COST);

/** What stands in place of a hash for who has no password and logs in by an identity. */
export const NO_PASSWORD = "!";

/**
 * Compares once in every case, also when there is no such person (`hash` null), they have no password, or it is longer than bcrypt reads.
 */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const known = hash !== null && hash !== NO_PASSWORD;
  const same = await bcrypt.compare(password, known ? hash : NOBODYS_HASH);
  return same && known && !bcrypt.truncates(password);
}

/** A hash from before the cost was raised is made anew at the next log-in, when the password is at hand. */
export const isOutdated = (hash: string): boolean => bcrypt.getRounds(hash) < COST;
