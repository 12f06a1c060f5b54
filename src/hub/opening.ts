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
}

const HEADER = "x-kith-opening";

export function openingRequest(opening: Opening): Request {
  return new Request("https://hub/", { headers: { upgrade: "websocket", [HEADER]: JSON.stringify(opening) } });
}

export const readOpening = (request: Request): Opening => JSON.parse(request.headers.get(HEADER)!) as Opening;
