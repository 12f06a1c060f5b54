/** Who calls, as far as the network says: what limits are counted by, and what log lines have. */

/**
 * The address that Cloudflare saw. No other header counts: a client can write what it likes into those (security.md 39). Of an IPv6 address
 * the first half, which is what one household or server has to itself; an IPv4 address that is written as an IPv6 one is itself. Cloudflare
 * sets the header itself; `wrangler dev` says where the connection comes from, unless the client has brought the header.
 */
export function clientAddress(headers: Headers): string {
  const address = headers.get("cf-connecting-ip") ?? "";
  if (address === "") return "unknown";
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  return isMapped(groups) ? dotted(groups) : network(groups);
}

const GROUPS = 8;
const GROUPS_OF_A_NETWORK = 4;

/** The eight groups of an IPv6 address, each without leading zeros. */
function groupsOf(address: string): string[] {
  const hexadecimal = address.toLowerCase().replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${group(a, b)}:${group(c, d)}`);
  const [before = [], after = []] = hexadecimal.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = hexadecimal.includes("::") ? Math.max(0, GROUPS - before.length - after.length) : 0;
  return [...before, ...Array.from({ length: zeros }, () => "0"), ...after].map((digits) => digits.replace(/^0+(?=.)/, ""));
}

const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);

/** `::ffff:a.b.c.d`, or the same in hexadecimal. */
const isMapped = (groups: string[]) =>
  groups.length === GROUPS && groups[5] === "ffff" && groups.slice(0, 5).every((digits) => digits === "0");

const dotted = (groups: string[]) =>
  groups
    .slice(6)
    .flatMap((digits) => [Number.parseInt(digits, 16) >> 8, Number.parseInt(digits, 16) & 255])
    .join(".");

const network = (groups: string[]) => `${groups.slice(0, GROUPS_OF_A_NETWORK).join(":")}::/64`;
