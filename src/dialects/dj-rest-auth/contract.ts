import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute, publicRoute } from "../../http";
import { answer, Problem, takes } from "../../lib/answers";
import { ifGiven, secret, text } from "../../lib/fields";
import { VerificationSent, Verify } from "../../modules/auth/schemas";
import { type ProviderName, ProviderToken, TITLES } from "../../modules/identities/schemas";
import { Email, UserChange, Username } from "../../modules/users/schemas";
import { REGISTRATION_MISMATCH } from "./words";

/** Clients of dj-rest-auth with JWTs in the body (contracts §5); the cookies come in addition. */

export const tags = ["dj-rest-auth (compatibility)"];
const MAX_LOGIN = 254;

const post = <const P extends string>(path: P, summary: string) => ({ method: "post" as const, path, tags, summary });

export const User = z
  .object({ pk: z.int(), username: z.string(), email: z.string(), first_name: z.string(), last_name: z.string() })
  .meta({ id: "DjUser" });

export const LoggedIn = z.object({ access: z.string(), refresh: z.string(), user: User }).meta({ id: "DjLoggedIn" });

const unauthorized = { 401: answer(Problem, "The token is not good.") };

const unreachable = { 503: answer(Problem, "The provider is not set up here, or does not answer.") };

const Registration = z
  .object({ username: Username, email: Email, password1: secret(), password2: secret() })
  .refine(({ password1, password2 }) => password1 === password2, REGISTRATION_MISMATCH)
  .meta({ id: "DjRegistration" });

export const register = credentialRoute({
  ...post("/dj-rest-auth/registration/", "Create an account"),
  request: { body: takes(Registration) },
  responses: { 201: answer(z.union([LoggedIn, VerificationSent]), "The new person, logged in; or that a mail is on its way.") },
});

const Login = z
  .object({ username: ifGiven(text(MAX_LOGIN)), email: ifGiven(text(MAX_LOGIN)), password: secret() })
  .refine(
    ({ username, email }) => username !== undefined || email !== undefined,
    'Must include either "username" or "email" and "password".',
  )
  .meta({ id: "DjLogin" });

export const login = credentialRoute({
  ...post("/dj-rest-auth/login/", "Log in"),
  description: "What is wrong, bad credentials included, is a 400 under `non_field_errors`.",
  request: { body: takes(Login) },
  responses: { 200: answer(LoggedIn, "Tokens and the person.") },
});

export const loginBy = <const P extends ProviderName>(provider: P) =>
  credentialRoute({
    ...post(`/dj-rest-auth/${provider}/` as `/dj-rest-auth/${P}/`, `Log in with a token of ${TITLES[provider]}`),
    description:
      "One of `access_token`, `code` and `id_token`, issued to this server's client id. What is wrong with it is a 400 under `non_field_errors`.",
    request: { body: takes(ProviderToken) },
    responses: { 200: answer(LoggedIn, "Tokens and the person."), ...unreachable },
  });

const Tokens = z.object({ refresh: ifGiven(secret()).describe("Left out: the refresh cookie.") }).meta({ id: "DjRefresh" });

export const logout = publicRoute({
  ...post("/dj-rest-auth/logout/", "Log out"),
  request: { body: takes(Tokens) },
  responses: { 200: answer(z.object({ detail: z.string() }), "Logged out."), ...unauthorized },
});

export const refresh = credentialRoute({
  ...post("/dj-rest-auth/token/refresh/", "Refresh tokens"),
  request: { body: takes(Tokens) },
  responses: {
    200: answer(
      z
        .object({
          access: z.string(),
          access_expiration: z.iso.datetime(),
          refresh: z.string(),
          refresh_expiration: z.iso.datetime(),
        })
        .meta({ id: "DjTokenPair" }),
      "The new pair.",
    ),
    ...unauthorized,
  },
});

export const verify = publicRoute({
  ...post("/dj-rest-auth/token/verify/", "Ask whether a token is good"),
  request: { body: takes(Verify) },
  responses: { 200: answer(z.object({}), "It is."), ...unauthorized },
});

const me = { path: "/dj-rest-auth/user/" as const, tags };
const responses = { 200: answer(User, "Me.") };
const Change = UserChange.pick({ username: true, first_name: true, last_name: true });

export const user = memberRoute({ ...me, method: "get", summary: "Myself", responses });
export const put = memberRoute({
  ...me,
  method: "put",
  summary: "Change myself",
  request: { body: takes(Change.required({ username: true }).meta({ id: "DjUserPut" })) },
  responses,
});
export const patch = memberRoute({
  ...me,
  method: "patch",
  summary: "Change some of myself",
  request: { body: takes(Change.meta({ id: "DjUserPatch" })) },
  responses,
});
