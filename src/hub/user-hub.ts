import { DurableObject } from "cloudflare:workers";
import { type Database, openDatabase } from "../db/database";
import type { EphemeralFrame } from "../realtime/events";
import { type HubMethods, openHubs, type Parcel } from "../realtime/poke";
import { listeningFriends, tell } from "../realtime/presence";
import { logBounds } from "../realtime/statements";
import { readSettings } from "../settings";
import { answerFrame } from "./client-frames";
import { type Opening, readOpening } from "./opening";
import { Sockets, trySend } from "./sockets";
import * as rows from "./statements";

const MAX_SOCKETS = 32;
const SECOND_MS = 1000;
/** How long a person is online without news of their hub: one that died leaves nobody online for longer. */
const LEASE_MS = 300 * SECOND_MS;
/** How often a hub with sockets renews the lease, and looks for what no poke told it. */
const TEND_MS = 120 * SECOND_MS;
/** From the last close to "offline": a reload is no leaving. */
const GRACE_MS = 8 * SECOND_MS;
const TICKET_PREFIX = "ticket:";
const TICKET_KEPT_MS = 60 * SECOND_MS;

const HEAD = Number.MAX_SAFE_INTEGER;
const iso = (ms: number) => new Date(ms).toISOString();

/**
 * One per person: holds the person's sockets and sends them what was committed for them. It keeps nothing that D1 does not have; a
 * socket's place in the log is in its attachment, so a hub that slept or was moved goes on where it was.
 *
 * Whatever reads D1 and then acts on its sockets runs in `blockConcurrencyWhile`: no poke can slip between the look and the act.
 */
