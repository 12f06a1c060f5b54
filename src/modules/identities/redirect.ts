import { randomNonce, randomPKCECodeVerifier, randomState } from "openid-client";
import { read } from "../../read";
import type { MemberScope, Scope } from "../../scope";
import type { LoggedIn } from "../auth/schemas";
import { type Attempt, readAttempt, signAttempt } from "./attempt";
import { providerNamed } from "./providers/named";
import type { Identity, ProviderName } from "./schemas";
import { counted, enter, link } from "./service";

/** Logging in and linking by way of the provider's own pages. */

interface Beginning {
  redirectUri: string;
  next: string | null;
}

/**
 * Where to send the browser to log in, and what it has to keep until it comes back.
 *
 * @throws AppError `provider_not_configured`, `provider_unavailable`
 */
export async function begin(scope: Scope, name: ProviderName, { redirectUri, next }: Beginning): Promise<{ url: string; kept: string }> {
  const provider = providerNamed(scope, name);
  const challenge = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const [kept, url] = await Promise.all([
    signAttempt(scope, { ...challenge, provider: name, next, linkTo: scope.caller }),
    provider.authorizationUrl(challenge, redirectUri),
  ]);
  return { url: url.href, kept };
}

/** The same, for a member to link what the browser comes back with to their session. */
export async function beginLink(scope: MemberScope, name: ProviderName, beginning: Beginning): ReturnType<typeof begin> {
  await read(scope);
  return begin(scope, name, beginning);
}

/** @throws AppError `login_not_started` */
export async function resume(scope: Scope, name: ProviderName, kept: string | undefined, address: URL): Promise<Attempt> {
  scope.note({ event: "login" });
  return readAttempt(scope, kept, name, address.searchParams.get("state"));
}

export type Outcome = { loggedIn: LoggedIn } | { linked: Identity };

/**
 * Logs in whoever came back from the provider, or links them to the session that began it, if it still lives.
 *
 * @throws AppError as `enter` and `link` do, and what the provider refuses
 */
export async function finish(scope: Scope, attempt: Attempt, address: URL, redirectUri: string): Promise<Outcome> {
  if (attempt.linkTo !== null) scope.note({ event: "link_identity", user_id: attempt.linkTo.userId });
  const provider = providerNamed(scope, attempt.provider);
  const profile = await counted(scope, provider.fromCallback(address, attempt, redirectUri));
  if (attempt.linkTo === null) return { loggedIn: await enter(scope, attempt.provider, profile) };
  return { linked: await link({ ...scope, caller: attempt.linkTo }, attempt.provider, profile) };
}
