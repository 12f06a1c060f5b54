import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { Address, AddressConfirmation } from "../modules/credentials/schemas";
import type { AddressLink } from "../modules/credentials/service";
import * as credentials from "../modules/credentials/service";
import type { Caller, MemberScope } from "../scope";
import { Field } from "./fields";
import type { Given } from "./flash";
import { submit, takeMailForm } from "./forms";
import { page } from "./layout";
import { Form, Onward } from "./parts";
import { anybody, asNobody } from "./visitor";
import { type WebEnv, web } from "./web";

/** Where links about addresses lead: opening one changes nothing, for mail programs open links too. */

const VERIFY = "/verify-email/";
const VERIFIED = "/verify-email/done/";
/** Of password.tsx. */
const FORGOT = "/forgot-password/";
const RESEND = "/resend-email/";
const RESENT = "/resend-email/done/";

const ask = async (c: Context<WebEnv>) => {
  const key = c.req.query("key") ?? "";
  const link = key ? await credentials.inspectAddressLink(c.get("scope"), key) : null;
  if (!link) return notGood(c);
  const isNew = link.purpose === "change";
  return page(
    c,
    "Confirm your address",
    <Form action={VERIFY} class="card">
      {isNew ? <NewAddress {...link} /> : <FirstAddress {...link} />}
      <input type="hidden" name="key" value={key} />
      <button type="submit">{isNew ? "Use this address" : "Yes, confirm my address"}</button>
      {!isNew && (
        <button type="submit" name="made_by_me" value="no" class="secondary below">
          No
        </button>
      )}
    </Form>,
    { width: "narrow" },
  );
};

const NewAddress = ({ username, email }: AddressLink) => (
  <>
    <h1>Use this address?</h1>
    <p>
      Your account will use <strong class="break">{email}</strong> from now on. It is the account <strong class="break">{username}</strong>.
    </p>
  </>
);

const FirstAddress = ({ username, since, email }: AddressLink) => (
  <>
    <h1>Did you make this account?</h1>
    <p>
      The account <strong class="break">{username}</strong> was made on{" "}
      <time datetime={since}>{`${since.slice(0, 10)} at ${since.slice(11, 16)} UTC`}</time> with your address{" "}
      <strong class="break">{email}</strong>.
    </p>
    <p>If it was somebody else, say no: the account then does not get your address confirmed, and you can choose a new password for it.</p>
  </>
);

const Answer = AddressConfirmation.extend({ made_by_me: z.string().optional() });
type Answer = z.infer<typeof Answer>;
const isNo = ({ made_by_me }: Answer) => made_by_me === "no";

async function answerLink(c: Context<WebEnv>, answer: Answer, by: Caller | null): Promise<void> {
  if (isNo(answer)) return credentials.denyAddress(asNobody(c), answer.key);
  await credentials.confirmAddress(asNobody(c), answer.key, by);
}

const confirm = (c: Context<WebEnv>, me: MemberScope | null) =>
  submit(c, {
    schema: Answer,
    act: (answer) => answerLink(c, answer, me?.caller ?? null),
    again: ({ email }) => (email ? taken(c) : notGood(c)),
    refuse: { link_not_valid: () => notGood(c) },
    done: (answer) => (isNo(answer) ? FORGOT : VERIFIED),
    said: (answer) =>
      isNo(answer) ? "Thank you: it stays unconfirmed. Here you can take the account over with a new password." : undefined,
  });

const taken = (c: Context<WebEnv>) =>
  page(
    c,
    "Address in use",
    <div class="card">
      <h1>Another account uses this address</h1>
      <p>Nothing has changed. Choose another address, or log in to the account that has this one.</p>
      <Onward to="/settings/account" title="Choose another" else="You can close this page." />
    </div>,
    { status: 400, width: "narrow" },
  );

const notGood = (c: Context<WebEnv>) =>
  page(
    c,
    "This link is not good",
    <div class="card">
      <h1>This link is not good any more</h1>
      <p>If you have confirmed your address already, all is well. If not, it is too old, or a newer mail has replaced it.</p>
      <a class="button" href={RESEND}>
        Mail me another one
      </a>
    </div>,
    { status: 400, width: "narrow" },
  );

const verified = (c: Context<WebEnv>) =>
  page(
    c,
    "Address confirmed",
    <div class="card">
      <h1>Your address is confirmed</h1>
      <Onward to="/" title="Go on" else="Thank you. You can close this page and go on where you were." />
    </div>,
    { width: "narrow" },
  );

const resendForm = (c: Context<WebEnv>, errors: Record<string, string[]> = {}, given: Given = {}) =>
  page(
    c,
    "Another mail",
    <Form action={RESEND} class="card">
      <h1>Another mail</h1>
      <p>We mail you a fresh link to confirm your address.</p>
      <Field name="email" label="E-mail address" type="email" autocomplete="email" value={given.email} errors={errors.email} autofocus />
      <button type="submit">Mail me a link</button>
    </Form>,
    { status: errors.email ? 400 : 200, width: "narrow" },
  );

const resend = (c: Context<WebEnv>) =>
  submit(c, {
    schema: Address,
    act: ({ email }) => credentials.resendVerification(asNobody(c), email),
    again: (errors, given) => resendForm(c, errors, given),
    done: RESENT,
  });

const resent = (c: Context<WebEnv>) =>
  page(
    c,
    "Look into your mailbox",
    <div class="card">
      <h1>Look into your mailbox</h1>
      <p>If this address waits to be confirmed, a mail is on its way. It may take a minute, and it may land among the spam.</p>
    </div>,
    { width: "narrow" },
  );

export const emailPages = web()
  .get(VERIFY, anybody(ask))
  .post(VERIFY, takeMailForm, anybody(confirm))
  .get(VERIFIED, anybody(verified))
  .get(
    RESEND,
    anybody((c) => resendForm(c)),
  )
  .post(RESEND, takeMailForm, anybody(resend))
  .get(RESENT, anybody(resent));
