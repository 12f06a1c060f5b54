import { sql } from "drizzle-orm";
import { friendships } from "../../db/schema/friends";
import { notifications } from "../../db/schema/notifications";
import { users } from "../../db/schema/users";
import { jsonStatement, statement } from "../../db/statement";
import { isOnline } from "../../realtime/presence";
import type { At } from "../../scope";
import { sees, seesField } from "../../visibility/sql";
import type { Notification } from "../notifications/schemas";
import { newestFirst, type Part, unread } from "../notifications/statements";
import { userJson } from "../users/json";
import type { User } from "../users/schemas";

/** What is unread, newest first, but for being asked to be friends: who waits for an answer is shown beside it. */
export const news = jsonStatement<Part, Notification>((p) => newestFirst(p, sql`${unread} and ${notifications.type} <> 'friend_request'`));

/** Friends whom `me` sees to be there, by name. */
export const friendsOnline = jsonStatement<At & { me: number; limit: number }, User>(
  (p) => sql`select ${userJson(users, p.me, p)} as body from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.me} and ${isOnline(users, p.now)} and ${seesField(users, "presence", p.me)}
    order by ${users.usernameKey} limit ${p.limit}`,
);

/** A friend who hides is not there. */
export const hasFriends = statement<{ me: number }, { found: number }>(
  (p) => sql`select exists (select 1 from ${friendships} join ${users} on ${users.id} = ${friendships.friendId}
    where ${friendships.userId} = ${p.me} and ${sees(users, p.me)}) as found`,
);
