interface Client {
  id: string;
  secret: string;
}

type Each<Of> = { kith: Of; foreign: Of };

export const GOOGLE_CLIENTS: Each<Client & { callback: string }>;
export const FACEBOOK_APPS: Each<Client>;
