import { commit, UniqueViolation } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError, type FieldErrors, ValidationError } from "../../lib/errors";
import { asksForVersion } from "../../lib/etags";
import { forgive, limit } from "../../limits/limits";
import { read } from "../../read";
import { at, type MemberScope } from "../../scope";
import { did } from "../activity/statements";
import { passwordProblem } from "../auth/confirmation";
import { askToChange } from "../credentials/verification";
import { renaming } from "../users/changes";
import { usernameKey } from "../users/names";
import { profileUpdate } from "../users/statements";
import type { AccountSettingsChange, Preferences } from "./schemas";
import { type AccountLook, accountLook } from "./statements";
import { all, mine, refuseOther, save, type Versioned, versioned } from "./versions";

/** As the preferences app's own backend says it (contracts §1). */
const USERNAME_TAKEN = "account settings with this username already exists.";

/** For whoever takes the field for the place to set another one. */
const TO_CHANGE_IT = "To choose another, POST /api/auth/password/change/.";

/**
 * Changes the caller's name at once, and mails a link to a new address, which is theirs when the link is used. Both or neither.
 *
 * @throws ValidationError for a name that is taken, and a password that is wrong or missing; AppError `precondition_failed`, `throttled`,
 *   `session_not_fresh`
 */
export async function changeAccount(scope: MemberScope, given: AccountSettingsChange, ifMatch?: string): Promise<Versioned> {
  const { username, email, password } = given;
  const version = asksForVersion(ifMatch) ? ifMatch : null;
  if (email === undefined && password === undefined && version === null)
    return username === undefined ? all(scope) : rename(scope, username);

  const found = await look(scope, given);
  const now: Preferences["account_settings"] = JSON.parse(found.body).account_settings;
  const name = username === now.username ? undefined : username;
  const address = email === now.email ? undefined : email;
  const problem = password === undefined && address === undefined ? null : await passwordProblem(scope, found, password);
  // The right one must not count as a wrong one, whatever else is wrong.
  const forgiven = password === undefined || problem !== null ? [] : await forgive(scope, { confirm_account: scope.caller.userId });
  const onlyPassword = username === undefined && email === undefined;
  const errors: FieldErrors = {
    ...(name !== undefined && found.taken && { username: [USERNAME_TAKEN] }),
    ...(problem !== null && { password: [onlyPassword ? `${problem} ${TO_CHANGE_IT}` : problem] }),
  };
  const nothingNew = name === undefined && address === undefined;
  const stale = version !== null && (await refuseOther(found.body, version).catch((error: AppError) => error));
  if (stale || nothingNew || Object.keys(errors).length > 0) {
    if (forgiven.length > 0) await commit(scope, forgiven);
    if (stale) throw stale;
    if (Object.keys(errors).length > 0) throw new ValidationError(errors);
    return versioned(found.body);
  }
  const steps = [
    ...(name === undefined ? [] : naming(scope, name)),
    ...(address === undefined ? [] : await moving(scope, address)),
    ...forgiven,
  ];
  const again = name === undefined && address === now.pending_email;
  return save(scope, version === null ? null : found.body, steps, !again).catch(nameTaken);
}

/** A password that is given is counted before it is compared. */
async function look(scope: MemberScope, { username, password }: AccountSettingsChange): Promise<AccountLook> {
  const key = username === undefined ? null : usernameKey(username);
  const asked = accountLook({ ...mine(scope), sessionId: scope.caller.sessionId, key });
  const [found] =
    password === undefined
      ? (await read(scope, asked))[0]
      : await commit(scope, await limit(scope, { confirm_account: scope.caller.userId }), asked);
  return found!;
}

/** Only that: needs no look. */
const rename = (scope: MemberScope, username: string): Promise<Versioned> => save(scope, null, naming(scope, username)).catch(nameTaken);

const naming = (scope: MemberScope, username: string): Query[] => [
  ...renaming({ id: scope.caller.userId, username, key: usernameKey(username) }),
  profileUpdate({ id: scope.caller.userId, ...at(scope) }),
  did(scope, "update"),
];

async function moving(scope: MemberScope, email: string): Promise<Query[]> {
  scope.note({ event: "email_change" });
  const id = scope.caller.userId;
  return [
    ...(await limit(scope, { email_change_account: id, email_change_target: email })),
    ...(await askToChange(scope, id, email)),
    did(scope, "email_change_request"),
  ];
}

function nameTaken(error: unknown): never {
  const taken = error instanceof UniqueViolation || (error instanceof AppError && error.code === "username_taken");
  throw taken ? new ValidationError({ username: [USERNAME_TAKEN] }) : error;
}
