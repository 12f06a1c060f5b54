import type { Context } from "hono";
import type { FC } from "hono/jsx";
import { keepAttempt } from "../cookies";
import { type ErrorCode, type FieldErrors, textOf } from "../lib/errors";
import * as accounts from "../modules/account/service";
import { FirstPassword, PasswordChange } from "../modules/credentials/schemas";
import * as credentials from "../modules/credentials/service";
import { ATTEMPT_SECONDS } from "../modules/identities/attempt";
import * as redirect from "../modules/identities/redirect";
import { type Identity, PROVIDERS, type ProviderName, TITLES } from "../modules/identities/schemas";
import * as identities from "../modules/identities/service";
import { AccountForm, CHANGED_MEANWHILE, saveAccount } from "./account-form";
import { actOn } from "./acts";
import { Errors, Field } from "./fields";
import type { Given } from "./flash";
import { submit, takeCredentialForm, takeForm } from "./forms";
import { page } from "./layout";
import { Act, Form, Time } from "./parts";
import { NewPassword } from "./password-fields";
import { NotSaved, Settings } from "./settings-frame";
import { framed, members } from "./visitor";
import { providersOf, refusalOf } from "./ways-in";
import { type WebEnv, web } from "./web";

/** How one is called, and how one gets in. */

const HERE = "/settings/account";

/** Which form was sent that was not taken. */
interface Wrong {
  form: "account" | "password";
  errors?: FieldErrors;
  given?: Given;
  stale?: true;
}

async function show(c: Context<WebEnv>, wrong?: Wrong): Promise<Response> {
  const { account, access, identities: linked } = await accounts.overview(framed(c));
  const of = (form: Wrong["form"]) => (wrong?.form === form ? { errors: wrong.errors ?? {}, given: wrong.given ?? {} } : {});
  const offered = providersOf(c.get("scope").settings);
  return page(
    c,
    "Account",
    <Settings>
      <h1>Account</h1>
      <NotSaved errors={wrong?.errors} />
      {wrong?.stale && (
        <p class="notice bad" role="alert">
          {CHANGED_MEANWHILE}
        </p>
      )}
      <FromProvider code={c.req.query("error")} />
      <section class="card">
        <h2>Name and address</h2>
        <AccountForm
          action={HERE}
          now={account.preferences.account_settings}
          version={account.tag}
          hasPassword={access.has_password}
          {...of("account")}
        />
      </section>
      {!access.email_verified && (
        <Form action="/resend-email" class="card">
          <h2>Your address is not confirmed</h2>
          <p>
            A link that is mailed to <strong class="break">{access.email}</strong> does it. Until then you get no digests.
          </p>
          <input type="hidden" name="email" value={access.email} />
          <button type="submit" class="secondary">
            Mail me a link
          </button>
        </Form>
      )}
      <section class="card" id="password">
        <h2>{access.has_password ? "Password" : "Set a password"}</h2>
        {access.has_password ? <PasswordForm {...of("password")} /> : <FirstPasswordForm fresh={access.fresh} {...of("password")} />}
      </section>
      {(offered.length > 0 || linked.length > 0) && (
        <section class="card" id="linked">
          <h2>Accounts elsewhere</h2>
          <p class="quiet">With these you log in without a password.</p>
          <Linked identities={linked} offered={offered} />
        </section>
      )}
      <p class="quiet">
        <a href="/settings/data/delete">Delete the account</a>
      </p>
    </Settings>,
    { status: wrong?.stale ? 412 : wrong ? 400 : 200 },
  );
}

type Filled = Pick<Wrong, "errors">;

const PasswordForm: FC<Filled> = ({ errors = {} }) => (
  <Form action={`${HERE}/password`}>
    <Errors of={errors.non_field_errors} />
    <Field name="old_password" label="Old password" type="password" autocomplete="current-password" errors={errors.old_password} />
    <NewPassword errors={errors} />
    <p class="hint">You stay logged in here, and are logged out everywhere else.</p>
    <button type="submit">Change the password</button>
  </Form>
);

