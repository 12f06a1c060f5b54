import type { Query } from "../../db/statement";
import { mintLink } from "../../mail/links";
import { posting } from "../../mail/outbox";
import type { Scope } from "../../scope";
import * as rows from "./statements";

/** Steps that ask whoever has this address to confirm it, for the batch that made them or that they asked in. Nobody, if it is confirmed. */
export async function askToVerify(scope: Scope, email: string): Promise<Query[]> {
  const link = await mintLink(scope.settings, "verify", scope.now);
  const minted = { nonce: link.nonce, secretHash: link.secretHash, expiresAt: link.expires_at, now: scope.now.toISOString() };
  return [rows.verifyLink({ email, ...minted }), rows.verifyLetter({ email, ...posting(scope, link) })];
}
