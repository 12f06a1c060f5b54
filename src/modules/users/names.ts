const SUGGESTIONS = 5;

/** What is unique about a username, and what a search looks in. */
export const usernameKey = (username: string) => username.normalize("NFKC").toLowerCase();

/** For who names none: the part before the @, or that with digits behind it. */
export function namesFor(email: string): string[] {
  const stem = email.split("@")[0]!.replace(/[^\p{L}\p{N}_.+-]/gu, "") || "user";
  const digits = crypto.getRandomValues(new Uint32Array(SUGGESTIONS));
  return [stem, ...Array.from(digits, (n) => `${stem}${String(n % 1_000_000).padStart(6, "0")}`)];
}
