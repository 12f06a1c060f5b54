import { z } from "@hono/zod-openapi";
import { choice, id, ifGiven, pathId, text } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { User } from "../users/schemas";

export const FriendRequest = z
  .object({
    id: z.int(),
    sender: User,
    receiver: User,
    status: z.enum(["pending", "accepted", "rejected", "cancelled"]),
    created_at: z.iso.datetime(),
    is_read: z.boolean().describe("It has been answered."),
  })
  .meta({ id: "FriendRequest" });
export type FriendRequest = z.infer<typeof FriendRequest>;

/** What a socket hears of a friendship or a request that changed, on either side of it. */
export interface FriendUpdate {
  /** The other person. */
  user_id: number;
  status: FriendRequest["status"] | "unfriended";
  /** Null for a friendship that ended, and when the other person is gone. */
  request: FriendRequest | null;
}

/** The names that public clients have for the receiver (contracts §3a), the most used first. */
const RECEIVER_KEYS = ["to_user", "user_id", "receiver_id", "to_user_id", "recipient_id", "friend_id", "receiver"] as const;

const receiver = ifGiven(id()).describe("Another name that clients have for `to_user`.");

/** Whom to ask: an id under any of the names, or a username. */
export const NewFriendRequest = z
  .object({
    to_user: ifGiven(id()).describe("The id of the person to ask."),
    user_id: receiver,
    receiver_id: receiver,
    to_user_id: receiver,
    recipient_id: receiver,
    friend_id: receiver,
    receiver,
    username: ifGiven(text(150)).describe("The person to ask, by username instead of id."),
  })
  .transform(({ username, ...ids }, context) => {
    const to = RECEIVER_KEYS.map((key) => ids[key]).find((value) => value !== undefined);
    if (to !== undefined) return { id: to, username: null };
    if (username !== undefined) return { id: null, username };
    context.addIssue({ code: "custom", path: ["to_user"], message: "This field is required." });
    return z.NEVER;
  })
  .meta({ id: "NewFriendRequest" });
export type NewFriendRequest = z.infer<typeof NewFriendRequest>;

const ANSWERS = ["accept", "accepted", "reject", "rejected"] as const;
const answer = choice(ANSWERS).optional();

/** `action` or `status`, in the body or in the query: clients differ. */
export const RequestAnswer = z.object({ action: answer, status: answer }).meta({ id: "RequestAnswer" });
export type RequestAnswer = z.infer<typeof RequestAnswer>;

export const RequestParams = z.object({ id: pathId() });
export const FriendParams = z.object({ user_id: pathId() });
export const IdempotencyHeader = z.object({
  "idempotency-key": z.string().min(1).max(255).optional().describe("The same key with the same body gets the same answer, for a day."),
});
export const RequestListQuery = PageQuery.extend({ direction: z.enum(["incoming", "outgoing"]).default("incoming") });
export type RequestListQuery = z.infer<typeof RequestListQuery>;

export const FriendshipStatus = z
  .object({
    status: z.enum(["active", "not_friends"]),
    since: z.iso.datetime().nullable(),
    last_updated: z.iso.datetime().nullable(),
    is_blocked: z.boolean(),
    blocked_by: z.int().nullable(),
  })
  .meta({ id: "FriendshipStatus" });
export type FriendshipStatus = z.infer<typeof FriendshipStatus>;

/** A friend is a person; the name is for the document. */
export const Friend = User;
