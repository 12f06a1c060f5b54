import type { Query } from "../../db/statement";
import { allowance, keyOf } from "../../limits/limits";
import { type Link, mintLink } from "../../mail/links";
import { posting } from "../../mail/outbox";
import type { Scope } from "../../scope";
import * as rows from "./statements";

/** Of a new link what is stored. */
export const minted = ({ now }: Scope, { nonce, secretHash, expires_at }: Link) => ({
  nonce,
  secretHash,
  expiresAt: expires_at,
  now: now.toISOString(),
});

/** Steps that ask whoever has this address to confirm it, for the batch that made them or that they asked in. Nobody, if it is confirmed. */
export async function askToVerify(scope: Scope, email: string): Promise<Query[]> {
  const link = await mintLink(scope.settings, "verify", scope.now);
  return [rows.verifyLink({ email, ...minted(scope, link) }), rows.verifyLetter({ email, ...posting(scope, link) })];
}

/**
 * The same for a newcomer, in the batch that makes them, and counted: whoever registers an address, deletes the account and registers it
 * again must not flood a mailbox. Beyond the limit they come in all the same, and no mail goes out.
 */
export async function welcome(scope: Scope, email: string): Promise<Query[]> {
  const link = await mintLink(scope.settings, "verify", scope.now);
  const key = await keyOf(scope.settings, "register_target", email);
  const allowed = allowance(scope, "register_target");
  return [
    rows.countWelcome({ key, ...allowed }),
    rows.verifyLink({ email, ...minted(scope, link) }),
    rows.welcomeLetter({ email, key, most: allowed.most, ...posting(scope, link) }),
  ];
}

/** Steps that mail a link to the new address of somebody, and a warning to the one that they have. Nothing changes before it is used. */
export async function askToChange(scope: Scope, id: number, email: string): Promise<Query[]> {
  const link = await mintLink(scope.settings, "change", scope.now);
  return [
    rows.changeLink({ id, email, ...minted(scope, link) }),
    rows.changeLetter({ id, email, ...posting(scope, link) }),
    rows.changeNotice({ id, ...posting(scope) }),
  ];
}
