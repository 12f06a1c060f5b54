import { credentialRoute, memberRoute } from "../../http";
import { answer, takes, tooOften } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Accounts"];

export const verifyEmail = credentialRoute({
  method: "post",
  path: "/api/auth/email/verify/",
  tags,
  summary: "Confirm an e-mail address",
  description:
    "With the `key` of a mailed link: the address of a registration (good for 24 hours), or the one of a change (for an hour), which then takes effect. A key works once, and a newer mail replaces it. Send the access token of whoever is logged in, if somebody is: when an address is confirmed for the first time outside of the account's own session, accounts elsewhere that were linked to it are unlinked, for somebody else may have made it.",
  request: { body: takes(s.AddressConfirmation) },
  responses: { 200: answer(s.Detail, "It is confirmed.") },
});

export const resendVerification = credentialRoute({
  method: "post",
  path: "/api/auth/email/resend/",
  tags,
  summary: "Mail the link again",
  description: "To an address that waits to be confirmed. The answer is the same for every address.",
  request: { body: takes(s.Address) },
  responses: { 200: answer(s.Detail, "If it waits, a mail is on its way.") },
});

export const changeEmail = memberRoute({
  method: "post",
  path: "/api/auth/email/change/",
  tags,
  summary: "Change my e-mail address",
  description:
    "Mails a link to the new address, and a warning to the old one. The change takes effect when the link is used (`/api/auth/email/verify/`). Whether somebody has the address already shows only then.",
  request: { body: takes(s.AddressChange) },
  responses: { 200: answer(s.Detail, "A mail is on its way to the new address."), ...tooOften },
});

export const changePassword = memberRoute({
  method: "post",
  path: "/api/auth/password/change/",
  tags,
  summary: "Change my password",
  description:
    "This session goes on; all others end at once, and their sockets close. A person who has no password, because they log in through others, sets one by a reset.",
  request: { body: takes(s.PasswordChange) },
  responses: { 200: answer(s.Detail, "It is changed."), ...tooOften },
});

export const askForReset = credentialRoute({
  method: "post",
  path: "/api/auth/password/reset/",
  tags,
  summary: "Forgot my password",
  description: "Mails a link that sets a new one, good for 30 minutes. The answer is the same for every address.",
  request: { body: takes(s.Address) },
  responses: { 200: answer(s.Detail, "If somebody has that address, a mail is on its way.") },
});

export const resetPassword = credentialRoute({
  method: "post",
  path: "/api/auth/password/reset/confirm/",
  tags,
  summary: "Set a new password",
  description:
    "With `uid` and `token` of a mailed link, which works once. All sessions of the person end, and none begins: log in with the new password. The address counts as confirmed.",
  request: { body: takes(s.PasswordReset) },
  responses: { 200: answer(s.Detail, "It is set.") },
});
