import type { FC } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { MIN_PASSWORD_LENGTH } from "../modules/auth/password";
import { Field } from "./fields";

/** A password that one chooses, and again: wherever one does. `name` is what the form calls the first. */
export const NewPassword: FC<{ name?: string; label?: string; errors?: FieldErrors; autofocus?: boolean }> = ({
  name = "new_password",
  label = "New password",
  errors = {},
  autofocus,
}) => (
  <>
    <Field
      name={name}
      label={label}
      type="password"
      autocomplete="new-password"
      hint={`${MIN_PASSWORD_LENGTH} characters or more. A few words that nobody would guess are good.`}
      errors={errors[name]}
      {...(autofocus && { autofocus })}
    />
    <Field name={`${name}2`} label="The same again" type="password" autocomplete="new-password" errors={errors[`${name}2`]} />
  </>
);
