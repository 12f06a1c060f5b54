const USER_ID = "userId";
const LEAVE_AT = "leaveAt";
const TICKET = "ticket:";
/** Longer than a ticket is good for. */
const TICKET_KEPT_MS = 60_000;

/** What the hub writes down in its own storage: the little that D1 does not have and that must outlive its memory. */
export class Notes {
  constructor(private readonly storage: DurableObjectStorage) {}

  /** Whose hub this is; unknown until the first socket. */
  get userId(): number | undefined {
    return this.storage.kv.get(USER_ID);
  }

  set userId(id: number) {
    if (this.userId !== id) this.storage.kv.put(USER_ID, id);
  }

  /** When the person will have left, ms since the epoch; undefined while they are here, and after they left. */
  get leaveAt(): number | undefined {
    return this.storage.kv.get(LEAVE_AT);
  }

  set leaveAt(time: number | undefined) {
    if (time === undefined) this.storage.kv.delete(LEAVE_AT);
    else this.storage.kv.put(LEAVE_AT, time);
  }

  isUsed = (ticket: string): boolean => this.storage.kv.get(TICKET + ticket) !== undefined;

  use(ticket: string, now: number): void {
    this.storage.kv.put(TICKET + ticket, now);
  }

  forgetTickets(now: number): void {
    for (const [key, used] of this.storage.kv.list<number>({ prefix: TICKET }))
      if (used < now - TICKET_KEPT_MS) this.storage.kv.delete(key);
  }
}
