import type { Context } from "hono";
import type { FieldErrors } from "../lib/errors";
import { Address, PasswordReset } from "../modules/credentials/schemas";
import * as credentials from "../modules/credentials/service";
import { Errors, Field } from "./fields";
import type { Given } from "./flash";
import { submit, takeMailForm } from "./forms";
import { useFrame } from "./frame";
import { page } from "./layout";
import { Form, Onward } from "./parts";
import { NewPassword } from "./password-fields";
import { anybody, asNobody } from "./visitor";
import { type WebEnv, web } from "./web";

/** For who forgot their password: asking for a mail, and what its link leads to. */

const FORGOT = "/forgot-password/";
const SENT = "/forgot-password/done/";
const RESET = "/reset-password/";
const DONE = "/reset-password/done/";

const forgotForm = (c: Context<WebEnv>, errors: FieldErrors = {}, given: Given = {}) =>
  page(
    c,
    "Forgot your password?",
    <Form action={FORGOT} class="card">
      <h1>Forgot your password?</h1>
      <p>Tell us your e-mail address, and we mail you a link to choose a new one.</p>
      <Field name="email" label="E-mail address" type="email" autocomplete="email" value={given.email} errors={errors.email} autofocus />
      <button type="submit">Mail me a link</button>
      <BackToLogin />
    </Form>,
    { status: errors.email ? 400 : 200, width: "narrow" },
  );

const BackToLogin = () =>
  useFrame().website ? (
    <p class="quiet below">
      You know it after all? <a href="/login">Log in</a>
    </p>
  ) : null;

const forgot = (c: Context<WebEnv>) =>
  submit(c, {
    schema: Address,
    act: ({ email }) => credentials.askForReset(asNobody(c), email),
    again: (errors, given) => forgotForm(c, errors, given),
    done: SENT,
  });

const sent = (c: Context<WebEnv>) =>
  page(
    c,
    "Look into your mailbox",
    <div class="card">
      <h1>Look into your mailbox</h1>
      <p>If somebody has an account with this address, a mail is on its way. Its link works for half an hour.</p>
      <p class="quiet">
        Nothing came? Look among the spam, or <a href={FORGOT}>try again</a>.
      </p>
    </div>,
    { width: "narrow" },
  );

const openLink = async (c: Context<WebEnv>) => {
  const { uid = "", token = "" } = c.req.query();
  const good = uid && token && (await credentials.isResetLinkGood(c.get("scope"), uid, token));
  return good ? resetForm(c, { uid, token }) : notGood(c);
};

const resetForm = (c: Context<WebEnv>, { uid, token }: Given, errors: FieldErrors = {}) =>
  page(
    c,
    "Choose a new password",
    <Form action={RESET} class="card">
      <h1>Choose a new password</h1>
      <p>You are then logged out everywhere, and log in with the new one.</p>
      <input type="hidden" name="uid" value={uid} />
      <input type="hidden" name="token" value={token} />
      <Errors of={errors.non_field_errors} />
      <NewPassword errors={errors} autofocus />
      <button type="submit">Save the new password</button>
    </Form>,
    { status: Object.keys(errors).length > 0 ? 400 : 200, width: "narrow" },
  );

const reset = (c: Context<WebEnv>) =>
  submit(c, {
    schema: PasswordReset,
    act: (input) => credentials.resetPassword(asNobody(c), input),
    again: (errors, given) => (errors.uid || errors.token ? notGood(c) : resetForm(c, given, errors)),
    done: DONE,
  });

const done = (c: Context<WebEnv>) =>
  page(
    c,
    "Password changed",
    <div class="card">
      <h1>Your password is changed</h1>
      <p>You are logged out everywhere.</p>
      <Onward to="/login" title="Log in with the new one" else="Go back to where you came from and log in with the new one." />
    </div>,
    { width: "narrow" },
  );

const notGood = (c: Context<WebEnv>) =>
  page(
    c,
    "This link is not good",
    <div class="card">
      <h1>This link is not good any more</h1>
      <p>It was used already, it is older than half an hour, or a newer mail has replaced it.</p>
      <a class="button" href={FORGOT}>
        Mail me another one
      </a>
    </div>,
    { status: 400, width: "narrow" },
  );

export const passwordPages = web()
  .get(
    FORGOT,
    anybody((c) => forgotForm(c)),
  )
  .post(FORGOT, takeMailForm, anybody(forgot))
  .get(SENT, anybody(sent))
  .get(RESET, anybody(openLink))
  .post(RESET, takeMailForm, anybody(reset))
  .get(DONE, anybody(done));
