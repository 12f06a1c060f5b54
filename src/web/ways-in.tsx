import type { FC } from "hono/jsx";
import { type ErrorCode, isErrorCode, textOf } from "../lib/errors";
import { PROVIDERS, type ProviderName, TITLES } from "../modules/identities/schemas";
import type { Settings } from "../settings";
import { withNext } from "./next";

/** Logging in without a password, on the pages where one logs in or signs up. */

/** What a provider, or we, may have against it. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "access_denied",
  "account_exists",
  "email_not_verified",
  "identity_taken",
  "login_failed",
  "login_not_started",
  "provider_email_missing",
  "provider_refused",
  "provider_unavailable",
  "throttled",
]);
const INSTEAD: Partial<Record<ErrorCode, string>> = {
  account_exists: "There is an account with this e-mail address. Log in with its password; you can then link the two in your settings.",
  login_failed: "This account may not log in.",
  email_not_verified: "Confirm your e-mail address first: a mail says how.",
  provider_refused: "That did not work. Try again.",
};

/** What `?error=` says; null for what no log-in says. */
export function refusalOf(code: string | undefined): string | null {
  if (code === undefined || !isErrorCode(code) || !REFUSALS.has(code)) return null;
  return INSTEAD[code] ?? textOf(code);
}

export const providersOf = ({ providers }: Settings): ProviderName[] => PROVIDERS.filter((name) => providers[name].client !== null);

/** By way of the page where one logs in: it goes on to `next`, or says what went wrong. */
const comingBack = (next: string | null) => withNext("/login", next);

export const OtherWays: FC<{ providers: ProviderName[]; next: string | null }> = ({ providers, next }) =>
  providers.length === 0 ? null : (
    <>
      <p class="quiet">or</p>
      {providers.map((name) => (
        <a class="button secondary below" href={withNext(`/api/auth/${name}/`, comingBack(next))}>
          Continue with {TITLES[name]}
        </a>
      ))}
    </>
  );