export class UserHub extends DurableObject<Env> implements HubMethods {
  private readonly sockets = new Sockets(this.ctx);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", '{"type":"pong"}'));
  }

  /** An upgrade that the Worker let in. 401 if its session is over or its ticket was used. */
  override async fetch(request: Request): Promise<Response> {
    const opening = readOpening(request);
    if (opening.ticket !== null && !this.redeem(opening.ticket)) return new Response(null, { status: 401 });
    const result = await this.ctx.blockConcurrencyWhile(() => this.admit(opening));
    if (!result) return new Response(null, { status: 401 });
    const { client, arrived } = result;
    if (arrived) this.ctx.waitUntil(arrived());
    const headers: HeadersInit = opening.subprotocol ? { "sec-websocket-protocol": opening.subprotocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** News from a commit or from a friend's hub. */
  async deliver({ events = [], head = 0, frames = [], endedSessions = [] }: Parcel): Promise<void> {
    if (this.sockets.open().length === 0) return this.leaveSoon();
    this.sockets.endSessions((id) => endedSessions.includes(id));
    this.sockets.push(events);
    const lowest = this.sockets.lowestCursor();
    if (lowest !== null && lowest < head) await this.ctx.blockConcurrencyWhile(() => this.catchUp());
    for (const frame of frames) this.sockets.send(frame);
    if (endedSessions.length > 0) await this.scheduleNext();
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const before = this.sockets.open().length;
    const { db, hubs } = this.doors();
    await answerFrame(socket, message, {
      userId: this.userId(),
      db,
      hubs,
      settings: readSettings(this.env),
      defer: (work) => this.ctx.waitUntil(work),
    });
    if (this.sockets.open().length !== before) await this.scheduleNext();
  }

  /** The close has to be answered, or the client hangs in CLOSING; codes that only a browser may report cannot be sent. */
  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    const sendable = code === 1000 || (code >= 3000 && code < 5000);
    try {
      socket.close(sendable ? code : 1000);
    } catch {}
    await this.scheduleNext();
  }

  override async webSocketError(): Promise<void> {
    await this.scheduleNext();
  }

  override async alarm(): Promise<void> {
    this.forgetTickets();
    if (this.sockets.open().length > 0) await this.ctx.blockConcurrencyWhile(() => this.tend());
    else await this.leave();
  }

  /** Lets a socket in: takes the lease, reads where the log stands and what was missed, and says it, as one turn. */
  private async admit(opening: Opening) {
    const { userId, sessionId, since } = opening;
    const { db, hubs } = this.doors();
    const now = Date.now();
    const slots = { userId, sessionId, now: iso(now) };
    const after = typeof since === "number" ? since : HEAD;
    const [[session], [before], , [self], friends, [log], missed] = await db.batch([
      rows.sessionLives(slots),
      rows.presence(slots),
      rows.takeLease({ ...slots, until: iso(now + LEASE_MS) }),
      rows.presence(slots),
      listeningFriends(slots),
      logBounds(slots),
      rows.eventsAfter({ userId, after }),
    ]);
    if (!session?.live || !self || !log) return null;
    this.ctx.storage.kv.put("userId", userId);
    this.sockets.makeRoom(MAX_SOCKETS);

    const { 0: client, 1: server } = new WebSocketPair();
    const { from, complete } = resume(since, log);
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ sessionId, expiresAt: opening.expiresAt, cursor: complete ? from : log.head, openedAt: now });
    const online = friends.filter(({ status }) => status !== "offline").map(({ id }) => id);
    const opened: EphemeralFrame[] = [
      { type: "group_users", users: [userId, ...online] },
      { type: "status_update", user_id: userId, status: self.status, is_online: self.isOnline === 1 },
      { type: "resume", from, seq: log.head, complete },
    ];
    for (const frame of opened) trySend(server, JSON.stringify(frame));
    this.sockets.push(missed);
    await this.catchUp(log.head);
    await this.scheduleNext();
    const person = { id: userId, status: self.status, is_online: self.isOnline === 1 };
    const toTell = friends.map(({ id }) => id);
    return { client, arrived: before?.listening ? null : () => tell(hubs, toTell, person) };
  }

  /** Reads and sends what some socket has not got yet, up to `head` if that is known. */
  private async catchUp(head = HEAD): Promise<void> {
    const { db } = this.doors();
    for (let after = this.sockets.lowestCursor(); after !== null && after < head; after = this.sockets.lowestCursor()) {
      const [events] = await db.batch([rows.eventsAfter({ userId: this.userId(), after })]);
      this.sockets.push(events);
      if (events.length < rows.EVENTS_A_READ) return;
    }
  }

  /** Renews the lease, ends what is over, and closes the gaps that lost pokes left. */
  private async tend(): Promise<void> {
    const now = Date.now();
    this.sockets.endExpired(now);
    const after = this.sockets.lowestCursor();
    if (after !== null) {
      const userId = this.userId();
      const [, live, missed] = await this.doors().db.batch([
        rows.renewLease({ userId, until: iso(now + LEASE_MS) }),
        rows.liveAmong({ ids: JSON.stringify(this.sockets.sessions()), now: iso(now) }),
        rows.eventsAfter({ userId, after }),
      ]);
      const alive = new Set(live.map(({ id }) => id));
      this.sockets.endSessions((id) => !alive.has(id));
      this.sockets.push(missed);
    }
    await this.scheduleNext();
  }

  /** The last socket has been gone for a while. */
  private async leave(): Promise<void> {
    const userId = this.ctx.storage.kv.get<number>("userId");
    if (userId === undefined) return;
    const { db, hubs } = this.doors();
    const slots = { userId, now: iso(Date.now()) };
    const [[before], , friends] = await this.ctx.blockConcurrencyWhile(() =>
      db.batch([rows.presence(slots), rows.giveUpLease(slots), listeningFriends(slots)]),
    );
    if (!before?.visible) return;
    const person = { id: userId, status: "offline" as const, is_online: false };
    await tell(
      hubs,
      friends.map(({ id }) => id),
      person,
    );
  }

  /** Sets the alarm for what comes first: a token that runs out, the next tending, or leaving. */
  private async scheduleNext(): Promise<void> {
    const expiries = this.sockets.expiries();
    if (expiries.length === 0) return this.leaveSoon();
    await this.wakeBy(Math.min(Date.now() + TEND_MS, ...expiries));
  }

  private leaveSoon(): Promise<void> {
    return this.wakeBy(Date.now() + GRACE_MS);
  }

  /** An alarm that is due earlier stays: news must not keep putting off what has to be done. */
  private async wakeBy(time: number): Promise<void> {
    const { storage } = this.ctx;
    const set = await storage.getAlarm();
    if (set === null || set > time) await storage.setAlarm(time);
  }

  /** True the first time. */
  private redeem(ticket: string): boolean {
    const key = `${TICKET_PREFIX}${ticket}`;
    if (this.ctx.storage.kv.get(key) !== undefined) return false;
    this.ctx.storage.kv.put(key, Date.now());
    return true;
  }

  private forgetTickets(): void {
    for (const [key, used] of this.ctx.storage.kv.list<number>({ prefix: TICKET_PREFIX }))
      if (used < Date.now() - TICKET_KEPT_MS) this.ctx.storage.kv.delete(key);
  }

  private userId(): number {
    return this.ctx.storage.kv.get<number>("userId")!;
  }

  private doors(): { db: Database; hubs: ReturnType<typeof openHubs> } {
    return { db: openDatabase(this.env.DB), hubs: openHubs(this.env.HUB) };
  }
}

/** Where a client's stream goes on. Its log may not reach back far enough, or the client may name what never was: then it reloads. */
function resume(since: Opening["since"], { first, head }: { first: number; head: number }): { from: number; complete: boolean } {
  if (since === null) return { from: head, complete: true };
  if (since === "unknown" || since > head) return { from: head, complete: false };
  const reaches = since === head || since >= first - 1;
  return { from: since, complete: reaches };
}
