/** The socket's contract: every frame that a client can get, and every frame that it may send. */

export const DURABLE_TYPES = [
  "notification",
  "notification_update",
  "notification_delete",
  "notifications_clear",
  "friend_request",
  "friend_update",
  "profile_update",
  "preferences_update",
] as const;
export type DurableType = (typeof DURABLE_TYPES)[number];

/** An event as its log keeps it. `body` is the frame's own fields as JSON text. */
export interface StoredEvent {
  seq: number;
  type: DurableType;
  body: string;
}

/** A durable event on the wire: `{"type":"notification","seq":7,"notification":{…}}`. */
export const durableFrame = ({ type, seq, body }: StoredEvent): string => JSON.stringify({ type, seq, ...JSON.parse(body) });

/** Frames without `seq`: true when sent, not kept. */
export type EphemeralFrame =
  | { type: "group_users"; users: number[] }
  | { type: "status_update"; user_id: number; status: Status; is_online: boolean }
  | { type: "resume"; from: number; seq: number; complete: boolean }
  | { type: "auth"; expires_at: string }
  | { type: "pong" }
  | { type: "error"; code: string; detail: string };

export const STATUSES = ["online", "offline", "busy", "away"] as const;
export type Status = (typeof STATUSES)[number];

/** Close codes that are ours (4000-4999 are the application's). */
export const CLOSE = {
  /** Log in again. */
  sessionOver: 4401,
  /** Refresh the access token and reconnect. */
  tokenExpired: 4408,
  /** The oldest socket goes when a person opens one too many. */
  tooManySockets: 4409,
  tooBig: 1009,
  flooding: 1008,
  comeBack: 1012,
} as const;
