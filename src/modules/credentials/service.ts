import { commit, look, UniqueViolation } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError, type FieldErrors, textOf, ValidationError } from "../../lib/errors";
import { pathId } from "../../lib/fields";
import { forgive, giveBack, limit } from "../../limits/limits";
import { hashSecret, isSecret, mintLink } from "../../mail/links";
import { posting } from "../../mail/outbox";
import { read } from "../../read";
import { at, type Caller, type MemberScope, type Scope } from "../../scope";
import { did, stamp } from "../activity/statements";
import { isFresh } from "../auth/confirmation";
import { unlock } from "../auth/locks";
import { hashPassword, NO_PASSWORD, passwordMatches, passwordProblems, WRONG_OLD_PASSWORD, WRONG_PASSWORD } from "../auth/password";
import { revokeAllSessions, revokeOtherSessions, setPasswordHash } from "../auth/statements";
import { unlinkUnproven } from "../identities/statements";
import { preferencesUpdate } from "../preferences/statements";
import type { AddressChange, FirstPassword, PasswordChange, PasswordReset } from "./schemas";
import * as rows from "./statements";
import { askToChange, askToVerify, minted } from "./verification";

export type { AddressLink } from "./statements";

const MISMATCH = "The two password fields didn’t match.";
const INVALID = "Invalid value";
const NOBODY = { userId: 0, sessionId: 0 };

/** What a link to an address is for, without using it; null if it is not good. */
export async function inspectAddressLink(scope: Scope, key: string): Promise<rows.AddressLink | null> {
  const link = await opened(scope, key);
  if (!isSecret(key)) return null;
  const [[found]] = await scope.db.batch([rows.addressLink(link)]);
  return found ?? null;
}

/**
 * Uses a link to an address: it is now its owner's, and confirmed, be it the one they registered with or one that they change to. Unless
 * the account's own session does it (`by`), accounts elsewhere that were linked before log nobody in any more, as after a reset.
 *
 * @throws AppError `link_not_valid`; ValidationError if somebody else has the address meanwhile
 */
export async function confirmAddress(scope: Scope, key: string, by: Caller | null): Promise<void> {
  scope.note({ event: "email_confirm" });
  const link = await opened(scope, key);
  const confirm = rows.confirmAddress(link);
  const unlink = rows.unlinkUnproven({ ...link, ...(by ?? NOBODY) });
  const noted = { ...link, ...stamp(scope) };
  const steps = [
    rows.refuseAddressLink(link),
    unlink,
    confirm,
    rows.addressUpdate({ ...link, ...at(scope) }),
    rows.addressPreferencesUpdate(link),
    rows.noteAddressChanged(noted),
    rows.noteAddressConfirmed(noted),
    rows.forgetLinksWith(link),
  ];
  const [owner] = await commit(scope, steps, confirm).catch((error) => {
    const taken = error instanceof UniqueViolation || (error instanceof AppError && error.code === "email_taken");
    throw taken ? new ValidationError({ email: [textOf("email_taken")] }) : error;
  });
  scope.note({ user_id: owner!.id });
}

/** For who is asked to confirm an address and has not made the account: the link is void. @throws AppError `link_not_valid` */
export async function denyAddress(scope: Scope, key: string): Promise<void> {
  scope.note({ event: "email_deny" });
  const link = await opened(scope, key);
  const deny = rows.voidLink(link);
  const [owner] = await commit(scope, [rows.refuseBadLink(link), deny], deny);
  scope.note({ user_id: owner!.id });
}

/** Mails another link to an address that waits to be confirmed. Does the same, and says nothing, for any other. */
export async function resendVerification(scope: Scope, email: string): Promise<void> {
  scope.note({ event: "email_resend" });
  const counted = await limit(scope, { verify_address: scope.address(), verify_target: email });
  await commit(scope, [...counted, ...(await askToVerify(scope, email))]);
}

