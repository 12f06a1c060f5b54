import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonBoolean, jsonObject } from "../../db/json";
import { isLive, sessionIsLive } from "../../db/live-session";
import { attempts, sessions } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { type Allowance, attempt, keyOfPerson, waitBeyond } from "../../limits/statements";
import { Announcement } from "../../realtime/announcement";
import type { At } from "../../scope";
import { act } from "../activity/statements";
import { meJson } from "../users/json";
import type { Me } from "../users/schemas";
import type { Session } from "./schemas";

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

export const taken = statement<{ key: string; email: string }, { username: number; email: number }>(
  (p) => sql`select exists (select 1 from ${users} where ${users.usernameKey} = ${p.key} or ${users.email} = ${p.key}) as username,
    exists (select 1 from ${users} where ${users.email} = ${p.email}) as email`,
);

export const insertUser = statement<{
  username: string;
  key: string;
  email: string;
  hash: string;
  birthDate: string | null;
  now: string;
}>(
  (
    p,
  ) => sql`insert into ${users} (${columns(users.username, users.usernameKey, users.email, users.passwordHash, users.birthDate, users.createdAt)})
    values (${p.username}, ${p.key}, ${p.email}, ${p.hash}, ${p.birthDate}, ${p.now})`,
);

type Named = { key: string; email: string };

/** Whom a log-in means. An address belongs to its owner, whoever has it for a username. */
const person = (p: Slots<Named>) =>
  sql`from ${users} where ${users.usernameKey} = ${p.key} or ${users.email} = ${p.email} order by ${users.email} = ${p.email} desc limit 1`;
const counted = keyOfPerson("login_account", sql`${users.id}`);

/** Counts a log-in against the person whom it means, however they are named; if it means nobody, nothing. */
export const countLogin = statement<Named & Allowance>((p) => attempt(counted, p, person(p)));

export interface Credentials {
  id: number;
  key: string;
  email: string;
  hash: string;
  suspended: boolean;
  verified: boolean;
  /** With this one, since the last that succeeded. */
  tries: number;
}
export const credentials = statement<Named, Credentials>(
  (
    p,
  ) => sql`select ${users.id} as id, ${users.usernameKey} as key, ${users.email} as email, ${users.passwordHash} as hash, ${users.suspendedAt} as suspended, ${users.emailVerifiedAt} as verified,
    (select ${attempts.count} from ${attempts} where ${attempts.key} = ${counted}) as tries ${person(p)}`,
  (row) => ({ ...row, suspended: row.suspended !== null, verified: row.verified !== null }) as never,
);

/** The person is still there and has the password that was compared: that took a while. */
export const refuseChanged = statement<{ id: number; hash: string }>((p) =>
  refuseIf({
    changed_meanwhile: sql`not exists (select 1 from ${users} where ${users.id} = ${p.id} and ${users.passwordHash} = ${p.hash})`,
  }),
);

export const setPasswordHash = statement<{ id: number; hash: string }>(
  (p) => sql`update ${users} set ${columns(users.passwordHash)} = ${p.hash} where ${users.id} = ${p.id}`,
);

/** Somebody by id; or, who is made in the same batch and has none yet, by what their username is unique by. */
export type Whom = { id: number; key: null } | { id: null; key: string };
const isWhom = (p: Slots<Whom>) => sql`(${users.id} = ${p.id} or ${users.usernameKey} = ${p.key})`;

type Opening = Whom & { now: string; expiresAt: string; endsAt: string; userAgent: string; country: string | null };

/** Whatever the way in, nobody gets past this who is suspended: they are refused as for a wrong password. */
export const refuseSuspended = statement<Whom>((p) =>
  refuseIf({
    login_failed: sql`exists (select 1 from ${users} where ${isWhom(p)} and ${users.suspendedAt} is not null)`,
  }),
);

