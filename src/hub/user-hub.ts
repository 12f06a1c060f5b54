import { DurableObject } from "cloudflare:workers";
import { openDatabase } from "../db/database";
import { sessionLives } from "../db/live-session";
import { openFiles } from "../files/storage";
import { errorName, logLine } from "../lib/log";
import type { StoredEvent } from "../realtime/events";
import { type HubMethods, openHubs, type Parcel } from "../realtime/poke";
import { friendsOnline, type Presence, presenceAudience, tell } from "../realtime/presence";
import { logBounds } from "../realtime/statements";
import { readSettings } from "../settings";
import { Agenda } from "./agenda";
import { answerFrame } from "./client-frames";
import { Notes } from "./notes";
import { type Opening, readOpening, resume } from "./opening";
import { Sockets } from "./sockets";
import * as rows from "./statements";

const MAX_SOCKETS = 32;
/** How long a person is online without news of their hub: one that died leaves nobody online for longer. */
const LEASE_MS = 300_000;

const HEAD = Number.MAX_SAFE_INTEGER;
const iso = (ms: number) => new Date(ms).toISOString();

/**
 * One per person: holds the person's sockets and sends them what was committed for them. It keeps next to nothing that D1 does not have;
 * a socket's place in the log is in its attachment, so a hub that slept or was moved goes on where it was.
 *
 * Whatever reads D1 and then acts on its sockets is one `turn`: no poke can slip between the look and the act.
 */
