/** Entity tags (RFC 9110, 8.8.3): the version of what a client has read, and the conditions that it sends them back in. */

const HASH_CHARACTERS = 22;

/** A strong tag of a content: the same for the same, another for any other. */
export async function strongTag(content: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content)));
  return `"${hash.toBase64({ alphabet: "base64url", omitPadding: true }).slice(0, HASH_CHARACTERS)}"`;
}

/** Whether `If-Match` asks for a version at all: `*` is met by anything that is there. */
export const asksForVersion = (header: string | undefined): header is string => header !== undefined && header.trim() !== "*";

/** Whether `If-Match` is met. A weak tag never matches: it does not say that nothing has changed. */
export const matches = (header: string, tag: string): boolean => tagsIn(header).includes(tag);

/** Whether `If-None-Match` says that the client has this version already; here weak tags count. */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return (
    header.trim() === "*" ||
    tagsIn(header)
      .map((one) => one.replace(/^W\//, ""))
      .includes(tag)
  );
}

const tagsIn = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
