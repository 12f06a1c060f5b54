import type { EphemeralFrame, StoredEvent } from "./events";

/** What a person's hub is told after a commit, or by another person's hub. */
export interface Parcel {
  /** New events of this person, in order. May be left out when there are many: the hub then reads them. */
  events?: StoredEvent[];
  /** The highest `seq` of this person that the sender knows to be committed. */
  head?: number;
  frames?: EphemeralFrame[];
  /** Sessions that are over: their sockets close with 4401. */
  endedSessions?: number[];
}

/** The door to people's hubs. Only knock where somebody listens: waking a hub costs more than the write that led to it. */
export interface Hubs {
  deliver(userId: number, parcel: Parcel): Promise<void>;
  /** Ends all sockets of a person who is gone, and empties what their hub has noted. */
  erase(userId: number): Promise<void>;
  /** Hands an upgrade request over; the hub trusts what the Worker says in it. */
  connect(userId: number, request: Request): Promise<Response>;
}

/** What the hub offers to be called by; `UserHub` has it. */
export interface HubMethods {
  deliver(parcel: Parcel): Promise<void>;
  erase(): Promise<void>;
}

export function openHubs(namespace: DurableObjectNamespace): Hubs {
  const hub = (userId: number) => namespace.get(namespace.idFromName(String(userId)));
  // A deploy or a move cuts calls that are under way. Doing it twice is harmless: a socket takes only what is next for it.
  const call = (userId: number, act: (hub: HubMethods) => Promise<void>) => {
    const once = () => act(hub(userId) as unknown as HubMethods);
    return once().catch(once);
  };
  return {
    deliver: (userId, parcel) => call(userId, (hub) => hub.deliver(parcel)),
    erase: (userId) => call(userId, (hub) => hub.erase()),
    connect: (userId, request) => hub(userId).fetch(request),
  };
}
