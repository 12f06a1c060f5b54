import { CLOSE, durableFrame, type EphemeralFrame, type StoredEvent } from "../realtime/events";

/** What a socket remembers through hibernation: fields of the hub do not survive it, the attachment does. */
export interface Attachment {
  sessionId: number;
  /** The address that its client reached us at. */
  origin: string;
  /** When its access token runs out, ms since the epoch. */
  expiresAt: number;
  /** The last `seq` that was sent on it. */
  cursor: number;
  /** When, in ms since the epoch; later than any that is open. */
  openedAt: number;
}

/** One person's open sockets. Each gets every event once and in order, by its own cursor. */
export class Sockets {
  constructor(private readonly ctx: DurableObjectState) {}

  open(): WebSocket[] {
    return this.ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** The sessions that they belong to. */
  sessions(): number[] {
    return [...new Set(this.open().map((socket) => attachmentOf(socket).sessionId))];
  }

  /** When their access tokens run out, ms since the epoch. */
  expiries(): number[] {
    return this.open().map((socket) => attachmentOf(socket).expiresAt);
  }

  /** Where the socket stands that has got the least; infinite when none is open. */
  lowestCursor(): number {
    return Math.min(...this.open().map((socket) => attachmentOf(socket).cursor));
  }

  /** Opens one, with what it says first, and answers the client's end of it. */
  accept(place: Omit<Attachment, "openedAt">, frames: EphemeralFrame[]): WebSocket {
    const newest = Math.max(...this.open().map((socket) => attachmentOf(socket).openedAt));
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ ...place, openedAt: Math.max(Date.now(), newest + 1) });
    for (const frame of frames) trySend(server, JSON.stringify(frame));
    return client;
  }

  /**
   * Sends each socket the events that are next for it. What comes too early is left for `lowestCursor` to show as a gap. A socket that
   * cannot be sent to is ended: it resumes by its client's `seq`.
   */
  push(events: readonly StoredEvent[]): void {
    const frames = events.map((event) => ({ seq: event.seq, frame: durableFrame(event) }));
    for (const socket of this.open()) {
      const attachment = attachmentOf(socket);
      const before = attachment.cursor;
      for (const { seq, frame } of frames) {
        if (seq !== attachment.cursor + 1) continue;
        if (!trySend(socket, frame)) {
          socket.close(CLOSE.comeBack, "come back");
          break;
        }
        attachment.cursor = seq;
      }
      if (attachment.cursor !== before) socket.serializeAttachment(attachment);
    }
  }

  /** To all of them; not part of the log. */
  send(frame: EphemeralFrame): void {
    const text = JSON.stringify(frame);
    for (const socket of this.open()) trySend(socket, text);
  }

  endSessions(over: (sessionId: number) => boolean): void {
    for (const socket of this.open())
      if (over(attachmentOf(socket).sessionId)) socket.close(CLOSE.sessionOver, "session over: log in again");
  }

  /** Whoever needs an event before `seq`, the first that the log still has, comes back and is told to reload. */
  endBehind(seq: number): void {
    for (const socket of this.open()) if (attachmentOf(socket).cursor < seq - 1) socket.close(CLOSE.comeBack, "come back");
  }

  endExpired(now: number): void {
    for (const socket of this.open())
      if (attachmentOf(socket).expiresAt <= now) socket.close(CLOSE.tokenExpired, "token expired: refresh and reconnect");
  }

  /** Makes room for one more: the oldest go. */
  makeRoom(most: number): void {
    const oldestFirst = this.open().sort((a, b) => attachmentOf(a).openedAt - attachmentOf(b).openedAt);
    for (const socket of oldestFirst.slice(0, Math.max(0, oldestFirst.length - most + 1)))
      socket.close(CLOSE.tooManySockets, "too many sockets of this person");
  }
}

export const attachmentOf = (socket: WebSocket): Attachment => socket.deserializeAttachment() as Attachment;

/** False if the socket went away in this very moment. */
export function trySend(socket: WebSocket, text: string): boolean {
  try {
    socket.send(text);
    return true;
  } catch {
    return false;
  }
}
