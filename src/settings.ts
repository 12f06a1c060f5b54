import { AppError } from "./lib/errors";

const MIN_SECRET_LENGTH = 32;
const EXAMPLE_SECRET = /change-?me|example|secret-?key/i;

export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

export interface SigningKeys {
  /** Signs. */
  readonly current: SigningKey;
  /** Verify, by `kid`. */
  readonly all: ReadonlyMap<string, CryptoKey>;
}

/** What the environment says, read once. */
export interface Settings {
  readonly development: boolean;
  /** The limits of production. While developing only those that protect a person from guessing hold. */
  readonly strictLimits: boolean;
  readonly allowedOrigins: ReadonlySet<string>;
  /** @throws AppError `not_configured` while the secret is missing, short or an example: every route that needs it then answers 503 */
  signingKeys(): Promise<SigningKeys>;
}

/** Secrets are not listed in `Env`: a deployment may lack them, and must then refuse instead of failing to start. */
type Secrets = { JWT_SECRET?: string; JWT_SECRET_PREVIOUS?: string };
type Environment = { ENVIRONMENT?: string; ALLOWED_ORIGINS?: string; RATE_LIMITS?: string } & Secrets;

let known: { env: Environment; settings: Settings } | undefined;

export function readSettings(env: Environment): Settings {
  if (known?.env !== env) known = { env, settings: build(env) };
  return known.settings;
}

function build(env: Environment): Settings {
  let keys: Promise<SigningKeys> | undefined;
  const development = env.ENVIRONMENT === "development";
  return {
    development,
    strictLimits: !development || env.RATE_LIMITS === "strict",
    allowedOrigins: new Set(
      (env.ALLOWED_ORIGINS ?? "")
        .split(",")
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
    signingKeys() {
      keys ??= importKeys(env);
      return keys;
    },
  };
}

async function importKeys({ JWT_SECRET, JWT_SECRET_PREVIOUS }: Secrets): Promise<SigningKeys> {
  if (!usable(JWT_SECRET)) throw new AppError("not_configured");
  const current = await importKey(JWT_SECRET);
  const previous = usable(JWT_SECRET_PREVIOUS) ? [await importKey(JWT_SECRET_PREVIOUS)] : [];
  return { current, all: new Map([current, ...previous].map(({ kid, key }) => [kid, key])) };
}

const usable = (secret: string | undefined): secret is string =>
  secret !== undefined && secret.length >= MIN_SECRET_LENGTH && !EXAMPLE_SECRET.test(secret);

async function importKey(secret: string): Promise<SigningKey> {
  const bytes = new TextEncoder().encode(secret);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  // The kid names the secret without giving it away: 32 bits of its digest.
  return { kid: digest.slice(0, 4).toHex(), key };
}
