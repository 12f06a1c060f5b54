import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { readSettings } from "../../src/settings";

/** A part of a token, as clients read it: with plain `atob`. */
const decode = (token: string, part: number) => JSON.parse(atob(token.split(".")[part]!.replaceAll("-", "+").replaceAll("_", "/")));
export const headerOf = (token: string): Record<string, any> => decode(token, 0);
export const claimsOf = (token: string): Record<string, any> => decode(token, 1);

export const base64url = (text: string): string => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

type Changes = { header?: Record<string, unknown>; claims?: Record<string, unknown>; key?: CryptoKey | Uint8Array };

/** The same token with something changed, signed with our own key all the same. What is undefined is left out. */
export async function resigned(token: string, { header = {}, claims = {}, key }: Changes = {}): Promise<string> {
  const { current } = await readSettings(env).signingKeys();
  const present = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return new SignJWT(present({ ...claimsOf(token), ...claims }))
    .setProtectedHeader(present({ ...headerOf(token), ...header }) as { alg: string })
    .sign(key ?? current.key);
}
