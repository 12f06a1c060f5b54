/**
 * What the Worker tells the hub about a socket that it let in. It travels in headers of a request that the Worker makes itself, so
 * nothing of the client's own headers reaches the hub.
 */
export interface Opening {
  userId: number;
  sessionId: number;
  /** When the access token runs out, ms since the epoch. */
  expiresAt: number;
  /** The last `seq` that the client has; null to start at the head, "unknown" if what it sent is no number. */
  since: number | "unknown" | null;
  /** The ticket that it came with; each opens one socket. */
  ticket: string | null;
  subprotocol: string | null;
  /** The address that the client reached us at: where addresses of files in events begin. */
  origin: string;
}

const HEADER = "x-kith-opening";

export function openingRequest(opening: Opening): Request {
  return new Request("https://hub/", { headers: { upgrade: "websocket", [HEADER]: JSON.stringify(opening) } });
}

export const readOpening = (request: Request): Opening => JSON.parse(request.headers.get(HEADER)!) as Opening;

/** Who is further behind than this reloads: that is quicker for them, and the hub does not have to hold it all. */
const MAX_REPLAYED = 10_000;

/** Where a client's stream goes on. The log may not reach back far enough, or the client names what never was: then it reloads. */
export function resume(since: Opening["since"], { first, head }: { first: number; head: number }): { from: number; complete: boolean } {
  if (since === null) return { from: head, complete: true };
  if (since === "unknown" || since > head) return { from: head, complete: false };
  const reaches = since === head || since >= first - 1;
  return { from: since, complete: reaches && head - since <= MAX_REPLAYED };
}
