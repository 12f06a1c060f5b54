import { sql } from "drizzle-orm";
import { jsonBoolean, jsonObject, jsonUnless } from "../../db/json";
import { activity } from "../../db/schema/activity";
import { auditLog } from "../../db/schema/audit";
import { emailLinks, identities, sessions } from "../../db/schema/auth";
import { idempotencyKeys } from "../../db/schema/commit";
import { files } from "../../db/schema/files";
import { blocks, friendGroups, friendRequests, friendships, groupMembers } from "../../db/schema/friends";
import { outbox } from "../../db/schema/mail";
import { notifications } from "../../db/schema/notifications";
import { preferences } from "../../db/schema/preferences";
import { events } from "../../db/schema/realtime";
import { users } from "../../db/schema/users";
import { audienceGroups, audiencePeople } from "../../db/schema/visibility";
import { jsonStatement, statement } from "../../db/statement";
import { letter } from "../../mail/outbox";
import { isLastAdmin } from "../../permission";
import { hasBlocked } from "../../visibility/sql";
import { NO_PASSWORD } from "../auth/password";
import { fromPreferences, settingsFields } from "../preferences/json";
import { whoTo } from "../users/json";
import type { Export } from "./schemas";

// Leaving

/** Who wants to go, and since when their session is there. */
export const whoLeaves = statement<{ userId: number; sessionId: number }, { hash: string; since: string }>(
  (p) => sql`select ${users.passwordHash} as hash, ${sessions.createdAt} as since from ${users}
    join ${sessions} on ${sessions.id} = ${p.sessionId} where ${users.id} = ${p.userId}`,
);

export interface Standing {
  email: string;
  email_verified: boolean;
  has_password: boolean;
  /** When the session began. */
  since: string;
  /** Nobody else could make an admin. */
  last_admin: boolean;
}

/** How somebody gets into their account, and whether they may leave it. */
export const standing = jsonStatement<{ userId: number; sessionId: number }, Standing>(
  (p) =>
    sql`select ${jsonObject<Standing>({
      email: sql`${users.email}`,
      email_verified: jsonBoolean(sql`${users.emailVerifiedAt} is not null`),
      has_password: jsonBoolean(sql`${users.passwordHash} <> ${NO_PASSWORD}`),
      since: sql`${sessions.createdAt}`,
      last_admin: jsonBoolean(isLastAdmin(p.userId)),
    })} as body from ${users} join ${sessions} on ${sessions.id} = ${p.sessionId} where ${users.id} = ${p.userId}`,
);

/** Nobody's mail, so that it outlives the account; only to an address that was shown to be theirs. */
export const farewell = letter<{ id: number }>("farewell", (p) => ({
  owner: sql`null`,
  to: sql`${users.email}`,
  from: sql`from ${users} where ${users.id} = ${p.id} and ${users.emailVerifiedAt} is not null`,
}));

// Taking everything along. Of other people, no more than who they are; of whom I do not see, not their name.

type Me = { me: number };
type Item<Section extends keyof Export> = Export[Section] extends (infer One)[] ? One : Export[Section];

export const account = jsonStatement<Me, Item<"account">>(
  (p) =>
    sql`select ${jsonObject<Item<"account">>({
      id: sql`${users.id}`,
      username: sql`${users.username}`,
      email: sql`${users.email}`,
      email_verified_at: sql`${users.emailVerifiedAt}`,
      has_password: jsonBoolean(sql`${users.passwordHash} <> ${NO_PASSWORD}`),
      first_name: sql`${users.firstName}`,
      last_name: sql`${users.lastName}`,
      birth_date: sql`${users.birthDate}`,
      stated_age: sql`${users.statedAge}`,
      phone_number: sql`${users.phoneNumber}`,
      profession: sql`${users.profession}`,
      bio: sql`${users.bio}`,
      status_line: sql`${users.statusLine}`,
      visibility: sql`${users.visibility}`,
      field_visibility: sql`json(${users.fieldVisibility})`,
      data_sharing: jsonBoolean(sql`${users.dataSharing}`),
      role: sql`${users.role}`,
      status: sql`${users.status}`,
      last_online: sql`${users.lastOnline}`,
      suspended_at: sql`${users.suspendedAt}`,
      created_at: sql`${users.createdAt}`,
    })} as body from ${users} where ${users.id} = ${p.me}`,
);

