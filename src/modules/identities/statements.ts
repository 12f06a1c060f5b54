import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { identities } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import { columns, jsonStatement, statement } from "../../db/statement";
import { letter } from "../../mail/outbox";
import { act } from "../activity/statements";
import { NO_PASSWORD } from "../auth/password";
import type { Identity } from "./schemas";

export interface Known {
  id: number;
  key: string;
  /** The person showed us that the address is theirs. */
  verified: number;
  /** By the identity; else by the address. */
  linked: number;
  /** The address that the provider names is theirs here. */
  hasAddress: number;
  suspended: number;
}

/** Who may be meant by an identity: whom it is linked to, and who has its address. */
export const whoMayBe = statement<{ provider: string; subject: string; email: string }, Known>(
  (p) => sql`select ${users.id} as id, ${users.usernameKey} as key,
      ${users.emailVerifiedAt} is not null as verified, ${users.id} = owner as linked,
      ${users.email} = ${p.email} as hasAddress, ${users.suspendedAt} is not null as suspended
    from ${users}, (select (select ${identities.userId} from ${identities}
      where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject}) as owner)
    where ${users.id} = owner or ${users.email} = ${p.email} order by linked desc`,
);

type Entry = { provider: string; subject: string; key: string };

const isLinked = (
  p: { [Slot in keyof Entry]: unknown },
) => sql`exists (select 1 from ${identities} join ${users} on ${users.id} = ${identities.userId}
  where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject} and ${users.usernameKey} = ${p.key})`;

/** What a look found may have changed: then look again. */
export const refuseUnlessLinked = statement<Entry>((p) => refuseIf({ changed_meanwhile: sql`not ${isLinked(p)}` }));

export const refuseUnlessVerified = statement<{ key: string; email: string }>((p) =>
  refuseIf({
    changed_meanwhile: sql`not exists (select 1 from ${users} where ${users.usernameKey} = ${p.key} and ${users.email} = ${p.email}
      and ${users.emailVerifiedAt} is not null)`,
  }),
);

type Newcomer = {
  username: string;
  key: string;
  email: string;
  firstName: string;
  lastName: string;
  verifiedAt: string | null;
  now: string;
};

export const insertPerson = statement<Newcomer>(
  (
    p,
  ) => sql`insert into ${users} (${columns(users.username, users.usernameKey, users.email, users.passwordHash, users.firstName, users.lastName, users.emailVerifiedAt, users.createdAt)})
    values (${p.username}, ${p.key}, ${p.email}, ${NO_PASSWORD}, ${p.firstName}, ${p.lastName}, ${p.verifiedAt}, ${p.now})`,
);

/** The provider has seen that the address is theirs. */
export const confirmAddress = statement<{ key: string; email: string; now: string }>(
  (p) => sql`update ${users} set ${columns(users.emailVerifiedAt)} = ${p.now}
    where ${users.usernameKey} = ${p.key} and ${users.email} = ${p.email} and ${users.emailVerifiedAt} is null`,
);

type Link = { provider: string; subject: string; email: string | null; now: string };

const insertFor = (p: { [Slot in keyof Link]: unknown }, person: unknown) => sql`insert into ${identities}
  (${columns(identities.userId, identities.provider, identities.subject, identities.email, identities.createdAt, identities.lastUsedAt)})
  select ${users.id}, ${p.provider}, ${p.subject}, ${p.email}, ${p.now}, ${p.now} from ${users} where ${person}`;

/** To the person with this username; fails if it is somebody's already. */
export const insertIdentity = statement<Link & { key: string }>((p) => insertFor(p, sql`${users.usernameKey} = ${p.key}`));

export const useIdentity = statement<Link>(
  (p) => sql`update ${identities} set ${columns(identities.lastUsedAt)} = ${p.now}, ${columns(identities.email)} = ${p.email}
    where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject}`,
);

export const refuseAnothers = statement<{ userId: number; provider: string; subject: string }>((p) =>
  refuseIf({
    identity_taken: sql`exists (select 1 from ${identities} where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject}
      and ${identities.userId} <> ${p.userId})`,
  }),
);

/** To this person, who may have it already. */
export const linkIdentity = statement<Link & { userId: number }>(
  (p) => sql`${insertFor(p, sql`${users.id} = ${p.userId}`)}
    on conflict (${columns(identities.provider, identities.subject)}) do update set
      ${columns(identities.lastUsedAt)} = excluded.last_used_at, ${columns(identities.email)} = excluded.email`,
);

/** Before the identity is linked: tells a person that there is a new way in, if it is new. */
export const linkNotice = letter<{ userId: number; provider: string; subject: string }>("identity_linked", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  from: sql`from ${users} where ${users.id} = ${p.userId} and not exists (select 1 from ${identities}
    where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject})`,
}));

/** "google" as people write it. */
const named = (provider: SQLWrapper) => sql`upper(substr(${provider}, 1, 1)) || substr(${provider}, 2)`;

/** Before the identity is linked: once for each. */
export const noteLinked = act<{ userId: number; provider: string; subject: string }>("identity_link", (p) => ({
  who: p.userId,
  details: sql`'Linked ' || ${named(p.provider)} || ' to log in with'`,
  from: sql`where not exists (select 1 from ${identities} where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject})`,
}));

/** Before it is deleted. */
export const noteUnlinked = act<{ id: number; userId: number }>("identity_unlink", (p) => ({
  who: p.userId,
  details: sql`'Unlinked ' || ${named(identities.provider)}`,
  from: sql`from ${identities} where ${ofPerson(p)}`,
}));

const identityJson = jsonObject<Identity>({
  id: sql`${identities.id}`,
  provider: sql`${identities.provider}`,
  email: sql`${identities.email}`,
  created_at: sql`${identities.createdAt}`,
  last_used_at: sql`${identities.lastUsedAt}`,
});

export const identityOf = jsonStatement<{ provider: string; subject: string }, Identity>(
  (p) =>
    sql`select ${identityJson} as body from ${identities} where ${identities.provider} = ${p.provider} and ${identities.subject} = ${p.subject}`,
);

export const identitiesOf = jsonStatement<{ userId: number }, Identity>(
  (p) =>
    sql`select ${identityJson} as body from ${identities} where ${identities.userId} = ${p.userId} order by ${identities.id} limit 100`,
);

const ofPerson = (p: { id: unknown; userId: unknown }) => sql`${identities.id} = ${p.id} and ${identities.userId} = ${p.userId}`;

export const refuseUnlessOwn = statement<{ id: number; userId: number }>((p) =>
  refuseIf({ not_found: sql`not exists (select 1 from ${identities} where ${ofPerson(p)})` }),
);

/** Without a password, the last identity is the only way back in. */
export const refuseLastWayIn = statement<{ userId: number }>((p) =>
  refuseIf({
    last_way_in: sql`(select count(*) from ${identities} where ${identities.userId} = ${p.userId}) = 1
      and exists (select 1 from ${users} where ${users.id} = ${p.userId} and ${users.passwordHash} = ${NO_PASSWORD})`,
  }),
);

/**
 * For whoever proves that the address is theirs, before it counts as confirmed: what was linked until then may be somebody else's, who made
 * the account with an address that is not theirs.
 */
export const unlinkUnproven = statement<{ userId: number }>(
  (p) => sql`delete from ${identities} where ${identities.userId} = ${p.userId}
    and exists (select 1 from ${users} where ${users.id} = ${p.userId} and ${users.emailVerifiedAt} is null)`,
);

export const deleteIdentity = statement<{ id: number; userId: number }>((p) => sql`delete from ${identities} where ${ofPerson(p)}`);
