/** Who calls, as far as the network says: what limits are counted by, and what log lines have. */

/**
 * The address that Cloudflare saw. No other header counts: a client can write what it likes into those (security.md 39). Of an IPv6 address
 * the first half, which is what one household or server has to itself. Cloudflare sets the header itself; `wrangler dev` says where the
 * connection comes from, unless the client has brought the header.
 */
export function clientAddress(headers: Headers): string {
  const address = headers.get("cf-connecting-ip") ?? "";
  if (address === "") return "unknown";
  return address.includes(":") ? network(address) : address;
}

const GROUPS_OF_A_NETWORK = 4;

function network(address: string): string {
  const [head = "", tail = ""] = address.toLowerCase().split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail.split(":").filter(Boolean);
  const left = Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: address.includes("::") ? left : 0 }, () => "0"), ...after];
  return `${groups
    .slice(0, GROUPS_OF_A_NETWORK)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
