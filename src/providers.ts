/** What the environment says of the providers that people log in with. */
export interface ProviderSettings {
  readonly google: GoogleSettings;
  readonly facebook: FacebookSettings;
}

/** Who we are to a provider. */
export interface ProviderClient {
  readonly id: string;
  readonly secret: string;
}

export interface GoogleSettings {
  /** Null until it is set up. */
  readonly client: ProviderClient | null;
  readonly issuer: string;
  /** Says whom an access token was issued to; "" where the issuer has a standard introspection endpoint for that. */
  readonly tokenInfo: string;
}

export interface FacebookSettings {
  /** Null until it is set up. */
  readonly client: ProviderClient | null;
  /** Where people are sent, and who issues ID tokens. */
  readonly issuer: string;
  readonly graph: string;
}

export type ProviderEnvironment = {
  GOOGLE_CLIENT_ID?: string;
  GOOGLE_CLIENT_SECRET?: string;
  GOOGLE_ISSUER?: string;
  GOOGLE_TOKENINFO_URL?: string;
  FACEBOOK_CLIENT_ID?: string;
  FACEBOOK_CLIENT_SECRET?: string;
  FACEBOOK_ISSUER?: string;
  FACEBOOK_GRAPH_URL?: string;
};

const GOOGLE = { issuer: "https://accounts.google.com", tokenInfo: "https://oauth2.googleapis.com/tokeninfo" };
const FACEBOOK = { issuer: "https://www.facebook.com", graph: "https://graph.facebook.com" };

/** @param development whether a provider may be a stand-in that is reached by plain http */
export function readProviders(env: ProviderEnvironment, development: boolean): ProviderSettings {
  const issuer = address(env.GOOGLE_ISSUER) || GOOGLE.issuer;
  const google = { issuer, tokenInfo: address(env.GOOGLE_TOKENINFO_URL) || (issuer === GOOGLE.issuer ? GOOGLE.tokenInfo : "") };
  const facebook = { issuer: address(env.FACEBOOK_ISSUER) || FACEBOOK.issuer, graph: address(env.FACEBOOK_GRAPH_URL) || FACEBOOK.graph };
  // Secrets and tokens go there.
  const safe = (url: string) => url === "" || url.startsWith("https://") || (development && url.startsWith("http://"));
  const client = (endpoints: object, id = "", secret = "") =>
    id !== "" && secret !== "" && Object.values(endpoints).every(safe) ? { id, secret } : null;
  return {
    google: { ...google, client: client(google, env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET) },
    facebook: { ...facebook, client: client(facebook, env.FACEBOOK_CLIENT_ID, env.FACEBOOK_CLIENT_SECRET) },
  };
}

const address = (text = "") => text.trim().replace(/\/+$/, "");
