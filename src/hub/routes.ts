import { z } from "@hono/zod-openapi";
import { accessCookie } from "../cookies";
import { publicRoute, router } from "../http";
import { answer, nothing, Problem } from "../lib/answers";
import { AppError, accessTokenError } from "../lib/errors";
import { bearer } from "../middleware/authenticate";
import { isAllowedOrigin } from "../middleware/cors";
import { CLOSE } from "../realtime/events";
import type { Settings } from "../settings";
import { ACCESS_MINUTES, type AccessClaims, verifyAccess, verifyTicket } from "../tokens";
import { type Opening, openingRequest } from "./opening";

const PROTOCOL = "kith.v1";
const BEARER = "bearer.";

const socket = publicRoute({
  method: "get",
  path: "/ws/main/",
  tags: ["Realtime"],
  summary: "Open a socket",
  description:
    "A WebSocket with one JSON text frame an event. Authenticate with `?token=<access>`, a one-time `?ticket=`, the subprotocols `kith.v1, bearer.<access>`, or the `access_token` cookie (its Origin is checked). " +
    "With `?since=<seq>` it first sends what was missed after that event. A browser with bad credentials gets an open socket that closes with 4401, others get 401.",
  request: {
    query: z.object({
      token: z.string().optional().describe("An access token."),
      ticket: z.string().optional().describe("From `POST /api/ws/ticket/`."),
      since: z.string().optional().describe("The last `seq` that you have; 0 for everything that is kept. Left out: only what is new."),
    }),
  },
  responses: {
    101: nothing("The socket is open."),
    401: answer(Problem, "No token, a bad one, or its session is over."),
    426: answer(Problem, "Not an upgrade request."),
    503: answer(Problem, "The database does not answer: try again."),
  },
});

export const socketRoutes = router().openapi(socket, async (c) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") throw new AppError("upgrade_required", undefined, { Upgrade: "websocket" });
  const { settings, hubs, origin } = c.get("scope");
  const offered = protocols(c.req.raw);
  const subprotocol = offered.includes(PROTOCOL) ? PROTOCOL : null;
  try {
    const { claims, ticket } = await credentials(c.req.raw, settings, c.req.valid("query"), offered);
    const opening: Opening = {
      userId: claims.userId,
      sessionId: claims.sessionId,
      expiresAt: claims.exp * 1000,
      since: since(c.req.query("since")),
      ticket,
      subprotocol,
      origin: origin(),
    };
    const answer = await hubs.connect(claims.userId, openingRequest(opening));
    if (answer.status === 401) throw accessTokenError();
    if (answer.status !== 101) throw new AppError("not_ready");
    return answer as never;
  } catch (error) {
    if (error instanceof AppError && error.status === 401 && c.req.header("origin") !== undefined) {
      c.error = error; // for the log
      c.get("scope").note({ outcome: "denied" });
      return refuseBrowser(subprotocol) as never;
    }
    throw error;
  }
});

/** A script cannot read why a handshake failed, but it can read a close code. */
function refuseBrowser(subprotocol: string | null): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(CLOSE.sessionOver, "not authenticated: log in again");
  return new Response(null, { status: 101, webSocket: client, headers: subprotocol ? { "sec-websocket-protocol": subprotocol } : {} });
}

interface Credentials {
  claims: AccessClaims;
  ticket: string | null;
}

/** @throws AppError with status 401 */
async function credentials(
  request: Request,
  settings: Settings,
  query: { token?: string | undefined; ticket?: string | undefined },
  offered: string[],
): Promise<Credentials> {
  const origin = request.headers.get("origin");
  if (origin !== null && !isAllowedOrigin(origin, request.url, settings)) throw accessTokenError();
  if (query.ticket !== undefined) return ticketed(settings, query.ticket);
  const explicit =
    query.token ??
    offered.find((protocol) => protocol.startsWith(BEARER))?.slice(BEARER.length) ??
    bearer(request.headers.get("authorization") ?? undefined);
  // A browser sends the cookie for any page: that the page may use the API was asked above.
  const token = explicit ?? accessCookie(request);
  if (token === undefined) throw new AppError("not_authenticated");
  return { claims: await verifyAccess(settings, token), ticket: null };
}

/** A ticket says who comes, not for how long: its socket lives as long as an access token would. */
async function ticketed(settings: Settings, ticket: string): Promise<Credentials> {
  const claims = await verifyTicket(settings, ticket);
  return { claims: { ...claims, exp: claims.exp + ACCESS_MINUTES * 60 }, ticket: claims.jti };
}

const protocols = (request: Request) => (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());

function since(text: string | undefined): Opening["since"] {
  if (text === undefined) return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : "unknown";
}
