/** Who talks to the providers here: Kith, and another app whose tokens must open nothing at Kith. */
export const GOOGLE_CLIENTS = {
  kith: { id: "kith", secret: "a-secret-between-kith-and-google", callback: "https://app.example.com/callback" },
  foreign: { id: "foreign", secret: "a-secret-between-foreign-and-google", callback: "https://foreign.example/callback" },
};

export const FACEBOOK_APPS = {
  kith: { id: "1001", secret: "the-app-secret-of-kith" },
  foreign: { id: "2002", secret: "the-app-secret-of-another-app" },
};
