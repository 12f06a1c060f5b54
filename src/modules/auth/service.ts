import { UniqueViolation } from "../../commit";
import { AppError, type FieldErrors, ValidationError } from "../../lib/errors";
import type { Scope } from "../../scope";
import { indexForSearch, usernameKey } from "../users/statements";
import { hashPassword, isOutdated, passwordMatches, passwordProblems } from "./password";
import type { LoggedIn, Login, Registration } from "./schemas";
import { openSession } from "./sessions";
import * as rows from "./statements";

const USERNAME_TAKEN = "A user with that username already exists.";
const EMAIL_TAKEN = "A user is already registered with this e-mail address.";
const SUGGESTIONS = 5;

/**
 * Creates a person and logs them in: one look, one commit.
 *
 * @throws ValidationError naming every bad field
 */
export async function register(scope: Scope, input: Registration): Promise<LoggedIn> {
  await scope.settings.signingKeys(); // refuses before anything is looked up or written
  const username = input.username ?? (await freeUsername(scope, input.email));
  const errors = await registrationErrors(scope, { username, email: input.email, password: input.password });
  if (Object.keys(errors).length > 0) throw new ValidationError(errors);
  const hash = await hashPassword(input.password);
  const key = usernameKey(username);
  const newcomer = { username, key, email: input.email, hash, now: scope.now.toISOString() };
  return openSession(scope, key, [rows.insertUser(newcomer), indexForSearch({ key })]).catch(whoWasFaster);
}

async function registrationErrors(
  { db }: Scope,
  { username, email, password }: { username: string; email: string; password: string },
): Promise<FieldErrors> {
  const [[taken]] = await db.batch([rows.taken({ key: usernameKey(username), email })]);
  const problems = passwordProblems(password, { username, email });
  return {
    ...(taken?.username && { username: [USERNAME_TAKEN] }),
    ...(taken?.email && { email: [EMAIL_TAKEN] }),
    ...(problems.length > 0 && { password: problems }),
  };
}

function whoWasFaster(error: unknown): never {
  if (error instanceof UniqueViolation)
    throw new ValidationError(error.column === "users.email" ? { email: [EMAIL_TAKEN] } : { username: [USERNAME_TAKEN] });
  throw error;
}

/** The part before the @, with digits behind it if somebody has that already. */
async function freeUsername({ db }: Scope, email: string): Promise<string> {
  const stem = email.split("@")[0]!.replace(/[^\p{L}\p{N}_.+-]/gu, "") || "user";
  const digits = () => String(crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000).padStart(6, "0");
  const candidates = [stem, ...Array.from({ length: SUGGESTIONS }, () => `${stem}${digits()}`)];
  const found = await db.batch(candidates.map((name) => rows.taken({ key: usernameKey(name), email: "" })));
  return candidates.find((_, i) => !found[i]?.[0]?.username) ?? crypto.randomUUID();
}

/**
 * Logs in by username or e-mail address: one look, one commit. An unknown person, a wrong password and one that is too long take the
 * same time and get the same answer.
 *
 * @throws AppError `login_failed`
 */
export async function login(scope: Scope, { username, email, password }: Login): Promise<LoggedIn> {
  await scope.settings.signingKeys();
  const name = username ?? email!;
  // With `email` only an address counts: nobody's username may stand in for it.
  const key = username === undefined ? "" : usernameKey(name);
  const [[person]] = await scope.db.batch([rows.credentials({ key, email: name.toLowerCase() })]);
  const matches = await passwordMatches(password, person?.hash ?? null);
  if (!person || !matches) throw loginFailed();
  const upgrade = isOutdated(person.hash) ? [rows.setPasswordHash({ id: person.id, hash: await hashPassword(password) })] : [];
  return openSession(scope, person.key, upgrade);
}

/** Some clients show `detail`, others `non_field_errors` (contracts §3a). */
const loginFailed = () => new AppError("login_failed", { non_field_errors: ["No active account found with the given credentials"] });
