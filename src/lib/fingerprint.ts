/** SHA-256, in hex, of what a write asks for: tells a retry from another request under the same Idempotency-Key. */
export async function fingerprint(what: string, input: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(`${what} ${JSON.stringify(input)}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
