import { type SQL, sql } from "drizzle-orm";
import { jsonObject } from "../../db/json";
import { sessionIsLive } from "../../db/live-session";
import { friendRequests } from "../../db/schema/friends";
import { notifications } from "../../db/schema/notifications";
import { preferences } from "../../db/schema/preferences";
import { events } from "../../db/schema/realtime";
import { users } from "../../db/schema/users";
import { jsonStatement } from "../../db/statement";
import type { At } from "../../scope";
import { pendingOn } from "../friends/statements";
import { appearanceFields } from "../preferences/json";
import { avatarAddress } from "../users/json";
import type { Viewer } from "./schemas";

/** More are not counted: "99+". */
const COUNTED = sql.raw("100");

const atMost = (rows: SQL) => sql`(select count(*) from (${rows} limit ${COUNTED}))`;

/** Who has this session, if it lives, and what the frame of every page says of them. */
export const viewer = jsonStatement<At & { userId: number; sessionId: number }, Viewer>((p) => {
  const me = p.userId;
  const body = jsonObject<Viewer>({
    id: sql`${users.id}`,
    username: sql`${users.username}`,
    avatar: avatarAddress(users, p),
    role: sql`${users.role}`,
    ...appearanceFields,
    time_zone: sql`coalesce(${preferences.timeZone}, 'UTC')`,
    unread: atMost(sql`select 1 from ${notifications} where ${notifications.recipientId} = ${me} and ${notifications.isRead} = 0`),
    requests: atMost(sql`select 1 from ${friendRequests} where ${pendingOn({ me }).incoming}`),
    seq: sql`(select coalesce(max(${events.seq}), 0) from ${events} where ${events.userId} = ${me})`,
  });
  return sql`select ${body} as body from ${users} left join ${preferences} on ${preferences.userId} = ${users.id}
    where ${users.id} = ${me} and ${sessionIsLive(p)}`;
});
