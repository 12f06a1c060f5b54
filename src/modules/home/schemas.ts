import type { Notification } from "../notifications/schemas";
import type { PendingRequest } from "../people/schemas";
import type { Suggestion } from "../suggestions/schemas";
import type { Me, User } from "../users/schemas";

/** What somebody finds when they come in: the first few of each. */
export interface Home {
  me: Me;
  /** Unread, newest first, without requests. */
  news: Notification[];
  /** That wait for an answer of theirs. */
  requests: PendingRequest[];
  /** Friends whom they see to be there. */
  online: User[];
  suggestions: Suggestion[];
  /** They have friends, online or not. */
  befriended: boolean;
}
