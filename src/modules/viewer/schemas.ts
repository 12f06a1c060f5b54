import type { Role } from "../../lib/roles";
import type { Appearance } from "../preferences/schemas";

/** Whoever looks at a page, as its frame shows them. */
export interface Viewer extends Appearance {
  id: number;
  username: string;
  /** Its address. */
  avatar: string | null;
  role: Role;
  /** An IANA name. */
  time_zone: string;
  /** Unread notifications; 100 is 100 or more. */
  unread: number;
  /** Friend requests that wait for an answer; 100 is 100 or more. */
  requests: number;
  /** The number of their newest event: what the page shows is true at it. */
  seq: number;
}
