import { type SQLWrapper, sql } from "drizzle-orm";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { sessionIsLive } from "../../db/live-session";
import { attempts, emailLinks, identities, sessions } from "../../db/schema/auth";
import { users } from "../../db/schema/users";
import { columns, statement } from "../../db/statement";
import { type Allowance, attempt } from "../../limits/statements";
import type { Purpose } from "../../mail/links";
import { letter } from "../../mail/outbox";
import { event } from "../../realtime/statements";
import type { At } from "../../scope";
import { act } from "../activity/statements";
import { NO_PASSWORD } from "../auth/password";
import { fromPreferences, preferencesJson } from "../preferences/json";
import type { Preferences } from "../preferences/schemas";
import { meJson } from "../users/json";
import type { Me } from "../users/schemas";

const { userId, purpose, email, nonce, secretHash, createdAt, expiresAt } = emailLinks;

type Minted = { nonce: string; secretHash: string; expiresAt: string; now: string };

/** Stores a link for each person of `from`, in place of the one of the same purpose that they had. */
const link = <Values extends Record<string, string | number>>(
  what: Purpose,
  build: (slots: { [Name in keyof Values]: SQLWrapper }) => { about: SQLWrapper; from: SQLWrapper },
) =>
  statement<Values & Minted>((p) => {
    const { about, from } = build(p);
    return sql`insert into ${emailLinks} (${columns(userId, purpose, email, nonce, secretHash, createdAt, expiresAt)})
      select ${users.id}, ${sql.raw(`'${what}'`)}, ${about}, ${p.nonce}, ${p.secretHash}, ${p.now}, ${p.expiresAt} ${from}
      on conflict (${columns(userId, purpose)}) do update set ${columns(email)} = excluded.email, ${columns(nonce)} = excluded.nonce,
        ${columns(secretHash)} = excluded.secret_hash, ${columns(createdAt)} = excluded.created_at, ${columns(expiresAt)} = excluded.expires_at`;
  });

/** Who has this address and has not confirmed it. */
const unverified = (address: SQLWrapper) =>
  sql`from ${users} where ${users.email} = ${address} and ${users.emailVerifiedAt} is null and ${users.suspendedAt} is null`;
/** Somebody else may have made it with this address: they shall know which it is. */
const account = sql`json_object('username', ${users.username}, 'since', ${users.createdAt})`;
export const verifyLink = link<{ email: string }>("verify", (p) => ({ about: sql`${users.email}`, from: unverified(p.email) }));
export const verifyLetter = letter<{ email: string }>("verify", (p) => ({
  owner: sql`${users.id}`,
  about: account,
  to: sql`${users.email}`,
  from: unverified(p.email),
}));

/** Counts one more than there may be, too: that is how the letter behind it knows. */
export const countWelcome = statement<Allowance & { key: string }>((p) => attempt(p.key, p, sql`where true`, sql`${p.most} + 1`));
export const welcomeLetter = letter<{ email: string; key: string; most: number }>("verify", (p) => ({
  owner: sql`${users.id}`,
  about: account,
  to: sql`${users.email}`,
  from: sql`${unverified(p.email)} and (select ${attempts.count} from ${attempts} where ${attempts.key} = ${p.key}) <= ${p.most}`,
}));

const withAddress = (address: SQLWrapper) => sql`from ${users} where ${users.email} = ${address} and ${users.suspendedAt} is null`;
export const resetLink = link<{ email: string }>("reset", (p) => ({ about: sql`${users.email}`, from: withAddress(p.email) }));
export const resetLetter = letter<{ email: string }>("reset", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  from: withAddress(p.email),
}));

const person = (id: SQLWrapper) => sql`from ${users} where ${users.id} = ${id}`;
export const changeLink = link<{ id: number; email: string }>("change", (p) => ({ about: p.email, from: person(p.id) }));
export const changeLetter = letter<{ id: number; email: string }>("change", (p) => ({
  owner: sql`${users.id}`,
  to: p.email,
  from: person(p.id),
}));
export const changeNotice = letter<{ id: number }>("change_notice", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  from: person(p.id),
}));
export const passwordNotice = letter<{ id: number }>("password_changed", (p) => ({
  owner: sql`${users.id}`,
  to: sql`${users.email}`,
  from: person(p.id),
}));

