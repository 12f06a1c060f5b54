import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute, publicRoute } from "../../http";
import { answer, nothing, Problem, takes } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Accounts"];
const refused = { 401: answer(Problem, "The credentials or the token are not good.") };

export const register = credentialRoute({
  method: "post",
  path: "/api/auth/register/",
  tags,
  summary: "Create an account",
  description:
    "Creates a person and logs them in. A mail asks them to confirm their address, unless the server does without (`EMAIL_VERIFICATION=none`). Where the confirmation has to come first (`mandatory`), the answer has no tokens.",
  request: { body: takes(s.Registration) },
  responses: { 201: answer(z.union([s.Registered, s.VerificationSent]), "The new person, logged in; or that a mail is on its way.") },
});

export const login = credentialRoute({
  method: "post",
  path: "/api/auth/login/",
  tags,
  summary: "Log in",
  description: "By username or e-mail address. An unknown person and a wrong password get the same answer.",
  request: { body: takes(s.Login) },
  responses: {
    200: answer(s.LoggedIn, "Tokens and the person they are for."),
    ...refused,
    403: answer(Problem, "The password is right, but the address has to be confirmed first (`email_not_verified`)."),
  },
});

export const refresh = credentialRoute({
  method: "post",
  path: "/api/auth/refresh/",
  tags,
  summary: "Refresh tokens",
  description:
    "Takes a refresh token and answers a fresh pair. The old refresh token stays good for ten seconds, for lost answers and parallel tabs; using it later, or one from before it, ends the session.",
  request: { body: takes(s.Refresh) },
  responses: { 200: answer(s.TokenPair, "The new pair."), ...refused },
});

export const verify = publicRoute({
  method: "post",
  path: "/api/auth/verify/",
  tags,
  summary: "Ask whether a token is good",
  description: "An access or a refresh token, whose session must live.",
  request: { body: takes(s.Verify) },
  responses: { 200: answer(z.object({}), "It is."), ...refused },
});

export const logout = publicRoute({
  method: "post",
  path: "/api/auth/logout/",
  tags,
  summary: "Log out",
  description:
    "Ends the session of the bearer token, and that of `refresh` or `refresh_token` in the body, at once: tokens are refused and sockets close with 4401. Tokens that are no good, or over already, change nothing.",
  security: [{}, { bearerAuth: [] }, { cookieAuth: [] }],
  request: { body: takes(s.Logout) },
  responses: { 200: answer(s.Message, "Logged out, now or before.") },
});

export const sessions = memberRoute({
  method: "get",
  path: "/api/auth/sessions/",
  tags,
  summary: "My sessions",
  description: "Where I am logged in, last used first.",
  responses: { 200: answer(z.array(s.Session), "Live sessions.") },
});

export const revokeSession = memberRoute({
  method: "delete",
  path: "/api/auth/sessions/{id}/",
  tags,
  summary: "End one session",
  description: "Its tokens are refused at once and its sockets close.",
  request: { params: s.SessionParams },
  responses: { 204: nothing("It is over."), 404: answer(Problem, "I have no such session.") },
});

export const revokeOtherSessions = memberRoute({
  method: "delete",
  path: "/api/auth/sessions/",
  tags,
  summary: "End all other sessions",
  description: "The session that asks goes on.",
  responses: { 204: nothing("They are over.") },
});

export const ticket = memberRoute({
  method: "post",
  path: "/api/ws/ticket/",
  tags: ["Realtime"],
  summary: "A ticket for a socket",
  description: "Opens one socket, once, within 30 seconds: `/ws/main/?ticket=`. For clients that keep their access token out of addresses.",
  responses: { 200: answer(s.Ticket, "The ticket.") },
});
