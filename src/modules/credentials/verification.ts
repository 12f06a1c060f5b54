import type { Query } from "../../db/statement";
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
