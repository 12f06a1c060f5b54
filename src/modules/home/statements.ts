import { sql } from "drizzle-orm";
import { friendships } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { jsonStatement, statement } from "../../db/statement";
import { isOnline } from "../../realtime/presence";
import type { At } from "../../scope";
import { sees, seesField } from "../../visibility/sql";
import { userJson } from "../users/json";
import type { User } from "../users/schemas";

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