type Opened = { secretHash: string; now: string };

/** A link that is good: not too old, and nobody's who is suspended. */
const opened = (p: { secretHash: SQLWrapper; now: SQLWrapper }, purposes: SQLWrapper) =>
  sql`from ${emailLinks} where ${secretHash} = ${p.secretHash} and ${purpose} in (${purposes}) and ${expiresAt} > ${p.now}
    and not exists (select 1 from ${users} where ${users.id} = ${userId} and ${users.suspendedAt} is not null)`;
const OF_ADDRESS = sql.raw("'verify', 'change'");
const OF_PASSWORD = sql.raw("'reset'");
const ownerOf = (hash: SQLWrapper) => sql`(select ${userId} from ${emailLinks} where ${secretHash} = ${hash})`;

export interface AddressLink {
  purpose: Purpose;
  email: string;
  /** Whose account it is, and since when there is one. */
  username: string;
  since: string;
}

/** Looked at, not used: what a page shows before it asks. */
export const addressLink = statement<Opened, AddressLink>(
  (p) => sql`select link.purpose, link.email, ${users.username} as username, ${users.createdAt} as since
    from (select ${userId} as owner, ${purpose} as purpose, ${email} as email ${opened(p, OF_ADDRESS)}) as link
    join ${users} on ${users.id} = link.owner`,
);

/** Whose account it is has not made it: the link is gone. */
export const voidLink = statement<{ secretHash: string }, { id: number }>(
  (p) => sql`delete from ${emailLinks} where ${secretHash} = ${p.secretHash} and ${purpose} in (${OF_ADDRESS}) returning ${userId} as id`,
);

export const refuseBadLink = statement<Opened>((p) => refuseIf({ link_not_valid: sql`not exists (select 1 ${opened(p, OF_ADDRESS)})` }));

/** Refuses a link that is not good, and one to an address that somebody else has meanwhile. */
export const refuseAddressLink = statement<Opened>((p) =>
  refuseIf({
    link_not_valid: sql`not exists (select 1 ${opened(p, OF_ADDRESS)})`,
    email_taken: sql`exists (select 1 from ${emailLinks} join ${users} on ${users.email} = ${email} and ${users.id} <> ${userId}
      where ${secretHash} = ${p.secretHash})`,
  }),
);

/** Whoever uses a link to an address in the account's own session (0: in none). */
type By = { userId: number; sessionId: number };

/**
 * Before an address is confirmed by somebody who is not logged in to the account that has it: what was linked to it may be of whoever made
 * it with an address that is not theirs.
 */
export const unlinkUnproven = statement<Opened & By>(
  (p) => sql`delete from ${identities} where ${identities.userId} = ${ownerOf(p.secretHash)}
    and exists (select 1 from ${users} where ${users.id} = ${identities.userId} and ${users.emailVerifiedAt} is null)
    and not (${identities.userId} = ${p.userId} and ${sessionIsLive(p)})`,
);

/** The address that a link is about becomes its owner's, confirmed. */
export const confirmAddress = statement<Opened, { id: number }>(
  (p) => sql`update ${users} set ${columns(users.email)} = (select ${email} from ${emailLinks} where ${secretHash} = ${p.secretHash}),
      ${columns(users.emailVerifiedAt)} = ${p.now} where ${users.id} = ${ownerOf(p.secretHash)} returning ${users.id} as id`,
);

export const addressUpdate = event<Opened & At>("profile_update", (p) => ({
  to: sql`${users.id}`,
  now: p.now,
  body: jsonObject<{ user: Me }>({ user: meJson(users, p) }),
  from: sql`from ${users} where ${users.id} = ${ownerOf(p.secretHash)}`,
}));

