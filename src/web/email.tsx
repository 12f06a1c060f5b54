import { type Context, Hono } from "hono";
import type { AppEnv } from "../http";
import { Address, AddressConfirmation } from "../modules/credentials/schemas";
import * as credentials from "../modules/credentials/service";
import { type Given, submit, takeForm } from "./forms";
import { Field, page } from "./layout";

/** Where links about addresses lead: opening one changes nothing, for mail programs open links too. */

const VERIFY = "/verify-email/";
const VERIFIED = "/verify-email/done/";
const RESEND = "/resend-email/";
const RESENT = "/resend-email/done/";

const ask = async (c: Context<AppEnv>) => {
  const key = c.req.query("key") ?? "";
  const link = key ? await credentials.inspectAddressLink(c.get("scope"), key) : null;
  if (!link) return notGood(c);
  const isNew = link.purpose === "change";
  return page(
    c,
    "Confirm your address",
    <form method="post" action={VERIFY} class="card">
      <h1>{isNew ? "Use this address?" : "Confirm your address"}</h1>
      <p>
        {isNew ? "Your account will use " : "Your account is registered with "}
        <strong class="break">{link.email}</strong>
        {isNew ? " from now on." : ". Is that you?"}
      </p>
      <input type="hidden" name="key" value={key} />
      <button type="submit">{isNew ? "Use this address" : "Yes, that is my address"}</button>
    </form>,
  );
};

const confirm = (c: Context<AppEnv>) =>
  submit(c, {
    schema: AddressConfirmation,
    act: ({ key }) => credentials.confirmAddress(c.get("scope"), key),
    again: ({ email }) => (email ? taken(c) : notGood(c)),
    refuse: { link_not_valid: () => notGood(c) },
    done: VERIFIED,
  });

const taken = (c: Context<AppEnv>) =>
  page(
    c,
    "Address in use",
    <div class="card">
      <h1>Another account uses this address</h1>
      <p>Nothing has changed. Choose another address, or log in to the account that has this one.</p>
    </div>,
    { status: 400 },
  );

const notGood = (c: Context<AppEnv>) =>
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
    { status: 400 },
  );

const verified = (c: Context<AppEnv>) =>
  page(
    c,
    "Address confirmed",
    <div class="card">
      <h1>Your address is confirmed</h1>
      <p>Thank you. You can close this page and go on where you were.</p>
    </div>,
  );

const resendForm = (c: Context<AppEnv>, errors: Record<string, string[]> = {}, given: Given = {}) =>
  page(
    c,
    "Another mail",
    <form method="post" action={RESEND} class="card">
      <h1>Another mail</h1>
      <p>We mail you a fresh link to confirm your address.</p>
      <Field name="email" label="E-mail address" type="email" autocomplete="email" value={given.email} errors={errors.email} autofocus />
      <button type="submit">Mail me a link</button>
    </form>,
    { status: errors.email ? 400 : 200 },
  );

const resend = (c: Context<AppEnv>) =>
  submit(c, {
    schema: Address,
    act: ({ email }) => credentials.resendVerification(c.get("scope"), email),
    again: (errors, given) => resendForm(c, errors, given),
    done: RESENT,
  });

const resent = (c: Context<AppEnv>) =>
  page(
    c,
    "Look into your mailbox",
    <div class="card">
      <h1>Look into your mailbox</h1>
      <p>If this address waits to be confirmed, a mail is on its way. It may take a minute, and it may land among the spam.</p>
    </div>,
  );

export const emailPages = new Hono<AppEnv>()
  .get(VERIFY, ask)
  .post(VERIFY, takeForm, confirm)
  .get(VERIFIED, verified)
  .get(RESEND, (c) => resendForm(c))
  .post(RESEND, takeForm, resend)
  .get(RESENT, resent);
