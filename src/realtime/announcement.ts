import type { StoredEvent } from "./events";
import type { Parcel } from "./poke";

/** A batch may store more events than are worth carrying to the hub: it then reads them itself. */
const MAX_CARRIED = 100;

/** A row that a statement of a batch answers with when somebody may have to be told of it. */
export class Announcement {
  constructor(
    readonly userId: number,
    /** The person's presence lease: nobody listens once it is over. */
    readonly listeningUntil: string | null,
    readonly news: { event: StoredEvent } | { endedSession: number },
  ) {}
}

/** What each person's hub has to be told. Who does not listen is left out: waking a hub costs more than the write did. */
export function parcels(announcements: Announcement[], now: Date): Map<number, Parcel> {
  const all = new Map<number, Required<Pick<Parcel, "events" | "endedSessions" | "head">>>();
  for (const { userId, listeningUntil, news } of announcements) {
    if (listeningUntil === null || listeningUntil <= now.toISOString()) continue;
    const parcel = all.get(userId) ?? { events: [], endedSessions: [], head: 0 };
    all.set(userId, parcel);
    if ("event" in news) {
      parcel.head = Math.max(parcel.head, news.event.seq);
      if (parcel.events.length < MAX_CARRIED) parcel.events.push(news.event);
    } else parcel.endedSessions.push(news.endedSession);
  }
  return all;
}