/** Of a change of address; the link that waited for it is as good as gone. */
export const addressPreferencesUpdate = event<Opened>("preferences_update", (p) => ({
  to: sql`${users.id}`,
  now: p.now,
  body: jsonObject<{ preferences: Preferences }>({
    preferences: sql`json_set(${preferencesJson(p.now)}, '$.account_settings.pending_email', null)`,
  }),
  from: sql`${fromPreferences} where ${users.id} = (select ${userId} from ${emailLinks}
    where ${secretHash} = ${p.secretHash} and ${purpose} = 'change')`,
}));

const byOwner = (what: Purpose) => (p: { secretHash: SQLWrapper }) => ({
  who: userId,
  from: sql`from ${emailLinks} where ${secretHash} = ${p.secretHash} and ${purpose} = ${sql.raw(`'${what}'`)}`,
});
/** Of these two one is noted: what the link was for. */
export const noteAddressChanged = act<{ secretHash: string }>("email_change", byOwner("change"));
export const noteAddressConfirmed = act<{ secretHash: string }>("email_confirm", byOwner("verify"));

/** A link to an address was used: it is gone, and if it changed the address so are all that were about the one before. */
export const forgetLinksWith = statement<{ secretHash: string }>(
  (p) => sql`delete from ${emailLinks} where ${userId} = ${ownerOf(p.secretHash)} and (${secretHash} = ${p.secretHash}
    or (select ${purpose} from ${emailLinks} where ${secretHash} = ${p.secretHash}) = 'change')`,
);

/** Whoever could ask for these before the password changed may have been somebody else. */
export const forgetRiskyLinks = statement<{ id: number }>(
  (p) => sql`delete from ${emailLinks} where ${userId} = ${p.id} and ${purpose} in ('reset', 'change')`,
);

export interface Credentials {
  username: string;
  /** The username as a log-in looks it up. */
  key: string;
  email: string;
  hash: string;
}

const facts = sql`${users.username} as username, ${users.usernameKey} as key, ${users.email} as email, ${users.passwordHash} as hash`;

export const credentialsOf = statement<{ id: number }, Credentials>((p) => sql`select ${facts} from ${users} where ${users.id} = ${p.id}`);

/** The same, and since when they are logged in. */
export const confirmingOf = statement<{ id: number; sessionId: number }, Credentials & { since: string }>(
  (p) => sql`select ${facts}, ${sessions.createdAt} as since from ${users} join ${sessions} on ${sessions.id} = ${p.sessionId}
    where ${users.id} = ${p.id}`,
);

export const refuseUnlessWithout = statement<{ id: number }>((p) =>
  refuseIf({
    changed_meanwhile: sql`exists (select 1 from ${users} where ${users.id} = ${p.id} and ${users.passwordHash} <> ${NO_PASSWORD})`,
  }),
);

/** Whose password a link resets: `good` if it may. */
export const resetTarget = statement<Opened & { id: number }, Credentials & { good: number }>(
  (p) =>
    sql`select ${facts}, exists (select 1 ${opened(p, OF_PASSWORD)} and ${userId} = ${users.id}) as good from ${users} where ${users.id} = ${p.id}`,
);

/** For whoever has shown that an address is theirs and needs no other link for it, and for whom none may work any more. */
export const forgetAllLinks = statement<{ id: number }>((p) => sql`delete from ${emailLinks} where ${userId} = ${p.id}`);

export const refuseResetLink = statement<Opened & { id: number }>((p) =>
  refuseIf({ link_not_valid: sql`not exists (select 1 ${opened(p, OF_PASSWORD)} and ${userId} = ${p.id})` }),
);

/** Who came by a link in a mail has shown that the address is theirs. */
export const resetPassword = statement<{ id: number; hash: string; now: string }>(
  (p) => sql`update ${users} set ${columns(users.passwordHash)} = ${p.hash},
      ${columns(users.emailVerifiedAt)} = coalesce(${users.emailVerifiedAt}, ${p.now}) where ${users.id} = ${p.id}`,
);

export const noteReset = act<{ id: number }>("password_reset", (p) => ({ who: p.id }));
