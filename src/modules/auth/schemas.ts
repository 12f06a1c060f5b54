import { z } from "@hono/zod-openapi";
import { ifGiven, pathId, secret, text } from "../../lib/fields";
import { Email, Me, Username } from "../users/schemas";

export const MAX_LOGIN = 254;

export const Registration = z
  .object({
    username: Username.optional().describe("Left out: made from the e-mail address."),
    email: Email,
    password: secret(),
    password2: secret().optional().describe("If it is sent, it must be the same."),
    confirmPassword: secret().optional().describe("Another name that clients have for `password2`."),
  })
  .refine(
    ({ password, password2, confirmPassword }) => [password2, confirmPassword].every((again) => again === undefined || again === password),
    "The two password fields didn't match.",
  )
  .meta({ id: "Registration" });
export type Registration = z.infer<typeof Registration>;

export const Login = z
  .object({
    username: ifGiven(text(MAX_LOGIN)).describe("A username, or an e-mail address."),
    email: ifGiven(text(MAX_LOGIN)),
    password: secret(),
  })
  // Said beside what is wrong with the password, not after it: hence `when`.
  .refine(({ username, email }) => username !== undefined || email !== undefined, {
    path: ["username"],
    error: "This field is required.",
    when: ({ value }) => value instanceof Object,
  })
  .meta({ id: "Login" });
export type Login = z.infer<typeof Login>;

export const Refresh = z.object({ refresh: secret().optional().describe("Left out: the refresh cookie.") }).meta({ id: "Refresh" });
export const Verify = z.object({ token: secret() }).meta({ id: "Verify" });
/** Clients of the social app say `refresh_token`. A refresh token that is nonsense must not keep anybody logged in. */
export const Logout = z.object({ refresh: z.unknown(), refresh_token: z.unknown() }).partial().meta({ id: "Logout" });

const Pair = z.object({ access: z.string(), refresh: z.string() });
/** Clients differ in where they look for the tokens, so they are in both places. */
export const TokenPair = Pair.extend({ tokens: Pair }).meta({ id: "TokenPair" });
export type TokenPair = z.infer<typeof TokenPair>;

export const LoggedIn = TokenPair.extend({ user: Me }).meta({ id: "LoggedIn" });
export type LoggedIn = z.infer<typeof LoggedIn>;
export const Registered = LoggedIn.extend({ message: z.string() }).meta({ id: "Registered" });
/** Instead of that where an address has to be confirmed before the first log-in; dj-rest-auth's words (contracts §5). */
export const VerificationSent = z.object({ detail: z.string() }).meta({ id: "VerificationSent" });
export const VERIFICATION_SENT = { detail: "Verification e-mail sent." };
export const Message = z.object({ message: z.string() }).meta({ id: "Message" });

export const Session = z
  .object({
    id: z.int(),
    current: z.boolean().describe("The session that asks."),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().describe("When tokens were last asked for: the session may have been used up to an hour later."),
    device: z.string().nullable().describe('For people to read: "Firefox on Linux".'),
    user_agent: z.string(),
    country: z.string().nullable().describe("ISO 3166-1, two letters, as the network address had it when it logged in."),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

export const SessionParams = z.object({ id: pathId() });
export const Ticket = z.object({ ticket: z.string(), expires_in: z.int().describe("Seconds.") }).meta({ id: "Ticket" });
