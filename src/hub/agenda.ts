import type { Notes } from "./notes";
import type { Sockets } from "./sockets";

const SECOND_MS = 1000;
/** How often a hub with sockets renews the lease, well before it ends, and looks for what no poke told it. */
const TEND_MS = 120 * SECOND_MS;
/** From the last close to "offline": a reload is no leaving. */
const GRACE_MS = 8 * SECOND_MS;
/** What D1 did not let the hub do is tried again after this. */
const RETRY_MS = 10 * SECOND_MS;

/** What a hub has to do when: its one alarm is set for what comes first. */
export class Agenda {
  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly notes: Notes,
    private readonly sockets: Sockets,
  ) {}

  /** Sets the alarm for what comes first: a token that runs out, the next tending, or leaving. */
  async scheduleNext(): Promise<void> {
    if (this.notes.userId === undefined) return; // nobody's hub: never opened, or erased
    const expiries = this.sockets.expiries();
    await this.wakeBy(expiries.length > 0 ? Math.min(Date.now() + TEND_MS, ...expiries) : this.leaveAt());
  }

  scheduleRetry(): Promise<void> {
    return this.wakeBy(Date.now() + RETRY_MS);
  }

  /** When the person will have left. The grace runs from the last close; if the hub died and so missed it, from now. */
  leaveAt(): number {
    this.notes.leaveAt ??= Date.now() + GRACE_MS;
    return this.notes.leaveAt;
  }

  /** An alarm that is due earlier stays: news must not keep putting off what has to be done. */
  private async wakeBy(time: number): Promise<void> {
    const set = await this.storage.getAlarm();
    if (set === null || set > time) await this.storage.setAlarm(time);
  }
}
