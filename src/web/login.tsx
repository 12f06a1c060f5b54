import type { Context, Handler, MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import type { FC } from "hono/jsx";
import { setSessionCookies } from "../cookies";
import { presentedTokens } from "../middleware/authenticate";
import { takeAnyBody } from "../middleware/body";
import { answerError } from "../middleware/errors";
import { Login, MAX_LOGIN } from "../modules/auth/schemas";
import * as auth from "../modules/auth/service";
import type { Settings } from "../settings";
import { acceptsHtml, sendsJson, wantsJson } from "./accept";
import { CSRF_FIELD } from "./csrf";
import { Field } from "./fields";
import { flash, type Given } from "./flash";
import { submit, takeCredentialForm } from "./forms";
import { useFrame } from "./frame";
import { page } from "./layout";
import { onwards, withNext } from "./next";
import { Form } from "./parts";
import { everybody } from "./visitor";
import { OtherWays, providersOf, refusalOf } from "./ways-in";
import { type WebEnv, web } from "./web";

/** Logging in (contracts §4). */

const HERE = "/login";
const AFTERWARDS = "/profilepage";

const wanted = (c: Context<WebEnv>, given: unknown) => onwards(given, c.get("scope").origin());

const show = everybody((c, me) => {
  const { next: given, error } = c.req.query();
  const next = wanted(c, given);
  if (!me)
    return page(c, "Log in", <LogIn next={next} refusal={refusalOf(error)} settings={c.get("scope").settings} />, { width: "narrow" });
  return c.redirect(next ?? AFTERWARDS);
});

const LogIn: FC<{ next: string | null; refusal: string | null; settings: Settings }> = ({ next, refusal, settings }) => (
  <>
    <Form action={HERE} class="card">
      <h1>Log in</h1>
      {refusal && (
        <p class="notice bad" role="alert">
          {refusal}
        </p>
      )}
      {next && <input type="hidden" name="next" value={next} />}
      <Field
        name="username"
        label="Username or e-mail address"
        autocomplete="username"
        value={useFrame().flash?.given?.username}
        maxlength={MAX_LOGIN}
        autofocus
      />
      <Field name="password" label="Password" type="password" autocomplete="current-password" />
      <button type="submit">Log in</button>
      <OtherWays providers={providersOf(settings)} next={next} />
    </Form>
    <p class="quiet">
      <a href="/forgot-password">Forgot your password?</a>
    </p>
    {settings.emailVerification === "mandatory" && (
      <p class="quiet">
        Nothing came to confirm your address? <a href="/resend-email">Mail me another link</a>
      </p>
    )}
    <p class="quiet">
      New here? <a href={withNext("/registration", next)}>Sign up</a>
    </p>
  </>
);

const INVALID = "Invalid login";
const NOT_CONFIRMED = "Confirm your e-mail address first: open the link that we mailed you. You can have another one mailed below.";

async function enter(c: Context<WebEnv>): Promise<Response> {
  const { next: given } = (await c.req.json()) as { next?: unknown };
  const next = wanted(c, given ?? c.req.query("next"));
  const refused = (text: string, { username }: Given) => {
    flash(c, "bad", text, { username });
    return c.redirect(withNext(HERE, next));
  };
  return submit(c, {
    schema: Login,
    act: (credentials) => logIn(c, credentials),
    again: (_, given) => refused(INVALID, given),
    refuse: {
      login_failed: (_, given) => refused(INVALID, given),
      email_not_verified: (_, given) => refused(NOT_CONFIRMED, given),
    },
    done: next ?? AFTERWARDS,
    by: 302,
  });
}

/** With cookies of a new session in place of one that this browser may have, and another secret for its forms. */
async function logIn(c: Context<WebEnv>, credentials: Login): Promise<void> {
  setSessionCookies(c, await auth.login(c.get("scope"), credentials, undefined, presentedTokens(c.req.raw)));
}

const FORM = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * The preferences app logs in at the same address (contracts §7.1). JSON is the API's; a form is the page's, unless it comes to the slash
 * that the app writes, and neither from a browser on its way nor from a page of ours.
 */
function whose(c: Context<WebEnv>): NonNullable<WebEnv["Variables"]["whose"]> {
  if (sendsJson(c) || wantsJson(c) || !c.get("scope").settings.pages) return "api";
  if (!new URL(c.req.url).pathname.endsWith("/") || acceptsHtml(c)) return "page";
  return FORM.test(c.req.header("content-type") ?? "") ? "either" : "api";
}

/** What is in the form says it; one that cannot be read is the app's. */
const look: MiddlewareHandler<WebEnv> = async (c, next) => {
  c.set("whose", whose(c));
  return c.get("whose") === "either" ? takeAnyBody(c, next).catch((error) => answerError(error, c)) : next();
};

const enterHere = every(takeCredentialForm, enter);
const enterHereOrThere: Handler<WebEnv> = async (c, next) => {
  const there = c.get("whose") === "either" ? !Object.hasOwn(await c.req.json(), CSRF_FIELD) : c.get("whose") === "api";
  return there ? next() : enterHere(c, next);
};

export const loginPages = web().get("/login/", show).post("/login/", look, enterHereOrThere);
