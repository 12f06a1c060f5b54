import { z } from "@hono/zod-openapi";
import { credentialRoute } from "../../http";
import { answer, Problem, takes } from "../../lib/answers";
import { ifGiven, secret, text } from "../../lib/fields";
import { VerificationSent } from "../../modules/auth/schemas";
import { Email, Username } from "../../modules/users/schemas";

/** The preferences app's client (contracts §2), which calls an access token `token`. */

const tags = ["Preferences app (compatibility)"];
const MAX_LOGIN = 254;

export const register = credentialRoute({
  method: "post",
  path: "/register/",
  operationId: "postPreferencesAppRegister",
  tags,
  summary: "Create an account",
  request: { body: takes(z.object({ username: Username, email: Email, password: secret() }).meta({ id: "PreferencesRegistration" })) },
  responses: {
    201: answer(
      z.union([z.object({ token: z.string() }), VerificationSent]),
      "The new person's access token; or that a mail is on its way.",
    ),
  },
});

export const login = credentialRoute({
  method: "post",
  path: "/login/",
  operationId: "postPreferencesAppLogin",
  tags,
  summary: "Log in",
  request: {
    body: takes(
      z
        .object({ email: ifGiven(text(MAX_LOGIN)), username: ifGiven(text(MAX_LOGIN)), password: secret() })
        .refine(({ email, username }) => (email ?? username) !== undefined)
        .meta({ id: "PreferencesLogin" }),
    ),
  },
  responses: {
    200: answer(
      z.object({ token: z.string(), access: z.string(), refresh: z.string() }),
      "An access token, under both names that clients know, and the refresh token.",
    ),
    401: answer(Problem, "The credentials are not good, or are not there."),
    403: answer(Problem, "The address has to be confirmed first."),
  },
});
