import type { Page } from "../../lib/pages";
import type { Blocked } from "../blocks/schemas";
import type { FriendRequest } from "../friends/schemas";
import type { SuggestedPerson } from "../suggestions/schemas";
import type { Person } from "../users/schemas";

/** Somebody, and how they stand to whoever looks. */
export interface Acquaintance extends Person {
  /** `asked` is whom one has asked to be friends, `asks` who has asked oneself. */
  standing: "self" | "friends" | "asked" | "asks" | "none";
  /** The id of the request that waits for an answer. */
  request: number | null;
  /** Since when they are friends. */
  since: string | null;
}

/** People whom one comes across. */
export interface Directory {
  people: Page<Acquaintance>;
  /** None on pages of a search, or behind the first. */
  suggestions: SuggestedPerson[];
}

/** A group of one's own, and whether somebody is in it. */
export interface Membership {
  id: number;
  name: string;
  is_in: boolean;
}

/** All that is shown of somebody. */
export interface Acquainted {
  person: Acquaintance;
  friends: Page<Acquaintance>;
  /** One's own groups, where they are a friend. */
  groups: Membership[];
}

export interface Friend extends Acquaintance {
  /** The names of one's groups that they are in. */
  groups: string[];
}

/** A request that waits for an answer. */
export interface PendingRequest extends FriendRequest {
  /** The other one; null if who asks hides. */
  person: Acquaintance | null;
}

export const SECTIONS = ["friends", "incoming", "outgoing", "blocked"] as const;
export type Section = (typeof SECTIONS)[number];

/** Everybody with whom something is, or was. */
export interface Circle {
  friends: Page<Friend>;
  incoming: Page<PendingRequest>;
  outgoing: Page<PendingRequest>;
  blocked: Page<Blocked>;
}
