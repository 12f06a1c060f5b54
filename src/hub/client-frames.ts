import { z } from "zod";
import { AppError } from "../lib/errors";
import { errorName, logLine } from "../lib/log";
import * as users from "../modules/users/service";
import { read } from "../read";
import { CLOSE, type EphemeralFrame, STATUSES } from "../realtime/events";
import type { Caller, MemberScope, Scope } from "../scope";
import { verifyAccess } from "../tokens";
import { type Attachment, attachmentOf, trySend } from "./sockets";

/** Frames from clients. State is written over HTTP; what a client may say here is that it lives, who it is, and how it is. */

const MAX_FRAME_BYTES = 16 * 1024;
/** A socket that says more than this in `WINDOW_MS` is closed. */
const MAX_FRAMES = 60;
const WINDOW_MS = 10_000;

const ClientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ping") }),
  z.object({ type: z.literal("auth"), token: z.string() }),
  z.object({ type: z.literal("status_update"), status: z.enum(STATUSES) }),
]);
type ClientFrame = z.infer<typeof ClientFrame>;

type Home = Pick<Scope, "db" | "hubs" | "files" | "settings" | "defer"> & { userId: number };

/** Handles one message. Whatever it holds, the worst that happens to its sender is a closed socket. */
export async function answerFrame(socket: WebSocket, message: string | ArrayBuffer, home: Home): Promise<void> {
  if (sizeOf(message) > MAX_FRAME_BYTES) return socket.close(CLOSE.tooBig, `frames are at most ${MAX_FRAME_BYTES} bytes`);
  if (floods(socket)) return socket.close(CLOSE.flooding, "too many frames");
  if (typeof message !== "string") return refuse(socket, "not_text", "Frames are JSON text.");
  const frame = parse(message);
  if (!frame)
    return refuse(socket, "unknown_frame", "Frames are ping, auth (token) and status_update (status: online, offline, busy, away).");
  await act(socket, frame, home).catch((error) => {
    const known = error instanceof AppError ? error : new AppError("internal");
    if (known !== error) logLine("error", { message: "a frame failed", user_id: home.userId, type: frame.type, error: errorName(error) });
    if (known.status === 401 && frame.type !== "auth") return socket.close(CLOSE.sessionOver, "session over: log in again");
    refuse(socket, known.code, String(known.body.detail));
  });
}

async function act(socket: WebSocket, frame: ClientFrame, home: Home): Promise<void> {
  switch (frame.type) {
    case "ping":
      return reply(socket, { type: "pong" });
    case "auth":
      return renew(socket, frame.token, home);
    case "status_update":
      await users.update(scopeOf(home, attachmentOf(socket)), home.userId, { status: frame.status });
  }
}

/** A newer access token of the same person keeps the socket open past the older one's end. */
async function renew(socket: WebSocket, token: string, home: Home): Promise<void> {
  const { userId, sessionId, exp } = await verifyAccess(home.settings, token);
  if (userId !== home.userId) throw new AppError("permission_denied");
  await read(scopeOf(home, { sessionId, origin: attachmentOf(socket).origin }));
  const expiresAt = exp * 1000;
  socket.serializeAttachment({ ...attachmentOf(socket), sessionId, expiresAt });
  reply(socket, { type: "auth", expires_at: new Date(expiresAt).toISOString() });
}

function scopeOf({ userId, ...doors }: Home, { sessionId, origin }: Pick<Attachment, "sessionId" | "origin">): MemberScope {
  const caller: Caller = { userId, sessionId };
  return {
    ...doors,
    caller,
    device: () => ({ userAgent: "", country: null }),
    address: () => "unknown",
    origin: () => origin,
    note: () => {},
    now: new Date(),
  };
}

function parse(message: string): ClientFrame | null {
  try {
    return ClientFrame.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    return null;
  }
}

const sizeOf = (message: string | ArrayBuffer) =>
  typeof message === "string" ? new TextEncoder().encode(message).byteLength : message.byteLength;

/** Counts may be forgotten in hibernation: who floods keeps the hub awake. */
const heard = new WeakMap<WebSocket, { from: number; frames: number }>();

function floods(socket: WebSocket): boolean {
  const now = Date.now();
  const last = heard.get(socket);
  const window = last && now - last.from < WINDOW_MS ? last : { from: now, frames: 0 };
  window.frames++;
  heard.set(socket, window);
  return window.frames > MAX_FRAMES;
}

const reply = (socket: WebSocket, frame: EphemeralFrame): void => void trySend(socket, JSON.stringify(frame));
const refuse = (socket: WebSocket, code: string, detail: string): void => reply(socket, { type: "error", code, detail });
