import { commit, look, UniqueViolation } from "../../commit";
import { AppError, type FieldErrors, textOf, ValidationError } from "../../lib/errors";
import { allowance, giveBack, limit } from "../../limits/limits";
import { oneOfMany } from "../../limits/under-way";
import type { Scope } from "../../scope";
import type { Client } from "../../tokens";
import { stamp } from "../activity/statements";
import { welcome } from "../credentials/verification";
import { namesFor, usernameKey } from "../users/names";
import { settlingIn } from "../users/newcomer";
import { unlock } from "./locks";
import { hashPassword, isOutdated, passwordMatches, passwordProblems } from "./password";
import type { LoggedIn, Login } from "./schemas";
import { openSession } from "./sessions";
import * as rows from "./statements";

const USERNAME_TAKEN = textOf("username_taken");
const EMAIL_TAKEN = textOf("email_taken");
/** Who logs in while their password or name changes is looked up again. */
const LOOKS = 2;

export interface Newcomer {
  /** Left out: made from the e-mail address. */
  username?: string | undefined;
  email: string;
  password: string;
  birthDate?: string | undefined;
}

/**
 * Creates a person, asks them to confirm their address and logs them in: one look, one commit. Null where the confirmation has to come
 * first (`EMAIL_VERIFICATION=mandatory`): the account is there, and nobody is logged in.
 *
 * @param instead tokens that the browser had: their sessions end with it
 * @throws ValidationError naming every bad field; AppError `throttled`
 */
export async function register(
  scope: Scope,
  { username: wanted, email, password, birthDate }: Newcomer,
  client?: Client,
  instead: readonly unknown[] = [],
): Promise<LoggedIn | null> {
  scope.note({ event: "register" });
  await scope.settings.signingKeys(); // refuses before anything is looked up or written
  const { username, errors } = await lookFor(scope, wanted === undefined ? namesFor(email) : [wanted], email);
  const problems = passwordProblems(password, { username, email });
  if (problems.length > 0) errors.password = problems;
  if (Object.keys(errors).length > 0) throw new ValidationError(errors);
  const key = usernameKey(username);
  const newcomer = { username, key, email, birthDate: birthDate ?? null, hash: await hashPassword(password), now: scope.now.toISOString() };
  const { emailVerification } = scope.settings;
  const mail = emailVerification === "none" ? [] : await welcome(scope, email);
  const steps = [rows.insertUser(newcomer), ...settlingIn(scope, key), rows.noteRegistered({ id: null, key, ...stamp(scope) }), ...mail];
  if (emailVerification !== "mandatory") return openSession(scope, key, steps, { client, newcomer: true, instead }).catch(whoWasFaster);
  await commit(scope, steps).catch(whoWasFaster);
  return null;
}

/** The first of these names that is free, and what speaks against it or the address. */
async function lookFor(scope: Scope, names: string[], email: string): Promise<{ username: string; errors: FieldErrors }> {
  const counted = await limit(scope, { register_address: scope.address() });
  const answers = await look(scope, counted, ...names.map((name) => rows.taken({ key: usernameKey(name), email })));
  const free = names.find((_, i) => !answers[i]?.[0]?.username);
  const emailTaken = answers[0]?.[0]?.email;
  const errors = { ...(free === undefined && { username: [USERNAME_TAKEN] }), ...(emailTaken && { email: [EMAIL_TAKEN] }) };
  return { username: free ?? names[0]!, errors };
}

function whoWasFaster(error: unknown): never {
  if (error instanceof UniqueViolation)
    throw new ValidationError(error.column === "users.email" ? { email: [EMAIL_TAKEN] } : { username: [USERNAME_TAKEN] });
  throw error;
}

/**
 * Logs in by username or e-mail address: one look, one commit. Counted before the password is hashed, so that tries at the same time are
 * tries too. An unknown person, a wrong password, one that is too long and somebody suspended take the same time and get the same answer.
 *
 * @param instead tokens that the browser had: their sessions end with it
 * @throws AppError `login_failed`; `throttled` after too many wrong passwords, and then for the right one too; `email_not_verified` to who has
 *   the right password, where an address has to be confirmed first
 */
export async function login(scope: Scope, given: Login, client?: Client, instead: readonly unknown[] = []): Promise<LoggedIn> {
  for (let looks = 0; looks < LOOKS; looks++) {
    try {
      return await tryToLogIn(scope, given, client, instead);
    } catch (error) {
      if (!(error instanceof AppError && error.code === "changed_meanwhile")) throw error;
    }
  }
  throw new AppError("login_failed");
}

async function tryToLogIn(
  scope: Scope,
  { username, email, password }: Login,
  client: Client | undefined,
  instead: readonly unknown[],
): Promise<LoggedIn> {
  await scope.settings.signingKeys();
  scope.note({ event: "login" });
  const name = usernameKey(username ?? email!);
  // With `email` only an address counts: nobody's username may stand in for it.
  const named = { key: username === undefined ? "" : name, email: name };
  const counted = [
    ...(await limit(scope, { login_address: scope.address(), login_name: name })),
    rows.countLogin({ ...named, ...allowance(scope, "login_account") }),
  ];
  return oneOfMany(
    name,
    () => commit(scope, counted, rows.credentials(named)),
    async ([person]) => {
      const matches = await passwordMatches(password, person?.hash ?? null);
      if (person) scope.note({ user_id: person.id });
      if (!person || !matches || person.suspended) throw refusal(scope, person);
      const steps = [
        rows.refuseChanged(person), // by a reset, say: the old password must not get in behind it
        ...(await unlock(scope, person)),
        ...(await giveBack(scope, { login_address: scope.address() })),
        ...(isOutdated(person.hash) ? [rows.setPasswordHash({ id: person.id, hash: await hashPassword(password) })] : []),
      ];
      if (scope.settings.emailVerification !== "mandatory" || person.verified)
        return openSession(scope, person.id, steps, { client, instead });
      await commit(scope, steps);
      throw new AppError("email_not_verified");
    },
  );
}

function refusal(scope: Scope, person: rows.Credentials | undefined): AppError {
  if (person && person.tries >= allowance(scope, "login_account").most) scope.note({ outcome: "locked" });
  return new AppError("login_failed");
}
