import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FC } from "hono/jsx";
import { setSessionCookies } from "../cookies";
import { type FieldErrors, textOf, ValidationError } from "../lib/errors";
import { MAX_EMAIL, NUL_MESSAGE, noNul } from "../lib/fields";
import { presentedTokens } from "../middleware/authenticate";
import { MIN_PASSWORD_LENGTH } from "../modules/auth/password";
import { type LoggedIn, Registration, VERIFICATION_SENT } from "../modules/auth/schemas";
import * as auth from "../modules/auth/service";
import { Email, MAX_USERNAME, Username } from "../modules/users/schemas";
import type { Settings } from "../settings";
import { wantsJson } from "./accept";
import { Field } from "./fields";
import { flash, type Given } from "./flash";
import { submit, takeCredentialForm } from "./forms";
import { useFrame } from "./frame";
import { page } from "./layout";
import { onwards, withNext } from "./next";
import { Form } from "./parts";
import { NewPassword } from "./password-fields";
import { everybody } from "./visitor";
import { OtherWays, providersOf } from "./ways-in";
import { type WebEnv, web } from "./web";

/** Signing up (contracts §4). */

const HERE = "/registration";
const MAX_PASSWORD = 4096;

const show = everybody((c, me) => {
  const { settings, origin } = c.get("scope");
  const next = onwards(c.req.query("next"), origin());
  if (me) return c.redirect(next ?? "/");
  return page(c, "Sign up", <SignUp settings={settings} next={next} />, { width: "narrow" });
});

const SignUp: FC<{ settings: Settings; next: string | null }> = ({ settings, next }) => {
  const given = useFrame().flash?.given ?? {};
  return (
    <>
      <Form action={HERE} class="card">
        <h1>Sign up</h1>
        <Field name="username" label="Username" autocomplete="username" value={given.username} maxlength={MAX_USERNAME} autofocus />
        <Field name="email" label="E-mail address" type="email" autocomplete="email" value={given.email} maxlength={MAX_EMAIL} />
        <NewPassword name="password" label="Password" />
        <button type="submit">Sign up</button>
        <OtherWays providers={providersOf(settings)} next={next} />
      </Form>
      <p class="quiet">
        You have an account? <a href={withNext("/login", next)}>Log in</a>
      </p>
    </>
  );
};

/** That the passwords are the same, and long enough, is said after what comes before it: here they may be anything. */
const anyPassword = () => z.string().max(MAX_PASSWORD).refine(noNul, NUL_MESSAGE);
const SignUpForm = z.object({ username: Username, email: Email, password: anyPassword(), password2: anyPassword() });

const register = (c: Context<WebEnv>) =>
  submit(c, {
    schema: (wantsJson(c) ? Registration : SignUpForm) as z.ZodType<Registration>,
    act: (given) => signUp(c, given),
    again: (errors, given) => {
      flash(c, "bad", problemOf(errors, given), { username: given.username, email: given.email });
      return c.redirect(HERE);
    },
    done: (_, account) => (account ? "/settings" : "/login"),
    by: 302,
    said: ({ email }, account) =>
      account
        ? `Welcome, ${account.user.username}! Here you can say who you are.`
        : `A mail is on its way to ${email}. Open its link, then log in.`,
    json: (account) => c.json(account ?? VERIFICATION_SENT, 201),
  });

/** Logged in then, with another secret for this browser's forms; null where the address has to be confirmed first. */
async function signUp(c: Context<WebEnv>, { username, email, password, password2 }: Registration): Promise<LoggedIn | null> {
  if (password2 !== undefined && password2 !== password) throw new ValidationError({ password2: [DISMATCH] });
  const account = await auth.register(c.get("scope"), { username, email, password }, undefined, presentedTokens(c.req.raw));
  if (account) setSessionCookies(c, account);
  return account;
}

const DISMATCH = "Password dismatch";
const LABELS: Record<string, string> = { username: "Username", email: "E-mail address", password: "Password", password2: "Password" };
/** Of what was left empty. */
const ASKED: Record<string, string> = { username: "Choose a username.", email: "Give your e-mail address." };

/** What is said of all that is wrong: the first in the order of the profile page, in its words. */
function problemOf(errors: FieldErrors, given: Given): string {
  const { password = "", password2 = "" } = given;
  if (password !== password2) return DISMATCH;
  if (errors.email?.includes(textOf("email_taken"))) return "Email taken";
  if (errors.username?.includes(textOf("username_taken"))) return "Username taken";
  if (errors.password && [...password].length < MIN_PASSWORD_LENGTH)
    return `Password must be at least ${MIN_PASSWORD_LENGTH} characters long`;
  const [field, messages] = Object.entries(errors)[0]!;
  const asked = given[field]?.trim() ? undefined : ASKED[field];
  return asked ?? `${LABELS[field] ?? field}: ${messages[0]}`;
}

export const registrationPages = web().get("/registration/", show).post("/registration/", takeCredentialForm, register);
