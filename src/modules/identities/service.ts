import { commit, UniqueViolation } from "../../commit";
import { AppError } from "../../lib/errors";
import { limit } from "../../limits/limits";
import { posting } from "../../mail/outbox";
import { read } from "../../read";
import type { MemberScope, Scope } from "../../scope";
import { stamp } from "../activity/statements";
import type { LoggedIn } from "../auth/schemas";
import { openSession } from "../auth/sessions";
import { noteRegistered, taken } from "../auth/statements";
import { welcome } from "../credentials/verification";
import { namesFor, usernameKey } from "../users/names";
import { settlingIn } from "../users/newcomer";
import { Email } from "../users/schemas";
import { providerNamed } from "./providers/named";
import type { Profile } from "./providers/provider";
import type { Identity, ProviderName, ProviderToken } from "./schemas";
import * as rows from "./statements";

/** What a look found may be gone at the commit; somebody who is faster than us again and again is not one person logging in. */
const LOOKS = 3;
const MAX_NAME = 150;

/** Where a provider sends browsers back to: on the host that is asked. */
export const callbackOf = (name: ProviderName, requestUrl: string): string => new URL(`/api/auth/${name}/callback/`, requestUrl).href;

/**
 * Who a client's token, code or ID token stands for. One that stands for nobody is counted against who sent it.
 *
 * @throws AppError `provider_refused`, `provider_unavailable`, `provider_not_configured`, `throttled`
 */
async function identify(scope: Scope, name: ProviderName, given: ProviderToken, requestUrl: string): Promise<Profile> {
  await scope.settings.signingKeys(); // refuses before anything is spent or written
  const provider = providerNamed(scope, name);
  const { access_token, code, id_token, nonce, code_verifier } = given;
  // An ID token says whom it is for; where a client sends both, it is the better of the two.
  if (id_token !== undefined) return counted(scope, provider.fromIdToken(id_token, nonce));
  if (access_token !== undefined) return counted(scope, provider.fromAccessToken(access_token));
  const redirectUri = given.redirect_uri ?? given.callback_url ?? callbackOf(name, requestUrl);
  return counted(scope, provider.fromCode(code!, redirectUri, code_verifier));
}

/** Counts what a provider refuses. */
export async function counted(scope: Scope, asked: Promise<Profile>): Promise<Profile> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && error.code === "provider_refused")
      await commit({ ...scope, caller: null }, await limit(scope, { social_address: scope.address() }));
    throw error;
  }
}

/** `enter` with what a client has from a provider. @throws AppError as `identify` too */
export async function enterWith(scope: Scope, name: ProviderName, given: ProviderToken, requestUrl: string): Promise<LoggedIn> {
  scope.note({ event: "login" });
  return enter(scope, name, await identify(scope, name, given, requestUrl));
}

/** `link` with what a client has from a provider. @throws AppError as `identify` too */
export async function linkWith(scope: MemberScope, name: ProviderName, given: ProviderToken, requestUrl: string): Promise<Identity> {
  scope.note({ event: "link_identity" });
  return link(scope, name, await identify(scope, name, given, requestUrl));
}

/**
 * Logs in whom a provider vouches for: one look, one commit. The first time makes a person, or finds the one whose address it is, if that is
 * certain on both sides.
 *
 * @throws AppError `account_exists` for an address that somebody has and that is not certain to be theirs, `provider_email_missing`,
 *   `login_failed` for a person who is suspended, `email_not_verified` where an address has to be confirmed first
 */
export async function enter(scope: Scope, provider: ProviderName, profile: Profile): Promise<LoggedIn> {
  const email = Email.safeParse(profile.email).data ?? null;
  for (let look = 1; ; look++) {
    try {
      return await tryToEnter(scope, provider, { ...profile, email });
    } catch (error) {
      const stale = error instanceof UniqueViolation || (error instanceof AppError && error.code === "changed_meanwhile");
      if (!stale) throw error;
      if (look === LOOKS) throw new AppError("changed_meanwhile");
    }
  }
}

async function tryToEnter(scope: Scope, provider: ProviderName, profile: Profile): Promise<LoggedIn> {
  const { subject, email } = profile;
  const names = email === null ? [] : namesFor(email);
  const [[person], ...answers] = await scope.db.batch([
    rows.whoMayBe({ provider, subject, email: email ?? "" }),
    ...names.map((name) => taken({ key: usernameKey(name), email: email! })),
  ]);
  if (person) return enterAs(scope, provider, profile, person);
  if (email === null) throw new AppError("provider_email_missing");
  const username = names.find((_, i) => !(answers as { username: number }[][])[i]?.[0]?.username);
  if (username === undefined) throw new AppError("changed_meanwhile");
  return enterAnew(scope, provider, { ...profile, email }, username);
}

