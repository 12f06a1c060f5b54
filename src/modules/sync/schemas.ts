import { z } from "@hono/zod-openapi";
import { FriendRequest } from "../friends/schemas";
import { Notification } from "../notifications/schemas";
import { Preferences } from "../preferences/schemas";
import { Me, User } from "../users/schemas";

/** Lists are their first page; `more` says where each goes on. */
const next = z.string().nullable();

export const Sync = z
  .object({
    seq: z.int().describe("The event up to which all this is true: reconnect with `?since=` it."),
    user: Me,
    preferences: Preferences,
    unread: z.int(),
    notifications: z.array(Notification),
    friends: z.array(User),
    incoming: z.array(FriendRequest),
    outgoing: z.array(FriendRequest),
    more: z
      .object({ notifications: next, friends: next, incoming: next, outgoing: next })
      .describe("The address of each list's next page, or null."),
  })
  .meta({ id: "Sync" });
export type Sync = z.infer<typeof Sync>;