/** A new session. */
export const openSession = statement<Opening>(
  (
    p,
  ) => sql`insert into ${sessions} (${columns(sessions.userId, sessions.rotatedAt, sessions.createdAt, sessions.lastUsedAt, sessions.expiresAt, sessions.endsAt, sessions.userAgent, sessions.country)})
    select ${users.id}, ${p.now}, ${p.now}, ${p.now}, ${p.expiresAt}, ${p.endsAt}, ${p.userAgent}, ${p.country} from ${users} where ${isWhom(p)}`,
);

const asWhom = (p: Slots<Whom>) => ({ who: users.id, from: sql`from ${users} where ${isWhom(p)}` });
export const noteRegistered = act<Whom>("register", asWhom);
export const noteLogin = act<Whom>("login", asWhom);

/** What `openSession` just made. */
export const newestSession = jsonStatement<Whom & At, { sessionId: number; user: Me }>(
  (p) =>
    sql`select ${jsonObject<{ sessionId: number; user: Me }>({
      sessionId: sql`(select max(${sessions.id}) from ${sessions} where ${sessions.userId} = ${users.id})`,
      user: meJson(users, p),
    })} as body from ${users} where ${isWhom(p)}`,
);

type Rotation = { sessionId: number; userId: number; counter: number; now: string };

/** The current refresh token becomes the one before. */
export const rotate = statement<Rotation & { expiresAt: string }>(
  (p) => sql`update ${sessions} set ${columns(sessions.counter)} = ${sessions.counter} + 1, ${columns(sessions.rotatedAt)} = ${p.now},
      ${columns(sessions.lastUsedAt)} = ${p.now}, ${columns(sessions.expiresAt)} = min(${p.expiresAt}, ${sessions.endsAt})
    where ${sessions.id} = ${p.sessionId} and ${sessions.counter} = ${p.counter} and ${sessionIsLive(p)}`,
);

const listening = sql`(select ${users.onlineUntil} from ${users} where ${users.id} = ${columns(sessions.userId)})`;
const ended = (row: Record<string, unknown>) =>
  new Announcement(row.user_id as number, row.listening as string | null, { endedSession: row.id as number });
const andTellSockets = sql`returning ${columns(sessions.id, sessions.userId)}, ${listening} as listening`;

type Reuse = Rotation & { graceFrom: string };
/** A refresh token older than the one before, or the one before after the grace: somebody else has it, so the session ends. */
const isReused = (p: Slots<Reuse>) => sql`${sessions.id} = ${p.sessionId} and ${sessionIsLive(p)}
  and (${sessions.counter} > ${p.counter} + 1 or (${sessions.counter} = ${p.counter} + 1 and ${sessions.rotatedAt} < ${p.graceFrom}))`;

export const noteReused = act<Reuse>("session_end", (p) => ({
  who: p.userId,
  details: sql`'A session was ended because an old token of it came back'`,
  from: sql`from ${sessions} where ${isReused(p)}`,
}));

export const revokeIfReused = statement<Reuse, Announcement>(
  (p) => sql`update ${sessions} set ${columns(sessions.revokedAt)} = ${p.now} where ${isReused(p)} ${andTellSockets}`,
  ended,
);

/** After `rotate`: whether the token was the current one, or the one before within the grace, which gets the same successor. */
const isSuccessor = (p: Slots<Rotation>) => sql`${sessionIsLive(p)} and ${sessionCounter(p)} = ${p.counter} + 1`;
const sessionCounter = (p: Slots<Rotation>) => sql`(select ${sessions.counter} from ${sessions} where ${sessions.id} = ${p.sessionId})`;

/** Refuses nothing: the batch must not be undone, for it may have ended a session that was stolen. `sessionState` says how long to wait. */
export const countFailedRefresh = statement<Rotation & Allowance & { key: string }>((p) =>
  attempt(p.key, p, sql`where not (${isSuccessor(p)})`, sql`${p.most} + 1`),
);

