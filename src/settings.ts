import { AppError } from "./lib/errors";
import { chooseMailer, hasControls, type MailEnvironment, type Mailer, throwsMailsAway } from "./mail/mailer";
import { type ProviderEnvironment, type ProviderSettings, readProviders } from "./providers";

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

const VERIFICATION = ["none", "optional", "mandatory"] as const;
/** Whether a newcomer is asked to confirm their address, and whether they can log in before they have. */
export type EmailVerification = (typeof VERIFICATION)[number];

/** What the environment says, read once. */
export interface Settings {
  readonly development: boolean;
  /** The limits of production. While developing only those that protect a person from guessing hold. */
  readonly strictLimits: boolean;
  readonly allowedOrigins: ReadonlySet<string>;
  /** The API's description is served to everybody. */
  readonly docs: boolean;
  /** There is a website, beside the pages that mails lead to. */
  readonly pages: boolean;
  /** What the product is called in mails and on pages. */
  readonly appName: string;
  /** Where the links of mails point, without a slash at its end. Null: to the pages of whichever origin was asked. */
  readonly appUrl: string | null;
  /** Null if mails cannot be sent as things are: they wait. */
  readonly mailer: Mailer | null;
  readonly emailVerification: EmailVerification;
  /** What has to be set differently before people can be let in, in sentences. None of it keeps the Worker from running. */
  readonly problems: readonly string[];
  /** What should be set and is not, in sentences: people get in without it. */
  readonly warnings: readonly string[];
  readonly providers: ProviderSettings;
  /** @throws AppError `not_configured` while the secret is missing, short or an example: every route that needs it then answers 503 */
  signingKeys(): Promise<SigningKeys>;
}

/** Secrets are not listed in `Env`: a deployment may lack them, and must then refuse instead of failing to start. */
type Secrets = { JWT_SECRET?: string; JWT_SECRET_PREVIOUS?: string };
type Environment = {
  ENVIRONMENT?: string;
  ALLOWED_ORIGINS?: string;
  RATE_LIMITS?: string;
  API_DOCS?: string;
  PAGES?: string;
  APP_NAME?: string;
  APP_URL?: string;
  EMAIL_VERIFICATION?: string;
} & MailEnvironment &
  ProviderEnvironment &
  Secrets;

const APP_NAME = "Kith";
const NO_APP_URL = "The links of mails lead to whichever address was asked: set APP_URL to the one that they should lead to.";

let known: { env: Environment; settings: Settings } | undefined;

export function readSettings(env: Environment): Settings {
  if (known?.env !== env) known = { env, settings: build(env) };
  return known.settings;
}

function build(env: Environment): Settings {
  let keys: Promise<SigningKeys> | undefined;
  const development = env.ENVIRONMENT === "development";
  const { appName, problem: badName } = readAppName(env.APP_NAME);
  const { mailer, problem: noMail } = chooseMailer(env, appName, development);
  const { appUrl, problem: badUrl } = readAppUrl(env.APP_URL, development);
  const { emailVerification, problem: noVerification } = readVerification(env);
  const nobodyGetsIn = emailVerification === "mandatory";
  const noUrl = development || env.APP_URL?.trim() || throwsMailsAway(env) ? undefined : NO_APP_URL;
  return {
    development,
    strictLimits: !development || env.RATE_LIMITS === "strict",
    docs: development || env.API_DOCS === "on",
    pages: env.PAGES?.trim().toLowerCase() !== "off",
    appName,
    appUrl,
    mailer,
    emailVerification,
    problems: [nobodyGetsIn ? noMail : undefined, badName, badUrl, noVerification].filter((problem) => problem !== undefined),
    warnings: [nobodyGetsIn ? undefined : noMail, noUrl].filter((warning) => warning !== undefined),
    allowedOrigins: new Set(
      (env.ALLOWED_ORIGINS ?? "")
        .split(",")
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
    providers: readProviders(env, development),
    signingKeys() {
      keys ??= importKeys(env);
      return keys;
    },
  };
}

function readAppName(text = ""): { appName: string; problem?: string } {
  const given = text.trim();
  if (hasControls(given)) return { appName: APP_NAME, problem: "APP_NAME has to be one line of text." };
  return { appName: given || APP_NAME };
}

/** While developing nothing need be encrypted; what people are mailed must be. */
function readAppUrl(text: string | undefined, development: boolean): { appUrl: string | null; problem?: string } {
  const given = (text ?? "").trim().replace(/\/+$/, "");
  if (given === "") return { appUrl: null };
  const schemes = development ? ["https:", "http:"] : ["https:"];
  if (URL.canParse(given) && schemes.includes(new URL(given).protocol)) return { appUrl: given };
  return { appUrl: null, problem: "APP_URL has to be an address such as https://app.example.com." };
}

/** A word that is none of the three shuts rather than opens. */
function readVerification({ EMAIL_VERIFICATION, ...env }: Environment): { emailVerification: EmailVerification; problem?: string } {
  const word = EMAIL_VERIFICATION?.trim().toLowerCase() || "optional";
  const emailVerification = VERIFICATION.find((one) => one === word) ?? "mandatory";
  if (emailVerification !== word) return { emailVerification, problem: "EMAIL_VERIFICATION has to be none, optional or mandatory." };
  if (word === "mandatory" && throwsMailsAway(env))
    return { emailVerification, problem: "EMAIL_VERIFICATION=mandatory needs mails: with MAIL=none nobody can confirm an address." };
  return { emailVerification };
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
