import type { Person } from "./people";
import { type Frame, openSocket, type Socket } from "./socket";

/**
 * A client as it should be written: it keeps what it got, and after a cut comes back with its last `seq`. What was still on its way when
 * the cut came is lost.
 */
export class Device {
  readonly got: Frame[] = [];
  /** Openings that had something to send again. */
  caughtUp = 0;
  private socket: Socket | null = null;
  private taken = 0;

  constructor(private readonly owner: Person) {}

  seqs = (): number[] => this.got.map(({ seq }) => seq!);
  lastSeq = (): number => this.got.at(-1)?.seq ?? 0;
  isOpen = (): boolean => this.socket !== null && this.socket.closed === null;

  async connect(): Promise<void> {
    this.cut();
    this.socket = await openSocket(`?token=${this.owner.access}&since=${this.lastSeq()}`);
    this.taken = 0;
    const { seq, complete } = await this.socket.next("resume");
    if (!complete) throw new Error("the log does not reach back");
    if (seq! > this.lastSeq()) this.caughtUp++;
  }

  cut(): void {
    this.take();
    this.socket?.close();
    this.socket = null;
  }

  async until(seq: number): Promise<void> {
    await this.socket?.until(() => (this.socket?.lastSeq() ?? 0) >= seq || this.lastSeq() >= seq, `seq ${seq}`);
    this.take();
  }

  /** Keeps what has arrived. */
  private take(): void {
    const durable = this.socket?.durable() ?? [];
    this.got.push(...durable.slice(this.taken));
    this.taken = durable.length;
  }
}