export const myPreferences = jsonStatement<Me, Item<"preferences">>(
  (p) =>
    sql`select ${jsonObject<Item<"preferences">>({ ...settingsFields, digested_at: sql`${preferences.digestedAt}` })} as body
      ${fromPreferences} where ${users.id} = ${p.me}`,
);

export const mySessions = jsonStatement<Me, Item<"sessions">>(
  (p) =>
    sql`select ${jsonObject<Item<"sessions">>({
      id: sql`${sessions.id}`,
      created_at: sql`${sessions.createdAt}`,
      last_used_at: sql`${sessions.lastUsedAt}`,
      expires_at: sql`${sessions.expiresAt}`,
      ended_at: sql`${sessions.revokedAt}`,
      user_agent: sql`${sessions.userAgent}`,
      country: sql`${sessions.country}`,
    })} as body from ${sessions} where ${sessions.userId} = ${p.me} order by ${sessions.id}`,
);

export const myIdentities = jsonStatement<Me, Item<"identities">>(
  (p) =>
    sql`select ${jsonObject<Item<"identities">>({
      provider: sql`${identities.provider}`,
      subject: sql`${identities.subject}`,
      email: sql`${identities.email}`,
      created_at: sql`${identities.createdAt}`,
      last_used_at: sql`${identities.lastUsedAt}`,
    })} as body from ${identities} where ${identities.userId} = ${p.me} order by ${identities.id}`,
);

export const myLinks = jsonStatement<Me, Item<"email_links">>(
  (p) =>
    sql`select ${jsonObject<Item<"email_links">>({
      purpose: sql`${emailLinks.purpose}`,
      email: sql`${emailLinks.email}`,
      created_at: sql`${emailLinks.createdAt}`,
      expires_at: sql`${emailLinks.expiresAt}`,
    })} as body from ${emailLinks} where ${emailLinks.userId} = ${p.me} order by ${emailLinks.id}`,
);

export const myMails = jsonStatement<Me, Item<"mails">>(
  (p) =>
    sql`select ${jsonObject<Item<"mails">>({
      template: sql`${outbox.template}`,
      address: sql`${outbox.address}`,
      created_at: sql`${outbox.createdAt}`,
      sent_at: sql`${outbox.sentAt}`,
    })} as body from ${outbox} where ${outbox.userId} = ${p.me} order by ${outbox.id}`,
);

export const myFriends = jsonStatement<Me, Item<"friends">>(
  (p) =>
    sql`select ${jsonObject<Item<"friends">>({
      user: whoTo(p.me, friendships.friendId),
      since: sql`${friendships.createdAt}`,
    })} as body from ${friendships} where ${friendships.userId} = ${p.me} order by ${friendships.friendId}`,
);

export const myGroups = jsonStatement<Me, Item<"groups">>((p) => {
  type Member = Item<"groups">["members"][number];
  const member = jsonObject<Member>({ user: whoTo(p.me, groupMembers.memberId), added_at: sql`${groupMembers.addedAt}` });
  return sql`select ${jsonObject<Item<"groups">>({
    id: sql`${friendGroups.id}`,
    name: sql`${friendGroups.name}`,
    created_at: sql`${friendGroups.createdAt}`,
    members: sql`(select json_group_array(${member}) from ${groupMembers} where ${groupMembers.groupId} = ${friendGroups.id})`,
  })} as body from ${friendGroups} where ${friendGroups.ownerId} = ${p.me} order by ${friendGroups.id}`;
});

export const myBlocks = jsonStatement<Me, Item<"blocks">>(
  (p) =>
    sql`select ${jsonObject<Item<"blocks">>({
      user: whoTo(p.me, blocks.blockedId),
      since: sql`${blocks.createdAt}`,
    })} as body from ${blocks} where ${blocks.userId} = ${p.me} order by ${blocks.blockedId}`,
);

export const myChosen = jsonStatement<Me, Item<"chosen">>(
  (
    p,
  ) => sql`select ${jsonObject<Item<"chosen">>({ subject: audiencePeople.subject, user: whoTo(p.me, audiencePeople.personId), group: sql`null` })} as body
      from ${audiencePeople} where ${audiencePeople.ownerId} = ${p.me}
    union all select ${jsonObject<Item<"chosen">>({ subject: audienceGroups.subject, user: sql`null`, group: audienceGroups.groupId })}
      from ${audienceGroups} where ${audienceGroups.ownerId} = ${p.me}`,
);

