import type { Database } from "./db/database";
import type { Files } from "./files/storage";
import type { Hubs } from "./realtime/poke";
import type { Settings } from "./settings";

/** Who calls, as their access token says. Whether the session still lives is asked in the batch that does the work. */
export interface Caller {
  readonly userId: number;
  readonly sessionId: number;
}

/** Where the call comes from, for the list of a person's sessions. */
export interface Device {
  readonly userAgent: string;
  readonly country: string | null;
}

/** Something that whoever watches over accounts wants to know. Nothing that was typed: a password may land in any field. */
export interface SecurityNote {
  /** "login", "register", "refresh", … Without one it is "access". */
  event?: string;
  /** Whose account it is about, once that is known. */
  user_id?: number;
  /** Where success, failure, denied or throttled, which the answer's status tells, is not all. */
  outcome?: "locked" | "reuse" | "denied";
}

/** Who is calling, with what: the first argument of every service function. */
export interface Scope {
  readonly caller: Caller | null;
  readonly device: () => Device;
  /** The network address of who calls, for limits and log lines. */
  readonly address: () => string;
  /** The address that they reached us at, "https://api.example.com": for links to our own pages. */
  readonly origin: () => string;
  readonly db: Database;
  readonly hubs: Hubs;
  readonly files: Files;
  readonly settings: Settings;
  readonly now: Date;
  /** What the request's log line says of it, if it is about getting in; later notes add to earlier ones. */
  readonly note: (note: SecurityNote) => void;
  /** Work that the answer does not wait for. */
  readonly defer: (work: Promise<unknown>) => void;
}

export interface MemberScope extends Scope {
  readonly caller: Caller;
}

/** When and where something is said, for statements whose JSON depends on it: who is online, and where addresses of files begin. */
export type At = { now: string; origin: string };

export const at = ({ now, origin }: Scope): At => ({ now: now.toISOString(), origin: origin() });