const FirstPasswordForm: FC<Filled & { fresh: boolean }> = ({ fresh, errors = {} }) =>
  fresh || errors.new_password || errors.new_password2 ? (
    <Form action={`${HERE}/password/first`}>
      <p class="quiet">You log in with an account elsewhere. With a password you can do without it.</p>
      <Errors of={errors.non_field_errors} />
      <NewPassword errors={errors} />
      <button type="submit">Set the password</button>
    </Form>
  ) : (
    <>
      <Errors of={errors.non_field_errors} />
      <p>
        You log in with an account elsewhere. To set a password, <a href="/logout">log out</a> and in again, and come back within ten
        minutes; or have <a href="/forgot-password">a link mailed</a>.
      </p>
    </>
  );

/** What came of a way to a provider and back. */
const FromProvider: FC<{ code: string | undefined }> = ({ code }) =>
  code === undefined ? null : (
    <p class="notice bad" role="alert">
      {refusalOf(code) ?? "That did not work. Try again."}
    </p>
  );

const Linked: FC<{ identities: Identity[]; offered: ProviderName[] }> = ({ identities: linked, offered }) => (
  <>
    {linked.length > 0 && (
      <ul class="list">
        {linked.map(({ id, provider, email, created_at }) => (
          <li class="row">
            <div>
              <strong>{TITLES[provider]}</strong>
              <div class="quiet break">
                {email && `${email}, `}since <Time at={created_at} dateOnly />
              </div>
            </div>
            <Act
              action={`${HERE}/linked/${id}/remove`}
              confirm={`Remove ${TITLES[provider]}? You then cannot log in with it.`}
              label={`Remove ${TITLES[provider]}${email ? `, ${email}` : ""}`}
            >
              Remove
            </Act>
          </li>
        ))}
      </ul>
    )}
    <div class="acts below">
      {offered.map((provider) => (
        <Form action={`${HERE}/link/${provider}`}>
          <button type="submit" class="secondary">{`Add ${TITLES[provider]}`}</button>
        </Form>
      ))}
    </div>
  </>
);

const save = members((c, me) => saveAccount(c, me, HERE, (wrong) => show(c, { form: "account", ...wrong })));

const again = (c: Context<WebEnv>) => (errors: FieldErrors) => show(c, { form: "password", errors });

const changePassword = members((c, me) =>
  submit(c, {
    schema: PasswordChange,
    act: (given) => credentials.changePassword(me, given),
    again: again(c),
    done: HERE,
    said: "Your password is changed. You are logged out everywhere else.",
  }),
);

const setPassword = members((c, me) => {
  const refused = (code: ErrorCode) => () => again(c)({ non_field_errors: [textOf(code)] });
  return submit(c, {
    schema: FirstPassword,
    act: (given) => credentials.setPassword(me, given),
    again: again(c),
    refuse: { session_not_fresh: refused("session_not_fresh"), changed_meanwhile: refused("changed_meanwhile") },
    done: HERE,
    said: "You have a password now.",
  });
});

/**
 * Off to a provider. By a page that leads on and not by a redirect: the policy of our pages holds for where a form is redirected to, too, and
 * has no other site in it.
 */
const startLink = members(async (c, me) => {
  const provider = PROVIDERS.find((name) => name === c.req.param("provider"));
  if (!provider) return c.notFound();
  const next = new URL(HERE, c.req.url).href;
  const { url, kept } = await redirect.beginLink(me, provider, { redirectUri: identities.callbackOf(provider, c.req.url), next });
  keepAttempt(c, kept, ATTEMPT_SECONDS);
  c.header("Refresh", `0; url=${url}`);
  return page(
    c,
    `On to ${TITLES[provider]}`,
    <div class="card">
      <h1>{`On to ${TITLES[provider]}`}</h1>
      <p>Log in there, and you come back here.</p>
      <a class="button" href={url}>
        Go on
      </a>
    </div>,
    { width: "narrow" },
  );
});

const GONE = "It logs nobody in any more.";
const unlink = actOn(
  async (me, id) => {
    await identities.unlink(me, id);
    return GONE;
  },
  // A page may be older than what it shows.
  { to: HERE, words: { not_found: GONE } },
);

export const accountPages = web()
  .get(
    "/settings/account/",
    members((c) => show(c)),
  )
  .post("/settings/account/", takeCredentialForm, save)
  .post("/settings/account/password/", takeCredentialForm, changePassword)
  .post("/settings/account/password/first/", takeCredentialForm, setPassword)
  .post("/settings/account/link/:provider/", takeForm, startLink)
  .post("/settings/account/linked/:id/remove/", takeForm, unlink);
