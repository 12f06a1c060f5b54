/** What the socket says, as README, "The socket", has it. */

export type Status = "online" | "offline" | "busy" | "away";

export interface Person {
  id: number;
  username: string;
  avatar: string | null;
}

export interface FriendRequest {
  id: number;
  sender: Person;
  receiver: Person;
  status: "pending" | "accepted" | "rejected" | "cancelled";
  created_at: string;
  is_read: boolean;
}

export interface Notification {
  id: number;
  type: string;
  text: string;
  sender: Person | null;
  related_request: FriendRequest | null;
  is_read: boolean;
  created_at: string;
}

/** What happened: each has its number, from 1 without gaps, and comes once and in order. */
export interface Durable {
  notification: { notification: Notification };
  notification_update: { notification: Notification };
  notification_delete: { notification_id: number };
  notifications_clear: unknown;
  friend_request: { request: FriendRequest };
  friend_update: { user_id: number; status: FriendRequest["status"] | "unfriended"; request: FriendRequest | null };
  profile_update: { user: Person };
  preferences_update: { preferences: Record<string, Record<string, unknown>> };
}
export type DurableFrame = { [Type in keyof Durable]: { type: Type; seq: number } & Durable[Type] }[keyof Durable];

/** True when it is said, and not kept. */
export interface Ephemeral {
  group_users: { users: number[] };
  status_update: { user_id: number; status: Status; is_online: boolean };
  auth: { expires_at: string };
  error: { code: string; detail: string };
}

/**
 * - `connecting`, `open`
 * - `waiting`: to try again
 * - `refreshing`: what it authenticates with
 * - `over`: the session is; log in again
 * - `stopped`: this person has too many newer sockets
 * - `closed`: by us, or not opened yet
 */
export type State = "connecting" | "open" | "waiting" | "refreshing" | "over" | "stopped" | "closed";

/** What `on` can be asked for. */
export type Heard = { [Type in keyof Durable]: { type: Type; seq: number } & Durable[Type] } & {
  [Type in keyof Ephemeral]: { type: Type } & Ephemeral[Type];
} & {
  /** Any of the durable ones. */
  event: DurableFrame;
  state: State;
  /** The log does not reach back to what was missed: load everything anew; it goes on from this `seq`. */
  reload: number;
};

export type ClientFrame = { type: "status_update"; status: Status } | { type: "auth"; token: string } | { type: "ping" };

export interface Options {
  /** "wss://kith.example/ws/main/" */
  url: string;
  /** The last `seq` that one has; 0 for all that is kept, null (or left out) for what is new from now on. */
  since?: number | null;
  /** Is told each `seq` once its event has been heard, for who wants to go on from there another day. */
  keep?: (seq: number) => void;
  /**
   * Asked before each connection: `{ token }`, or `{ ticket }` of `POST /api/ws/ticket/`; null if one has to log in again. Left out: the
   * browser's cookie.
   */
  credentials?: () => Credentials | Promise<Credentials>;
  /**
   * Gets what `credentials` or the browser will send next time, when what was sent is no good any more. False if that cannot be had; it
   * throws if it could not be asked for right now.
   */
  refresh?: () => Promise<boolean>;
  connect?: (url: string) => WebSocket;
  timers?: { set: (act: () => void, ms: number) => unknown; clear: (timer: never) => void };
  now?: () => number;
  random?: () => number;
}
type Credentials = { token: string } | { ticket: string } | Record<string, never> | null;