/** Without those of whom has blocked me: theirs are gone when they are. */
export const myRequests = jsonStatement<Me, Item<"friend_requests">>(
  (p) => sql`select ${jsonObject<Item<"friend_requests">>({
    id: sql`${friendRequests.id}`,
    sender: whoTo(p.me, friendRequests.senderId),
    receiver: whoTo(p.me, friendRequests.receiverId),
    status: sql`${friendRequests.status}`,
    created_at: sql`${friendRequests.createdAt}`,
    answered_at: sql`${friendRequests.answeredAt}`,
  })} as body from ${friendRequests} where (${friendRequests.senderId} = ${p.me} or ${friendRequests.receiverId} = ${p.me})
      and not ${hasBlocked(sql`${friendRequests.senderId} + ${friendRequests.receiverId} - ${p.me}`, p.me)}
    order by ${friendRequests.id}`,
);

export const myNotifications = jsonStatement<Me, Item<"notifications">>(
  (p) =>
    sql`select ${jsonObject<Item<"notifications">>({
      id: sql`${notifications.id}`,
      type: sql`${notifications.type}`,
      text: sql`${notifications.text}`,
      sender: jsonUnless(sql`${notifications.senderId} is null`, whoTo(p.me, notifications.senderId)),
      friend_request: sql`${notifications.requestId}`,
      is_read: jsonBoolean(sql`${notifications.isRead}`),
      created_at: sql`${notifications.createdAt}`,
    })} as body from ${notifications} where ${notifications.recipientId} = ${p.me} order by ${notifications.id}`,
);

export const myEvents = jsonStatement<Me, Item<"events">>(
  (p) =>
    sql`select ${jsonObject<Item<"events">>({
      seq: sql`${events.seq}`,
      type: sql`${events.type}`,
      created_at: sql`${events.createdAt}`,
    })} as body from ${events} where ${events.userId} = ${p.me} order by ${events.seq}`,
);

export const myKeys = jsonStatement<Me, Item<"idempotency_keys">>(
  (p) =>
    sql`select ${jsonObject<Item<"idempotency_keys">>({
      key: sql`${idempotencyKeys.key}`,
      created_at: sql`${idempotencyKeys.createdAt}`,
    })} as body from ${idempotencyKeys} where ${idempotencyKeys.userId} = ${p.me} order by ${idempotencyKeys.createdAt}`,
);

/** What is hidden, too. */
export const myActivity = jsonStatement<Me, Item<"activity">>(
  (p) =>
    sql`select ${jsonObject<Item<"activity">>({
      id: sql`${activity.id}`,
      type: sql`${activity.type}`,
      details: sql`${activity.details}`,
      person: jsonUnless(sql`${activity.aboutId} is null`, whoTo(p.me, activity.aboutId)),
      created_at: sql`${activity.createdAt}`,
      user_agent: sql`${activity.userAgent}`,
      country: sql`${activity.country}`,
      hidden_at: sql`${activity.hiddenAt}`,
    })} as body from ${activity} where ${activity.userId} = ${p.me} order by ${activity.id}`,
);

/** What was done to me, and what I did to others; from which device only where it was mine. */
export const myFiles = jsonStatement<Me, Item<"files">>(
  (p) =>
    sql`select ${jsonObject<Item<"files">>({
      purpose: sql`${files.purpose}`,
      content_type: sql`${files.contentType}`,
      size: sql`${files.size}`,
      created_at: sql`${files.createdAt}`,
      doomed_at: sql`${files.doomedAt}`,
    })} as body from ${files} where ${files.userId} = ${p.me} order by ${files.createdAt}`,
);

export const myAudit = jsonStatement<Me, Item<"audit">>((p) => {
  const byMe = sql`${auditLog.actorId} is ${p.me}`;
  return sql`select ${jsonObject<Item<"audit">>({
    action: sql`${auditLog.action}`,
    by_me: jsonBoolean(byMe),
    target: whoTo(p.me, auditLog.targetId),
    details: sql`json(${auditLog.details})`,
    created_at: sql`${auditLog.createdAt}`,
    user_agent: sql`iif(${byMe}, ${auditLog.userAgent}, null)`,
    country: sql`iif(${byMe}, ${auditLog.country}, null)`,
  })} as body from ${auditLog} where ${auditLog.targetId} = ${p.me} or ${auditLog.actorId} = ${p.me} order by ${auditLog.id}`;
});
