import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute, router } from "../../http";
import { answer, Problem, takes, tooOften } from "../../lib/answers";
import { secret } from "../../lib/fields";
import { callerOf } from "../../middleware/authenticate";
import { Address, AddressConfirmation, Detail, Key, Uid } from "../../modules/credentials/schemas";
import * as credentials from "../../modules/credentials/service";
import { tags } from "./contract";
import { notFoundErrors, passwordErrors } from "./words";

/** Passwords and addresses as clients of dj-rest-auth change and confirm them (contracts §5). */

const NewPassword = z.object({ new_password1: secret(), new_password2: secret() });

const changePassword = memberRoute({
  method: "post",
  path: "/dj-rest-auth/password/change/",
  tags,
  summary: "Change my password",
  description: "This session goes on; all others end at once.",
  request: { body: takes(NewPassword.extend({ old_password: secret() }).meta({ id: "DjPasswordChange" })) },
  responses: { 200: answer(Detail, "It is changed."), ...tooOften },
});

const askForReset = credentialRoute({
  method: "post",
  path: "/dj-rest-auth/password/reset/",
  tags,
  summary: "Forgot my password",
  request: { body: takes(Address) },
  responses: { 200: answer(Detail, "The same for every address.") },
});

const resetPassword = credentialRoute({
  method: "post",
  path: "/dj-rest-auth/password/reset/confirm/",
  tags,
  summary: "Set a new password",
  request: { body: takes(NewPassword.extend({ uid: Uid, token: Key }).meta({ id: "DjPasswordReset" })) },
  responses: { 200: answer(Detail, "It is set; all sessions are over.") },
});

const verifyEmail = credentialRoute({
  method: "post",
  path: "/dj-rest-auth/registration/verify-email/",
  tags,
  summary: "Confirm an e-mail address",
  request: { body: takes(AddressConfirmation) },
  responses: { 200: answer(Detail, "It is confirmed."), 404: answer(Problem, "The key is not good.") },
});

const resendEmail = credentialRoute({
  method: "post",
  path: "/dj-rest-auth/registration/resend-email/",
  tags,
  summary: "Mail the link again",
  request: { body: takes(Address) },
  responses: { 200: answer(Detail, "The same for every address.") },
});

export const djCredentials = router()
  .openapi(changePassword, async (c) => {
    const { new_password1: new_password, ...others } = c.req.valid("json");
    await credentials.changePassword(c.get("member"), { new_password, ...others }).catch(passwordErrors);
    return c.json({ detail: "New password has been saved." }, 200);
  })
  .openapi(askForReset, async (c) => {
    await credentials.askForReset(c.get("scope"), c.req.valid("json").email);
    return c.json({ detail: "Password reset e-mail has been sent." }, 200);
  })
  .openapi(resetPassword, async (c) => {
    const { new_password1: new_password, ...others } = c.req.valid("json");
    await credentials.resetPassword(c.get("scope"), { new_password, ...others }).catch(passwordErrors);
    return c.json({ detail: "Password has been reset with the new password." }, 200);
  })
  .openapi(verifyEmail, async (c) => {
    const caller = await callerOf(c.req.raw, c.get("scope"));
    await credentials.confirmAddress(c.get("scope"), c.req.valid("json").key, caller).catch(notFoundErrors);
    return c.json({ detail: "ok" }, 200);
  })
  .openapi(resendEmail, async (c) => {
    await credentials.resendVerification(c.get("scope"), c.req.valid("json").email);
    return c.json({ detail: "ok" }, 200);
  });
