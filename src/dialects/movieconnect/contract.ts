import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute, publicRoute } from "../../http";
import { answer, Problem, takes } from "../../lib/answers";
import { birthDate, ifGiven, secret, text } from "../../lib/fields";
import { VerificationSent } from "../../modules/auth/schemas";
import { Email, Username } from "../../modules/users/schemas";

/**
 * MovieConnect's client (contracts §6): the access token lives in an HttpOnly cookie and never in a body. Its refresh token says whose it
 * is, so `/api/token/refresh/`, which it shares with the social app, answers it in its own shape.
 */

const tags = ["MovieConnect (compatibility)"];
const MAX_LOGIN = 254;

const post = <const P extends string>(path: P, summary: string) => ({ method: "post" as const, path, tags, summary });

const Signup = z
  .object({
    username: Username,
    email: Email,
    password: secret(),
    birth_date: ifGiven(birthDate()),
    age: ifGiven(birthDate()).describe("What the client's documentation calls `birth_date`."),
  })
  .refine(({ birth_date, age }) => (birth_date ?? age) !== undefined, {
    path: ["birth_date"],
    error: "This field is required.",
    when: ({ value }) => value instanceof Object,
  })
  .meta({ id: "MovieConnectSignup" });

const SignedUp = z
  .object({
    id: z.int(),
    username: z.string(),
    email: z.string(),
    birth_date: z.string(),
    age: z.string().describe("The birth date again, as the client's documentation calls it."),
    refresh: z.string(),
    detail: z.string(),
  })
  .meta({ id: "MovieConnectSignedUp" });

export const signup = credentialRoute({
  ...post("/api/user/signup/", "Create an account"),
  request: { body: takes(Signup) },
  responses: {
    201: answer(
      z.union([SignedUp, VerificationSent]),
      "The new person, with the access token in the cookie; or that a mail is on its way.",
    ),
  },
});

export const token = credentialRoute({
  ...post("/api/token/", "Log in"),
  request: { body: takes(z.object({ username: text(MAX_LOGIN), password: secret() }).meta({ id: "MovieConnectLogin" })) },
  responses: {
    200: answer(z.object({ refresh: z.string() }), "The refresh token; the access token is in the cookie."),
    401: answer(Problem, "The credentials are not good."),
    403: answer(Problem, "The address has to be confirmed first."),
  },
});

export const logout = publicRoute({
  ...post("/api/user/logout/", "Log out"),
  security: [{ bearerAuth: [] }, { cookieAuth: [] }, {}],
  responses: { 200: answer(z.object({ detail: z.string() }), "Logged out."), 401: answer(Problem, "No token names a session.") },
});

export const profile = memberRoute({
  method: "get",
  path: "/api/user/profile/",
  tags,
  summary: "Myself",
  responses: {
    200: answer(
      z
        .object({
          id: z.int(),
          username: z.string(),
          email: z.string(),
          birth_date: z.string().nullable(),
          is_private: z.boolean().describe("Not everybody sees the profile."),
          bio: z.string().nullable(),
        })
        .meta({ id: "MovieConnectProfile" }),
      "Me.",
    ),
  },
});
