import type { Context } from "hono";
import { clearSessionCookies, renewFormSecret } from "../cookies";
import type { FieldErrors } from "../lib/errors";
import { ifGiven } from "../lib/fields";
import { everythingAboutMe, fileNameOf } from "../modules/account/export";
import { Leaving } from "../modules/account/schemas";
import * as accounts from "../modules/account/service";
import { Errors, Field } from "./fields";
import { submit, takeCredentialForm } from "./forms";
import { page } from "./layout";
import { Back, Form } from "./parts";
import { Settings } from "./settings-frame";
import { framed, members } from "./visitor";
import { type WebEnv, web } from "./web";

/** Taking one's data along, and going. */

const HERE = "/settings/data";
const DELETE = `${HERE}/delete`;

const rooms = members((c) =>
  page(
    c,
    "Your data",
    <Settings>
      <h1>Your data</h1>
      <section class="card">
        <h2>Take it along</h2>
        <p>
          All that is stored about you, in one file (JSON): your profile and settings, friends and groups, notifications, what you did and
          where you were logged in. No secrets, and of others no more than who they are.
        </p>
        <a class="button" href={`${HERE}/export`} download>
          Download my data
        </a>
      </section>
      <section class="card danger">
        <h2>Delete the account</h2>
        <p>Everything of yours goes with it, for good. You may want to download your data first.</p>
        <a class="button danger" href={DELETE}>
          Delete my account
        </a>
      </section>
    </Settings>,
  ),
);

const download = members(async (c, me) => {
  const document = await everythingAboutMe(me);
  return c.json(document, 200, { "Content-Disposition": `attachment; filename="${fileNameOf(document)}"` });
});

async function ask(c: Context<WebEnv>, errors: FieldErrors = {}): Promise<Response> {
  const access = await accounts.access(framed(c));
  const status = Object.keys(errors).length > 0 ? 400 : 200;
  return page(
    c,
    "Delete the account",
    <Settings>
      <Back to={HERE}>Your data</Back>
      <h1>Delete the account?</h1>
      {access.last_admin ? <LastAdmin /> : <Confirm access={access} errors={errors} />}
    </Settings>,
    { status },
  );
}

const LastAdmin = () => (
  <div class="card">
    <p>You are the last admin here: without you nobody could look after the others. Make somebody else an admin first.</p>
    <a class="button" href="/admin">
      To the admin's pages
    </a>
  </div>
);

const Confirm = ({ access, errors }: { access: accounts.Access; errors: FieldErrors }) => (
  <Form action={DELETE} class="card danger">
    <p>Gone at once, and for good, are:</p>
    <ul>
      <li>your profile, your picture and your username, which others can then take</li>
      <li>your friendships, groups, requests and notifications; your friends no longer find you in their lists</li>
      <li>your settings, your history, and every device that you are logged in on</li>
    </ul>
    <Errors of={errors.non_field_errors} />
    {access.has_password ? (
      <Field
        name="password"
        label="Your password"
        type="password"
        autocomplete="current-password"
        required={!access.fresh}
        hint={access.fresh ? "You have just logged in: it may be left out." : undefined}
        errors={errors.password}
      />
    ) : (
      !access.fresh && (
        <p>
          You have no password, so we ask you to <a href="/logout">log out</a> and in again, and to come back within ten minutes.
        </p>
      )
    )}
    {(access.has_password || access.fresh) && (
      <div class="acts">
        <button type="submit" class="danger">
          Delete it for good
        </button>
        <a class="button secondary" href={HERE}>
          Keep it
        </a>
      </div>
    )}
  </Form>
);

/** In the form an empty password is none. */
const LeavingForm = Leaving.extend({ password: ifGiven(Leaving.shape.password) });

const leave = members((c, me) =>
  submit(c, {
    schema: LeavingForm,
    act: async (given) => {
      await accounts.leave(me, given);
      clearSessionCookies(c);
      renewFormSecret(c);
    },
    again: (errors) => ask(c, errors),
    refuse: {
      last_admin: ({ body }) => ask(c, { non_field_errors: [String(body.detail)] }),
      session_not_fresh: ({ body }) => ask(c, { non_field_errors: [String(body.detail)] }),
    },
    done: "/",
    said: "Your account is gone.",
  }),
);

export const dataPages = web()
  .get("/settings/data/", rooms)
  .get("/settings/data/export/", download)
  .get(
    "/settings/data/delete/",
    members((c) => ask(c)),
  )
  .post("/settings/data/delete/", takeCredentialForm, leave);
