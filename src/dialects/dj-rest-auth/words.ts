import { AppError, type ErrorCode, type FieldErrors, ValidationError } from "../../lib/errors";

/** dj-rest-auth's words and shapes for what Kith's services refuse (contracts §5). */

export const REGISTRATION_MISMATCH = "The two password fields didn't match.";

/** A registration's errors: the password is called `password1`, and that it resembles its owner concerns no single field. */
export function registrationErrors(error: unknown): never {
  if (!(error instanceof ValidationError) || error.body.password === undefined) throw error;
  const { password, ...fields } = error.body;
  const similar = password.filter((message) => message.includes("too similar"));
  const others = password.filter((message) => !similar.includes(message));
  throw new ValidationError({
    ...fields,
    ...(others.length > 0 && { password1: others }),
    ...(similar.length > 0 && { non_field_errors: similar }),
  } as FieldErrors);
}

/** What is wrong with a log-in by a provider is one sentence here. */
const BY_PROVIDER: ReadonlySet<ErrorCode> = new Set(["provider_refused", "provider_email_missing", "account_exists", "access_denied"]);

export function providerErrors(error: unknown): never {
  if (error instanceof AppError && BY_PROVIDER.has(error.code))
    throw new ValidationError({ non_field_errors: [String(error.body.detail)] });
  return loginErrors(error);
}

/** A failed log-in is a 400 here. */
export function loginErrors(error: unknown): never {
  if (error instanceof AppError && error.code === "login_failed")
    throw new ValidationError({ non_field_errors: ["Unable to log in with provided credentials."] });
  if (error instanceof AppError && error.code === "email_not_verified")
    throw new ValidationError({ non_field_errors: ["E-mail is not verified."] });
  throw error;
}

/** All that is wrong with a new password stands beside its second field. */
export function passwordErrors(error: unknown): never {
  if (!(error instanceof ValidationError)) throw error;
  const { new_password = [], new_password2 = [], ...fields } = error.body;
  // Django compares the two before it looks at what they are.
  const said = new_password2.length > 0 ? new_password2 : new_password;
  throw new ValidationError({ ...fields, ...(said.length > 0 && { new_password2: said }) } as FieldErrors);
}

/** A link that is not good names nothing. */
export function notFoundErrors(error: unknown): never {
  throw error instanceof AppError && error.code === "link_not_valid" ? new AppError("not_found") : error;
}