/** As somebody who is here already. */
async function enterAs(scope: Scope, provider: ProviderName, profile: Profile, { key, ...person }: rows.Known): Promise<LoggedIn> {
  const { subject, email, emailVerified } = profile;
  const now = scope.now.toISOString();
  scope.note({ user_id: person.id });
  // Before anything else about them is told.
  if (person.suspended) throw new AppError("login_failed");
  if (person.linked) {
    const confirms = emailVerified && person.hasAddress;
    if (!person.verified && !confirms && mustVerify(scope)) throw new AppError("email_not_verified");
    const confirm = confirms && !person.verified ? [rows.confirmAddress({ key, email: email!, now })] : [];
    return openSession(scope, key, [
      rows.refuseUnlessLinked({ provider, subject, key }),
      rows.useIdentity({ provider, subject, email, now }),
      ...confirm,
    ]);
  }
  if (!emailVerified || !person.verified) throw new AppError("account_exists");
  return openSession(scope, key, [
    rows.refuseUnlessVerified({ key, email: email! }),
    rows.linkNotice({ userId: person.id, provider, subject, ...posting(scope) }),
    rows.noteLinked({ userId: person.id, provider, subject, ...stamp(scope) }),
    rows.insertIdentity({ provider, subject, email, now, key }),
  ]);
}

/** As a person who is made now. Where the address has to be confirmed first, they are made, and nobody is logged in. */
async function enterAnew(
  scope: Scope,
  provider: ProviderName,
  { subject, email, ...profile }: Profile & { email: string },
  username: string,
): Promise<LoggedIn> {
  const key = usernameKey(username);
  const now = scope.now.toISOString();
  const named = { firstName: fitting(profile.firstName), lastName: fitting(profile.lastName) };
  const toVerify = !profile.emailVerified && scope.settings.emailVerification !== "none";
  const steps = [
    ...(await limit(scope, { register_address: scope.address() })),
    rows.insertPerson({ username, key, email, ...named, verifiedAt: profile.emailVerified ? now : null, now }),
    ...settlingIn(scope, key),
    rows.insertIdentity({ provider, subject, email, now, key }),
    noteRegistered({ id: null, key, ...stamp(scope) }),
    ...(toVerify ? await welcome(scope, email) : []),
  ];
  if (profile.emailVerified || !mustVerify(scope)) return openSession(scope, key, steps, { newcomer: true });
  await commit(scope, steps);
  throw new AppError("email_not_verified");
}

const mustVerify = ({ settings }: Scope) => settings.emailVerification === "mandatory";
/** As much of a name as fits, without half a character at its end. */
const fitting = (name: string) =>
  name
    .replaceAll("\0", "")
    .slice(0, MAX_NAME)
    .replace(/[\ud800-\udbff]$/, "")
    .toWellFormed();

/** The caller's identities, oldest first. */
export async function list(scope: MemberScope): Promise<Identity[]> {
  const [identities] = await read(scope, rows.identitiesOf({ userId: scope.caller.userId }));
  return identities;
}

/**
 * Makes what a provider vouches for another way in for the caller, whom a mail tells of it; one that they have stays.
 *
 * @throws AppError `identity_taken`
 */
export async function link(scope: MemberScope, provider: ProviderName, { subject, email }: Profile): Promise<Identity> {
  const { userId } = scope.caller;
  const known = { provider, subject };
  const steps = [
    rows.refuseAnothers({ ...known, userId }),
    rows.linkNotice({ ...known, userId, ...posting(scope) }),
    rows.noteLinked({ ...known, userId, ...stamp(scope) }),
    rows.linkIdentity({ ...known, userId, email: Email.safeParse(email).data ?? null, now: scope.now.toISOString() }),
  ];
  const [identity] = await commit(scope, steps, rows.identityOf(known));
  return identity!;
}

/** @throws AppError `not_found`, `last_way_in` */
export async function unlink(scope: MemberScope, id: number): Promise<void> {
  scope.note({ event: "unlink_identity" });
  const one = { id, userId: scope.caller.userId };
  await commit(scope, [
    rows.refuseUnlessOwn(one),
    rows.refuseLastWayIn(one),
    rows.noteUnlinked({ ...one, ...stamp(scope) }),
    rows.deleteIdentity(one),
  ]);
}
