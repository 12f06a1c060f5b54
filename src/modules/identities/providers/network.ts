import { errors as joseErrors } from "jose";
import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from "openid-client";
import { AppError } from "../../../lib/errors";

const TIMEOUT_MS = 5000;
const TOO_MANY_REQUESTS = 429;

/** As the libraries have it, who say `undefined` for a body that is not there. */
type Init = Omit<RequestInit, "body"> & { body?: BodyInit | null | undefined };

/**
 * One request to a provider, whose answer is read to its end. Libraries ask through it too, so that a provider that is down, slow or broken
 * is the same thing everywhere.
 *
 * @throws AppError `provider_unavailable`
 */
export async function ask(url: string | URL, init: Init = {}): Promise<Response> {
  try {
    const answer = await fetch(url, { ...(init as RequestInit), redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await answer.arrayBuffer();
    if (answer.status >= 500 || answer.status === TOO_MANY_REQUESTS) throw unavailable();
    return new Response(body, { status: answer.status, headers: answer.headers });
  } catch {
    throw unavailable();
  }
}

/** The same for what has to be there whoever asks: a provider's keys, its description of itself. */
export async function askForOwn(url: string | URL, init?: Init): Promise<Response> {
  const answer = await ask(url, init);
  if (!answer.ok) throw unavailable();
  return answer;
}

export const unavailable = () => new AppError("provider_unavailable");
export const refused = () => new AppError("provider_refused", { non_field_errors: ["Incorrect value"] });

export const clientUnknown = () =>
  new AppError("provider_not_configured", { detail: "The provider does not know this server: its client id or secret is wrong." });

/** Codes of OAuth that mean us and not who asks: our id or secret is wrong. */
const OURS: ReadonlySet<string> = new Set(["invalid_client"]);
/** Where we began, what was begun with is ours too: a redirect address, say, that is not registered there. */
export const OURS_AS_WE_BEGAN: ReadonlySet<string> = new Set([...OURS, "unauthorized_client", "redirect_uri_mismatch"]);
const THEIRS: ReadonlySet<string> = new Set(["server_error", "temporarily_unavailable"]);

/**
 * Waits for work with a provider; what the libraries find wrong with its answers comes out as an error of ours.
 *
 * @param ours the codes for which the server's set-up is to blame, and not what a client sent
 */
export async function judged<Result>(work: Promise<Result>, ours = OURS): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw judge(error, ours);
  }
}

function judge(error: unknown, ours: ReadonlySet<string>): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof ClientError && error.cause instanceof AppError) return error.cause;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return byCode(error.error, ours);
  const known = [ClientError, WWWAuthenticateChallengeError, joseErrors.JOSEError].some((kind) => error instanceof kind);
  return known ? refused() : error;
}

function byCode(code: string, ours: ReadonlySet<string>): AppError {
  if (code === "access_denied") return new AppError("access_denied");
  if (THEIRS.has(code)) return unavailable();
  return ours.has(code) ? clientUnknown() : refused();
}
