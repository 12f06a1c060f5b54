import { AppError } from "../../lib/errors";
import type { Scope } from "../../scope";
import { NO_PASSWORD, passwordMatches, WRONG_PASSWORD } from "./password";

/** A log-in counts as fresh for so long: whoever just gave a password is not asked for it again. */
const FRESH_MS = 600_000;

/** Whether somebody does something that takes their password, or a fresh log-in. */
export interface Confirming {
  hash: string;
  /** When the session began. */
  since: string;
}

/** Whoever has just logged in is not asked for their password. */
export const isFresh = ({ now }: Scope, since: string): boolean => now.getTime() - Date.parse(since) <= FRESH_MS;

/**
 * What is wrong with the password that they gave; null if nothing is, or none is needed. One that was given is always compared: count it
 * before (`confirm_account`).
 *
 * @throws AppError `session_not_fresh` if there is no password to ask for
 */
export async function passwordProblem(scope: Scope, { hash, since }: Confirming, password: string | undefined): Promise<string | null> {
  if (password !== undefined) return (await passwordMatches(password, hash)) ? null : WRONG_PASSWORD;
  if (isFresh(scope, since)) return null;
  if (hash === NO_PASSWORD) throw new AppError("session_not_fresh");
  return "This field is required.";
}