export interface SessionState {
  good: boolean;
  counter: number;
  expiresAt: string;
  revokedAt: string | null;
  /** Seconds, if there were too many failures. */
  wait: number | null;
}
export const sessionState = statement<Rotation & Allowance & { key: string }, SessionState>(
  (p) => sql`select ${isSuccessor(p)} as good, ${sessions.counter} as counter, ${sessions.expiresAt} as expiresAt,
      ${sessions.revokedAt} as revokedAt, ${waitBeyond(p)} as wait
    from ${sessions} where ${sessions.id} = ${p.sessionId} and ${sessions.userId} = ${p.userId}`,
  (row) => ({ ...row, good: row.good === 1 }) as SessionState,
);

export const revokeSession = statement<{ sessionId: number; userId: number; now: string }, Announcement>(
  (p) =>
    sql`update ${sessions} set ${columns(sessions.revokedAt)} = ${p.now} where ${sessions.id} = ${p.sessionId} and ${sessionIsLive(p)} ${andTellSockets}`,
  ended,
);

/** Of a session that is over already, there is nothing to note. */
export const noteLogout = act<{ sessionId: number; userId: number }>("logout", (p) => ({
  who: p.userId,
  from: sql`where ${sessionIsLive(p)}`,
}));

export const refuseUnlessLive = statement<{ sessionId: number; userId: number; now: string }>((p) =>
  refuseIf({ not_found: sql`not ${sessionIsLive(p)}` }),
);

export const revokeOtherSessions = statement<{ sessionId: number; userId: number; now: string }, Announcement>(
  (p) => sql`update ${sessions} set ${columns(sessions.revokedAt)} = ${p.now}
    where ${sessions.userId} = ${p.userId} and ${sessions.id} <> ${p.sessionId} and ${sessions.revokedAt} is null ${andTellSockets}`,
  ended,
);

export const noteOthersEnded = act<{ sessionId: number; userId: number }>("session_end", (p) => ({
  who: p.userId,
  details: sql`'Ended all other sessions'`,
  from: sql`where exists (select 1 from ${sessions} where ${sessions.userId} = ${p.userId} and ${sessions.id} <> ${p.sessionId} and ${isLive(p.now)})`,
}));

export const revokeAllSessions = statement<{ userId: number; now: string }, Announcement>(
  (p) => sql`update ${sessions} set ${columns(sessions.revokedAt)} = ${p.now}
    where ${sessions.userId} = ${p.userId} and ${sessions.revokedAt} is null ${andTellSockets}`,
  ended,
);

/** An access token is good while its session lives, a refresh token (it has a counter) while a refresh would take it as well. */
export const isGood = statement<
  { sessionId: number; userId: number; now: string; counter: number | null; graceFrom: string },
  { good: number }
>(
  (p) => sql`select ${sessionIsLive(p)} and (${p.counter} is null or exists (select 1 from ${sessions} where ${sessions.id} = ${p.sessionId}
    and (${sessions.counter} = ${p.counter} or (${sessions.counter} = ${p.counter} + 1 and ${sessions.rotatedAt} >= ${p.graceFrom})))) as good`,
);

export const liveSessions = jsonStatement<{ userId: number; sessionId: number; now: string }, Omit<Session, "device">>(
  (p) => sql`select ${jsonObject<Omit<Session, "device">>({
    id: sql`${sessions.id}`,
    current: jsonBoolean(sql`${sessions.id} = ${p.sessionId}`),
    created_at: sql`${sessions.createdAt}`,
    last_used_at: sql`${sessions.lastUsedAt}`,
    user_agent: sql`${sessions.userAgent}`,
    country: sql`${sessions.country}`,
  })} as body from ${sessions} where ${sessions.userId} = ${p.userId} and ${isLive(p.now)}
  order by ${sessions.lastUsedAt} desc, ${sessions.id} desc limit 100`,
);
