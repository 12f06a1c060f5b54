import { z } from "@hono/zod-openapi";
import { ifGiven, pathId } from "../../lib/fields";

export const PROVIDERS = ["google", "facebook"] as const;
export type ProviderName = (typeof PROVIDERS)[number];
export const TITLES = { google: "Google", facebook: "Facebook" } as const satisfies Record<ProviderName, string>;

const MAX_TOKEN = 8192;
const MAX_ADDRESS = 2048;
/** What a token or a code is written in; anything else is none, and would break the header that it is sent in. */
const VISIBLE = /^[\x21-\x7e]+$/;

const token = () => ifGiven(z.string().trim().max(MAX_TOKEN).regex(VISIBLE, "Incorrect value"));

/** What a client has from a provider, as dj-rest-auth's clients send it. */
export const ProviderToken = z
  .object({
    access_token: token().describe("Issued to this server's client id: another app's is refused."),
    code: token().describe("An authorization code, with the `redirect_uri` and `code_verifier` that it was asked for with."),
    id_token: token().describe("An OpenID Connect ID token for this server's client id."),
    redirect_uri: ifGiven(z.string().max(MAX_ADDRESS)).describe("Left out: this server's own callback."),
    callback_url: ifGiven(z.string().max(MAX_ADDRESS)).describe("Another name that clients have for `redirect_uri`."),
    code_verifier: token().describe("PKCE."),
    nonce: token().describe("If it is sent, `id_token` must carry the same."),
  })
  .refine(({ access_token, code, id_token }) => access_token ?? code ?? id_token, "Incorrect input. access_token or code is required.")
  .meta({ id: "ProviderToken" });
export type ProviderToken = z.infer<typeof ProviderToken>;

export const RedirectQuery = z.object({
  next: ifGiven(z.string().max(MAX_ADDRESS)).describe(
    "Where to go afterwards: a path of this server, or an address of an allowed origin. Left out: the callback answers JSON.",
  ),
});
export const RedirectStart = RedirectQuery.meta({ id: "RedirectStart" });

export const CallbackQuery = z.object({
  code: z.string().optional(),
  state: z.string().optional(),
  error: z.string().optional().describe("What the provider says went wrong."),
});

export const Redirect = z.object({ url: z.url().describe("Send the browser there.") }).meta({ id: "Redirect" });

export const Identity = z
  .object({
    id: z.int(),
    provider: z.enum(PROVIDERS),
    email: z.string().nullable().describe("As the provider last said."),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
  })
  .meta({ id: "Identity" });
export type Identity = z.infer<typeof Identity>;

export const IdentityParams = z.object({ id: pathId() });
