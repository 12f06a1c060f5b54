import { type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { sessionIsLive } from "../../db/live-session";
import { files } from "../../db/schema/files";
import { users } from "../../db/schema/users";
import { columns, statement } from "../../db/statement";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import type { Level } from "../../visibility/rule";
import { areBlocked, areFriends, isChosen } from "../../visibility/sql";
import { meJson } from "../users/json";
import type { Me } from "../users/schemas";

type Asked = { address: string; userId: number; sessionId: number; now: string };

/** What the rule has to know, of an avatar that there is. SQLite has no booleans. */
interface Found {
  /** The object's key. */
  name: string;
  content_type: string;
  size: number;
  level: Level;
  self: number;
  blocked: number;
  friend: number;
  chosen: number;
  /** The viewer is who they say they are. */
  live: number;
}

export const byAddress = statement<Asked, Found>(
  (p) => sql`select ${files.name} as name, ${files.contentType} as content_type, ${files.size} as size, ${users.visibility} as level,
    ${users.id} = ${p.userId} as self, ${areBlocked(users.id, p.userId)} as blocked, ${areFriends(users.id, p.userId)} as friend,
    ${isChosen(users.id, "profile", p.userId)} as chosen, ${sessionIsLive(p)} as live
    from ${users} join ${files} on ${files.userId} = ${users.id} and ${files.purpose} = 'avatar' and ${files.doomedAt} is null
    where ${users.avatar} = ${p.address}`,
);

const RANDOM_NAME = sql.raw("lower(hex(randomblob(16)))");
const renewed = (which: SQLWrapper) =>
  sql`update ${users} set ${columns(users.avatar)} = ${RANDOM_NAME} || substr(${users.avatar}, 33) where ${users.avatar} is not null and ${which}`;

/**
 * Gives somebody's avatar another address, and the old one is that of nothing: for whoever could see it until now and shall not any more,
 * and might come back without saying who they are. Before `announceAddress`.
 */
export const renewAddress = statement<{ id: number }>((p) => renewed(sql`${users.id} = ${p.id}`));

export const announceAddress = event<At & { id: number }>("profile_update", (p) => ({
  to: p.id,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: meJson(users, p) }),
  from: sql`from ${users} where ${users.id} = ${p.id} and ${users.avatar} is not null`,
}));

/** The same, if they now stop to be there for everybody: ahead of the change to `level`, and of the `profile_update` that tells of it. */
export const renewAddressOfPublic = statement<{ id: number; level: Level }>((p) =>
  renewed(sql`${users.id} = ${p.id} and ${users.visibility} = 'public' and ${p.level} <> 'public'`),
);