/**
 * Mails a link to a new address, and a warning to the old one. Nothing changes before the link is used, and nothing tells whether
 * somebody has the address already.
 *
 * @throws ValidationError for a wrong password or the address that they have; AppError `throttled`
 */
export async function changeAddress(scope: MemberScope, { email, password }: AddressChange): Promise<void> {
  scope.note({ event: "email_change" });
  const id = scope.caller.userId;
  const counted = await limit(scope, { confirm_account: id, email_change_account: id, email_change_target: email });
  const [person] = await commit(scope, counted, rows.credentialsOf({ id }));
  const matches = await passwordMatches(password, person!.hash);
  const forgiven = matches ? await forgive(scope, { confirm_account: id }) : [];
  const errors: FieldErrors = {
    ...(person!.email === email && { email: ["This is your e-mail address already."] }),
    ...(!matches && { password: [WRONG_PASSWORD] }),
  };
  // No mail goes out, so none is counted for who has that address.
  if (isAny(errors)) return refuseWith(scope, errors, [...forgiven, ...(await giveBack(scope, { email_change_target: email }))]);
  const told = preferencesUpdate({ me: id, now: scope.now.toISOString() });
  await commit(scope, [...(await askToChange(scope, id, email)), told, did(scope, "email_change_request"), ...forgiven]);
}

/**
 * Changes the caller's password. Their session goes on; all others end at once, and links that were mailed for a reset or a change of
 * address are void.
 *
 * @throws ValidationError naming a wrong old password and what is wrong with the new one; AppError `throttled`
 */
export async function changePassword(scope: MemberScope, { old_password, new_password, new_password2 }: PasswordChange): Promise<void> {
  scope.note({ event: "password_change" });
  const id = scope.caller.userId;
  const counted = await limit(scope, { confirm_account: id, password_change_account: id });
  const [person] = await commit(scope, counted, rows.credentialsOf({ id }));
  const matches = await passwordMatches(old_password, person!.hash);
  // The right one must not count as a wrong one, whatever the new one is.
  const forgiven = matches ? await forgive(scope, { confirm_account: id }) : [];
  const errors: FieldErrors = {
    ...(!matches && { old_password: [WRONG_OLD_PASSWORD] }),
    ...newPasswordErrors(person!, new_password, new_password2),
  };
  if (isAny(errors)) return refuseWith(scope, errors, forgiven);
  await commit(scope, [...(await saving(scope, new_password)), ...forgiven]);
}

/**
 * Sets a password for who has none and logs in by an account elsewhere, if they have just done so. All other sessions end.
 *
 * @throws ValidationError naming what is wrong with it, or that there is one; AppError `session_not_fresh`, `throttled`, `changed_meanwhile`
 */
export async function setPassword(scope: MemberScope, { new_password, new_password2 }: FirstPassword): Promise<void> {
  scope.note({ event: "password_change" });
  const id = scope.caller.userId;
  const [[person]] = await read(scope, rows.confirmingOf({ id, sessionId: scope.caller.sessionId }));
  if (person!.hash !== NO_PASSWORD) throw new ValidationError({ non_field_errors: ["You have a password already: change it."] });
  if (!isFresh(scope, person!.since)) throw new AppError("session_not_fresh");
  const errors = newPasswordErrors(person!, new_password, new_password2);
  if (isAny(errors)) throw new ValidationError(errors);
  await commit(scope, [
    ...(await limit(scope, { password_change_account: id })),
    rows.refuseUnlessWithout({ id }),
    ...(await saving(scope, new_password)),
  ]);
}

/** What a new password brings with it. */
const saving = async (scope: MemberScope, password: string): Promise<Query[]> => {
  const id = scope.caller.userId;
  return [
    setPasswordHash({ id, hash: await hashPassword(password) }),
    revokeOtherSessions({ ...scope.caller, now: scope.now.toISOString() }),
    rows.forgetRiskyLinks({ id }),
    rows.passwordNotice({ id, ...posting(scope) }),
    did(scope, "password_change"),
  ];
};

