import { commit } from "../../commit";
import { doomAll } from "../../files/ledger";
import { ValidationError } from "../../lib/errors";
import { forgive, limit } from "../../limits/limits";
import { posting } from "../../mail/outbox";
import { refuseLastAdmin } from "../../permission";
import { read } from "../../read";
import { seenByFriends, watching } from "../../realtime/sightings";
import type { MemberScope } from "../../scope";
import { isFresh, passwordProblem } from "../auth/confirmation";
import { announceGoneToFriends, announceGoneToPending } from "../friends/statements";
import type { Identity } from "../identities/schemas";
import { identitiesOf } from "../identities/statements";
import { announceGoneWithSender } from "../notifications/statements";
import { mine } from "../preferences/statements";
import { mine as of, type Versioned, versioned } from "../preferences/versions";
import { removeName } from "../users/name-index";
import { removeUser } from "../users/statements";
import type { Leaving } from "./schemas";
import * as rows from "./statements";

/** How the caller gets into their account. */
export interface Access extends Omit<rows.Standing, "since"> {
  /** They have just logged in, and need give no password. */
  fresh: boolean;
}

const accessOf = (scope: MemberScope, { since, ...standing }: rows.Standing): Access => ({ ...standing, fresh: isFresh(scope, since) });

export async function access(scope: MemberScope): Promise<Access> {
  const [[standing]] = await read(scope, rows.standing(scope.caller));
  return accessOf(scope, standing!);
}

/** All that the caller's account is changed by. */
export interface Overview {
  account: Versioned;
  access: Access;
  identities: Identity[];
}

export async function overview(scope: MemberScope): Promise<Overview> {
  const [[standing], [body], identities] = await read(
    scope,
    rows.standing(scope.caller),
    mine(of(scope)),
    identitiesOf({ userId: scope.caller.userId }),
  );
  return { account: await versioned(body!), access: accessOf(scope, standing!), identities };
}

/**
 * Deletes the caller's account with all that is theirs, and tells everybody in whose lists they stood: one look, one commit. Their
 * files are doomed with it and removed after it, and their hub is emptied.
 *
 * @throws ValidationError for a wrong password, or none where the log-in is no longer fresh
 * @throws AppError `session_not_fresh` if there is no password to ask for, `last_admin`, `throttled` after too many wrong passwords
 */
export async function leave(scope: MemberScope, { password }: Leaving): Promise<void> {
  const me = scope.caller.userId;
  scope.note({ event: "delete_account", user_id: me });
  await confirm(scope, password);
  const now = scope.now.toISOString();
  const steps = [
    refuseLastAdmin({ id: me }),
    announceGoneWithSender({ sender: me, now }),
    ...announceGoneToPending.map((announce) => announce({ me, now })),
    announceGoneToFriends({ me, now }),
    removeName({ id: me }),
    ...(await forgive(scope, {
      login_account: me,
      confirm_account: me,
      password_change_account: me,
      email_change_account: me,
      digest_account: me,
      friend_request: me,
      upload_account: me,
      block: me,
    })),
    doomAll({ userId: me, now }),
    rows.farewell({ id: me, ...posting(scope) }),
    removeUser({ id: me }),
  ];
  await commit(scope, watching(seenByFriends({ userId: me, now }), steps));
  scope.defer(scope.hubs.erase(me));
}

async function confirm(scope: MemberScope, password: string | undefined): Promise<void> {
  const asked = rows.whoLeaves(scope.caller);
  const me = scope.caller.userId;
  // Whoever has somebody's session guesses their password here no more often than at the door. The last admin is told before it counts.
  const counted = async () => [refuseLastAdmin({ id: me }), ...(await limit(scope, { confirm_account: me }))];
  const [person] = password === undefined ? (await read(scope, asked))[0] : await commit(scope, await counted(), asked);
  const problem = await passwordProblem(scope, person!, password);
  if (problem) throw new ValidationError({ password: [problem] });
}
