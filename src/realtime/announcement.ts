import type { StoredEvent } from "./events";
import type { Parcel } from "./poke";
import { changedSights, Sighting } from "./sightings";

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

/** What the rows of a batch have for each person's hub. Who does not listen is left out: waking a hub costs more than the write did. */
export function parcels(rows: readonly unknown[], now: Date): Map<number, Parcel> {
  const all = new Map<number, Required<Parcel>>();
  const parcelFor = (userId: number) => {
    const parcel = all.get(userId) ?? { events: [], endedSessions: [], frames: [], head: 0 };
    all.set(userId, parcel);
    return parcel;
  };
  for (const { userId, listeningUntil, news } of rows.filter((row) => row instanceof Announcement)) {
    if (listeningUntil === null || listeningUntil <= now.toISOString()) continue;
    const parcel = parcelFor(userId);
    if ("event" in news) {
      parcel.head = Math.max(parcel.head, news.event.seq);
      if (parcel.events.length < MAX_CARRIED) parcel.events.push(news.event);
    } else parcel.endedSessions.push(news.endedSession);
  }
  for (const { to, frame } of changedSights(rows.filter((row) => row instanceof Sighting))) parcelFor(to).frames.push(frame);
  return all;
}
