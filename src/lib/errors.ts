import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * Every error that Kith answers with, once: its HTTP status and what a person reads. The keys are the `code` in the answer's body.
 * Texts and shapes follow contracts §1 (DRF 3.14, SimpleJWT 5.2) where clients of those depend on them.
 */
const ERRORS = {
  not_authenticated: [401, "Authentication credentials were not provided."],
  bad_authorization_header: [401, "Authorization header must contain two space-delimited values"],
  token_not_valid: [401, "Token is invalid or expired"],
  no_refresh_token: [401, "No valid refresh token found."],
  login_failed: [401, "No active account found with the given credentials"],
  csrf_failed: [403, "CSRF Failed: this origin may not use the API. Add it to ALLOWED_ORIGINS if it is yours."],
  csrf_missing: [403, "CSRF verification failed. Request aborted."],
  permission_denied: [403, "You do not have permission to perform this action."],
  not_found: [404, "Not found."],
  method_not_allowed: [405, "Method not allowed."],
  parse_error: [400, "JSON parse error"],
  body_too_large: [413, "Request body is too large."],
  unsupported_media_type: [415, "Unsupported media type in request."],
  invalid: [400, "Invalid input."],
  upgrade_required: [426, "This address speaks WebSocket: send an upgrade request."],
  throttled: [429, "Request was throttled."],
  idempotency_key_reused: [422, "This Idempotency-Key was used with another request body."],
  not_configured: [503, "The server has no usable signing secret. Set JWT_SECRET to at least 32 random characters."],
  misconfigured: [503, "Something has to be set differently."],
  not_ready: [503, "The database does not answer, or lacks its tables: apply the migrations."],
  storage_unavailable: [503, "Files cannot be stored at the moment. Try again later."],
  internal: [500, "Internal server error."],
  email_not_verified: [403, "E-mail is not verified."],
  link_not_valid: [400, "This link is not good: it was used, it is too old, or a newer one was sent."],
  invalid_status: [400, "Invalid status"],
  request_to_self: [400, "You cannot send a friend request to yourself."],
  request_pending: [400, "Friend request already sent."],
  unchanged: [409, "Nothing changes."],
  request_crossed: [409, "They asked you first."],
  already_friends: [400, "You are already friends."],
  email_taken: [400, "A user is already registered with this e-mail address."],
  username_taken: [400, "A user with that username already exists."],
  no_such_user: [404, "User not found."],
  no_such_request: [404, "Friend request not found."],
  not_friends: [404, "You are not friends."],
  too_many_groups: [400, "You have as many groups as there can be. Delete one first."],
  group_full: [400, "This group is full."],
  block_self: [400, "You cannot block yourself."],
  session_not_fresh: [403, "Log in again first: this takes a log-in of the last ten minutes."],
  last_admin: [409, "This is the last admin. Make somebody else one first."],
  provider_not_configured: [503, "Logging in with this provider is not set up."],
  provider_unavailable: [503, "The provider does not answer. Try again in a moment."],
  provider_refused: [400, "Incorrect value"],
  access_denied: [400, "You did not agree to log in with this provider."],
  login_not_started: [400, "This log-in was not begun in this browser, or too long ago. Start again."],
  provider_email_missing: [400, "The provider does not tell your e-mail address, and an account needs one. Allow it there, or register."],
  account_exists: [409, "User is already registered with this e-mail address."],
  identity_taken: [409, "This account of the provider belongs to somebody else here."],
  last_way_in: [400, "This is your only way to log in. Set a password first."],
  changed_meanwhile: [409, "Something changed meanwhile. Try again."],
  precondition_failed: [412, "This has changed since you read it. Read it again."],
  invalid_section: [400, "Invalid section"],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ErrorCode = keyof typeof ERRORS;

/** What a person reads, for where it stands beside a field. */
export const textOf = (code: ErrorCode): string => ERRORS[code][1];

/** Codes whose answer is Kith's own and not DRF's: clients of the social app read `error`, others `detail`. */
const OWN: ReadonlySet<ErrorCode> = new Set([
  "invalid_status",
  "request_to_self",
  "request_pending",
  "already_friends",
  "no_such_user",
  "no_such_request",
  "not_friends",
  "too_many_groups",
  "group_full",
  "block_self",
  "session_not_fresh",
  "last_admin",
  "provider_not_configured",
  "provider_unavailable",
  "provider_refused",
  "access_denied",
  "login_not_started",
  "provider_email_missing",
  "account_exists",
  "identity_taken",
  "last_way_in",
  "changed_meanwhile",
  "storage_unavailable",
]);

/** Codes that SimpleJWT sends in the body. */
const WITH_CODE: ReadonlySet<ErrorCode> = new Set([
  "bad_authorization_header",
  "token_not_valid",
  "csrf_failed",
  "idempotency_key_reused",
  "not_configured",
  "misconfigured",
  "not_ready",
  "email_not_verified",
  "link_not_valid",
  "precondition_failed",
  "internal",
]);

const UNAUTHORIZED = { "WWW-Authenticate": 'Bearer realm="api"' };

/** A refusal with a code from the closed list; `body` adds to or replaces what the list says. */
export class AppError extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    readonly code: ErrorCode,
    body?: Record<string, unknown>,
    headers: Record<string, string> = {},
  ) {
    const [status, detail] = ERRORS[code];
    super(code);
    this.status = status;
    this.headers = status === 401 ? { ...UNAUTHORIZED, ...headers } : headers;
    this.body = {
      detail,
      ...(OWN.has(code) && { error: body?.detail ?? detail, code }),
      ...(WITH_CODE.has(code) && { code }),
      // Some clients show `detail`, others this (contracts §3a).
      ...(code === "login_failed" && { non_field_errors: [detail] }),
      ...body,
    };
  }
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** Field errors in DRF's shape: `{"email": ["Enter a valid email address."]}`. */
export type FieldErrors = Record<string, string[]>;

/** A 400 whose body is the fields and nothing else. */
export class ValidationError extends AppError {
  override readonly body: FieldErrors;
  constructor(fields: FieldErrors) {
    super("invalid");
    this.body = fields;
  }
}

/** Too often; `seconds` until it may be tried again. In DRF's words. */
export const throttled = (seconds: number): AppError =>
  new AppError(
    "throttled",
    { detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? "" : "s"}.` },
    { "Retry-After": String(seconds) },
  );

/** An access token is bad, expired or of the wrong kind: the answer that SimpleJWT gives (contracts §1). */
export function accessTokenError(
  message: "Token is invalid or expired" | "Token has wrong type" = "Token is invalid or expired",
): AppError {
  return new AppError("token_not_valid", {
    detail: "Given token not valid for any token type",
    messages: [{ token_class: "AccessToken", token_type: "access", message }],
  });
}