/** Refuses, once what was counted and was no try is taken back. */
async function refuseWith(scope: MemberScope, errors: FieldErrors, takenBack: readonly Query[]): Promise<never> {
  if (takenBack.length > 0) await commit(scope, takenBack);
  throw new ValidationError(errors);
}

const isAny = (errors: FieldErrors) => Object.keys(errors).length > 0;

/** Mails a link to whoever has this address. For an address that nobody has it does the same and mails nothing. */
export async function askForReset(scope: Scope, email: string): Promise<void> {
  scope.note({ event: "password_reset_request" });
  const counted = await limit(scope, { reset_address: scope.address(), reset_target: email });
  const link = await mintLink(scope.settings, "reset", scope.now);
  await commit(scope, [
    ...counted,
    rows.resetLink({ email, ...minted(scope, link) }),
    rows.resetLetter({ email, ...posting(scope, link) }),
  ]);
}

/**
 * Sets a new password by a mailed link. All sessions end and none begins; who could read the mail has the address, so it counts as
 * confirmed, and accounts elsewhere that were linked before it was log nobody in any more; whoever was locked out for wrong passwords no
 * longer is.
 *
 * @throws ValidationError naming `uid` or `token` if the link is not good, or else what is wrong with the password
 */
export async function resetPassword(scope: Scope, { uid, token, new_password, new_password2 }: PasswordReset): Promise<void> {
  scope.note({ event: "password_reset" });
  const id = idOf(uid);
  const link = { id, ...(await opened(scope, token)) };
  const [[person]] = await look(scope, [], rows.resetTarget(link));
  if (!person) throw new ValidationError({ uid: [INVALID] });
  if (!person.good) throw new ValidationError({ token: [INVALID] });
  const errors = newPasswordErrors(person, new_password, new_password2);
  if (isAny(errors)) throw new ValidationError(errors);
  const hash = await hashPassword(new_password);
  const now = scope.now.toISOString();
  const steps = [
    rows.refuseResetLink(link),
    unlinkUnproven({ userId: id }),
    rows.resetPassword({ id, hash, now }),
    revokeAllSessions({ userId: id, now }),
    rows.forgetAllLinks({ id }),
    rows.passwordNotice({ id, ...posting(scope) }),
    rows.noteReset({ id, ...stamp(scope) }),
    ...(await unlock(scope, { ...person, id })),
  ];
  await commit(scope, steps).catch((error) => {
    throw error instanceof AppError && error.code === "link_not_valid" ? new ValidationError({ token: [INVALID] }) : error;
  });
  scope.note({ user_id: id });
}

/** Whether a reset link could be used now: what a page asks before it shows a form. */
export async function isResetLinkGood(scope: Scope, uid: string, token: string): Promise<boolean> {
  const id = idOf(uid);
  const link = await opened(scope, token);
  if (id === NOBODY.userId || !isSecret(token)) return false;
  const [[person]] = await look(scope, [], rows.resetTarget({ id, ...link }));
  return Boolean(person?.good);
}

/** `uid` of a mailed link as an id; nobody's if it is none. */
const idOf = (uid: string): number => pathId().safeParse(uid).data ?? NOBODY.userId;

/** Needs no key, but answers 503 like all that deals in secrets while there is none. */
async function opened(scope: Scope, secret: string): Promise<{ secretHash: string; now: string }> {
  await scope.settings.signingKeys();
  return { secretHash: await hashSecret(secret), now: scope.now.toISOString() };
}

function newPasswordErrors(owner: rows.Credentials, password: string, again: string | undefined): FieldErrors {
  const problems = passwordProblems(password, owner);
  return {
    ...(problems.length > 0 && { new_password: problems }),
    ...(again !== undefined && again !== password && { new_password2: [MISMATCH] }),
  };
}
