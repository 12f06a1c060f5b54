import type { Frame } from "./socket";

interface Seen {
  id: number;
  type: string;
  is_read: boolean;
}

/** What a client knows, in a form that can be compared. */
export interface Knowledge {
  friends: number[];
  incoming: number[];
  outgoing: number[];
  notifications: Seen[];
}

const ascending = (a: number, b: number) => a - b;
const byId = (a: Seen, b: Seen) => a.id - b.id;

/** What a client knows that has applied these durable events, one after the other, to nothing. */
export function replay(frames: Frame[]): Knowledge {
  const friends = new Set<number>();
  // By the other person: their request goes with them, and is not named then.
  const incoming = new Map<number, number>();
  const outgoing = new Map<number, number>();
  const notifications = new Map<number, Seen>();
  for (const frame of frames as (Frame & Record<string, any>)[]) {
    const { request, notification } = frame;
    switch (frame.type) {
      case "notification":
      case "notification_update":
        notifications.set(notification.id, { id: notification.id, type: notification.type, is_read: notification.is_read });
        break;
      case "notification_delete":
        notifications.delete(frame.notification_id);
        break;
      case "notifications_clear":
        notifications.clear();
        break;
      case "friend_request":
        incoming.set(request.sender.id, request.id);
        break;
      case "friend_update":
        if (frame.status === "pending") outgoing.set(frame.user_id, request.id);
        else if (frame.status === "unfriended") friends.delete(frame.user_id);
        else {
          incoming.delete(frame.user_id);
          outgoing.delete(frame.user_id);
          if (frame.status === "accepted") friends.add(frame.user_id);
        }
        break;
      default:
        throw new Error(`a durable event that the replay does not know: ${frame.type}`);
    }
  }
  return {
    friends: [...friends].sort(ascending),
    incoming: [...incoming.values()].sort(ascending),
    outgoing: [...outgoing.values()].sort(ascending),
    notifications: [...notifications.values()].sort(byId),
  };
}

/** The same, of what `GET /api/sync/` answers. */
export function knowledgeOf(sync: Record<string, any>): Knowledge {
  const ids = (rows: { id: number }[]) => rows.map(({ id }) => id).sort(ascending);
  return {
    friends: ids(sync.friends),
    incoming: ids(sync.incoming),
    outgoing: ids(sync.outgoing),
    notifications: sync.notifications.map(({ id, type, is_read }: Seen) => ({ id, type, is_read })).sort(byId),
  };
}