export class UserHub extends DurableObject<Env> implements HubMethods {
  private readonly sockets = new Sockets(this.ctx);
  private readonly notes = new Notes(this.ctx.storage);
  private readonly agenda = new Agenda(this.ctx.storage, this.notes, this.sockets);
  private readonly db = openDatabase(this.env.DB);
  private readonly hubs = openHubs(this.env.HUB);
  private announced: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", '{"type":"pong"}'));
  }

  /** An upgrade that the Worker let in. 401 if its session is over or its ticket was used, 503 if D1 does not answer. */
  override async fetch(request: Request): Promise<Response> {
    const opening = readOpening(request);
    try {
      const client = await this.turn(() => this.admit(opening));
      if (!client) return new Response(null, { status: 401 });
      const headers: HeadersInit = opening.subprotocol ? { "sec-websocket-protocol": opening.subprotocol } : {};
      return new Response(null, { status: 101, webSocket: client, headers });
    } catch (error) {
      logLine("error", { message: "a socket could not be opened", user_id: opening.userId, error: errorName(error) });
      return new Response(null, { status: 503 });
    }
  }

  /** News from a commit or from a friend's hub. */
  async deliver({ events = [], head = 0, frames = [], endedSessions = [] }: Parcel): Promise<void> {
    this.sockets.endSessions((id) => endedSessions.includes(id));
    this.sockets.push(events);
    if (this.sockets.lowestCursor() < head) await this.turn(() => this.catchUp(head));
    for (const frame of frames) this.sockets.send(frame);
    if (endedSessions.length > 0 || this.sockets.open().length === 0) await this.agenda.scheduleNext();
  }

  /** The person is gone. */
  erase(): Promise<void> {
    return this.turn(() => this.forgetAll());
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (socket.readyState !== WebSocket.OPEN) return; // closed by us while this was on its way
    await answerFrame(socket, message, {
      userId: this.notes.userId!,
      db: this.db,
      hubs: this.hubs,
      files: openFiles(this.env.FILES),
      settings: readSettings(this.env),
      defer: (work) =>
        this.ctx.waitUntil(work.catch((error) => logLine("error", { message: "deferred work failed", error: errorName(error) }))),
    });
    await this.agenda.scheduleNext();
  }

  /** The close has to be answered, or the client hangs in CLOSING; codes that only a browser may report cannot be sent. */
  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    const sendable = code === 1000 || (code >= 3000 && code < 5000);
    socket.close(sendable ? code : 1000);
    await this.agenda.scheduleNext();
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    socket.close(1011);
    await this.agenda.scheduleNext();
  }

  /** Never fails: the runtime gives an alarm up after a few tries, and nothing would tend these sockets any more. */
  override async alarm(): Promise<void> {
    this.notes.forgetTickets(Date.now());
    try {
      await this.turn(() => (this.sockets.open().length > 0 ? this.tend() : this.leave()));
    } catch (error) {
      await this.tryAgain("a hub could not do what was due", error);
    }
    await this.announced;
  }

  /** Lets a socket in: takes the lease, reads where the log stands and what was missed, and says it. Null if it may not come in. */
  private async admit(opening: Opening): Promise<WebSocket | null> {
    const { userId, sessionId, origin, expiresAt, since, ticket } = opening;
    if (ticket !== null && this.notes.isUsed(ticket)) return null;
    const now = Date.now();
    const slots = { userId, sessionId, now: iso(now) };
    const after = typeof since === "number" ? since : HEAD;
    const [[session], [before], , [self], online, audience, [log], missed] = await this.db.batch([
      sessionLives(slots),
      rows.presence(slots),
      rows.takeLease({ ...slots, until: iso(now + LEASE_MS) }),
      rows.presence(slots),
      friendsOnline(slots),
      presenceAudience(slots),
      logBounds(slots),
      rows.eventsAfter({ userId, after }),
    ]);
    if (!session?.live || !self || !log) return null;
    if (ticket !== null) this.notes.use(ticket, now);
    this.notes.userId = userId;
    this.notes.leaveAt = undefined;

    this.sockets.makeRoom(MAX_SOCKETS);
    const { from, complete } = resume(since, log);
    const person: Presence = { id: userId, status: self.status, is_online: self.isOnline === 1 };
    const client = this.sockets.accept({ sessionId, origin, expiresAt, cursor: complete ? from : log.head }, [
      { type: "group_users", users: [userId, ...online.map(({ id }) => id)] },
      { type: "status_update", user_id: userId, status: person.status, is_online: person.is_online },
      { type: "resume", from, seq: log.head, complete },
    ]);
    this.sockets.push(missed);
    await this.catchUp(log.head);
    await this.agenda.scheduleNext();
    if (!before?.listening) this.announce(audience, person);
    return client;
  }

  /** Reads and sends what some socket has not got yet, up to `head`. If D1 fails, the gap stays for the next look. */
  private async catchUp(head: number): Promise<void> {
    const userId = this.notes.userId!;
    try {
      for (let after = this.sockets.lowestCursor(); after < head; after = this.sockets.lowestCursor()) {
        const [events] = await this.db.batch([rows.eventsAfter({ userId, after })]);
        this.pass(events);
        if (events.length < rows.EVENTS_A_READ) return;
      }
    } catch (error) {
      await this.tryAgain("a gap could not be closed", error);
    }
  }

  /** Passes on what the log has after the socket that is furthest behind. */
  private pass(events: StoredEvent[]): void {
    this.sockets.push(events);
    if (events[0]) this.sockets.endBehind(events[0].seq);
  }

  /** Ends what is over, renews the lease, and closes the gaps that lost pokes left. */
  private async tend(): Promise<void> {
    const now = Date.now();
    this.sockets.endExpired(now);
    const after = this.sockets.lowestCursor();
    if (this.sockets.open().length > 0) {
      const userId = this.notes.userId!;
      const [, live, missed] = await this.db.batch([
        rows.renewLease({ userId, until: iso(now + LEASE_MS) }),
        rows.liveAmong({ ids: JSON.stringify(this.sockets.sessions()), now: iso(now) }),
        rows.eventsAfter({ userId, after }),
      ]);
      const alive = new Set(live.map(({ id }) => id));
      this.sockets.endSessions((id) => !alive.has(id));
      this.pass(missed);
      if (missed.length === rows.EVENTS_A_READ) await this.catchUp(HEAD);
    }
    await this.agenda.scheduleNext();
  }

  /** The person has left, unless the last socket has not been gone for long enough. */
  private async leave(): Promise<void> {
    const userId = this.notes.userId;
    if (userId === undefined) return;
    const now = Date.now();
    if (now < this.agenda.leaveAt()) return this.agenda.scheduleNext();
    const slots = { userId, now: iso(now) };
    const [[before], , audience] = await this.db.batch([rows.presence(slots), rows.giveUpLease(slots), presenceAudience(slots)]);
    if (!before) return this.forgetAll(); // nobody told us that the person is gone
    this.notes.leaveAt = undefined;
    if (before.visible) this.announce(audience, { id: userId, status: "offline", is_online: false });
  }

  /** Without a person there is nothing to hold or to tend. */
  private async forgetAll(): Promise<void> {
    this.sockets.endSessions(() => true);
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** One after the other: "offline" must not overtake the "online" that follows it. */
  private announce(audience: { id: number }[], person: Presence): void {
    const to = audience.map(({ id }) => id);
    this.announced = this.announced.then(() => tell(this.hubs, to, person));
    this.ctx.waitUntil(this.announced);
  }

  /**
   * Runs `work` with no other event in between. An exception in `blockConcurrencyWhile` would reset the hub and cut all its sockets, so it
   * is carried out of there first.
   */
  private async turn<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.ctx.blockConcurrencyWhile(() =>
      work().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    );
    if ("error" in result) throw result.error;
    return result.value;
  }

  private async tryAgain(message: string, error: unknown): Promise<void> {
    logLine("error", { message, user_id: this.notes.userId, error: errorName(error) });
    await this.agenda.scheduleRetry();
  }
}
