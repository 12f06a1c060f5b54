import { sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { users } from "../../db/schema/users";
import { jsonStatement, statement } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { sees } from "../../visibility/sql";
import { meJson, personJson } from "./json";
import type { Me, Person } from "./schemas";

export const personById = jsonStatement<At & { me: number; id: number }, Person>(
  (p) => sql`select ${personJson(users, p.me, p)} as body from ${users} where ${users.id} = ${p.id} and ${sees(users, p.me)}`,
);

export const myself = jsonStatement<At & { id: number }, Me>(
  (p) => sql`select ${meJson(users, p)} as body from ${users} where ${users.id} = ${p.id}`,
);

/** With all that is theirs: foreign keys cascade. What the search has is no table that could. */
export const removeUser = statement<{ id: number }>((p) => sql`delete from ${users} where ${users.id} = ${p.id}`);

export const profileUpdate = event<At & { id: number }>("profile_update", (p) => ({
  to: p.id,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: meJson(users, p) }),
  from: sql`from ${users} where ${users.id} = ${p.id}`,
}));
