import { z } from "@hono/zod-openapi";
import { secret } from "../../lib/fields";
import { ActivityType } from "../activity/schemas";
import { FriendRequest } from "../friends/schemas";
import { NotificationType } from "../notifications/schemas";
import { NotificationSettings, ThemeSettings } from "../preferences/schemas";
import { Level, Role, Status, Who } from "../users/schemas";

export const Leaving = z
  .object({
    password: secret().optional().describe("May be left out within ten minutes of logging in."),
  })
  .meta({ id: "Leaving" });
export type Leaving = z.infer<typeof Leaving>;

const time = z.iso.datetime();

/** All that is stored about a person, but for secrets and for what others let them see. */
export const Export = z
  .object({
    exported_at: time,
    account: z.object({
      id: z.int(),
      username: z.string(),
      email: z.string(),
      email_verified_at: time.nullable(),
      has_password: z.boolean(),
      first_name: z.string(),
      last_name: z.string(),
      birth_date: z.string().nullable(),
      stated_age: z.int().nullable(),
      phone_number: z.string().nullable(),
      profession: z.string().nullable(),
      bio: z.string().nullable(),
      status_line: z.string().nullable(),
      visibility: Level,
      field_visibility: z.record(z.string(), Level),
      data_sharing: z.boolean(),
      role: Role,
      status: Status,
      last_online: time.nullable(),
      suspended_at: time.nullable(),
      created_at: time,
    }),
    preferences: z
      .object({
        ...NotificationSettings.omit({ id: true, user: true }).shape,
        ...ThemeSettings.omit({ id: true, user: true }).shape,
        digested_at: time.nullable().describe("When there last was a digest."),
      })
      .describe("Of the account's other settings."),
    sessions: z.array(
      z.object({
        id: z.int(),
        created_at: time,
        last_used_at: time,
        expires_at: time,
        ended_at: time.nullable(),
        user_agent: z.string(),
        country: z.string().nullable(),
      }),
    ),
    identities: z.array(
      z.object({ provider: z.string(), subject: z.string(), email: z.string().nullable(), created_at: time, last_used_at: time }),
    ),
    email_links: z.array(z.object({ purpose: z.string(), email: z.string(), created_at: time, expires_at: time })),
    mails: z.array(z.object({ template: z.string(), address: z.string(), created_at: time, sent_at: time.nullable() })),
    friends: z.array(z.object({ user: Who, since: time })),
    groups: z
      .array(z.object({ id: z.int(), name: z.string(), created_at: time, members: z.array(z.object({ user: Who, added_at: time })) }))
      .describe("Groups of friends."),
    blocks: z.array(z.object({ user: Who, since: time })).describe("Whom I have blocked."),
    chosen: z
      .array(z.object({ subject: z.string(), user: Who.nullable(), group: z.int().nullable() }))
      .describe("People and groups whom I have chosen to see something of me."),
    friend_requests: z.array(
      z.object({
        id: z.int(),
        sender: Who,
        receiver: Who,
        status: FriendRequest.shape.status,
        created_at: time,
        answered_at: time.nullable(),
      }),
    ),
    notifications: z.array(
      z.object({
        id: z.int(),
        type: NotificationType,
        text: z.string(),
        sender: z.union([Who, z.null()]),
        friend_request: z.int().nullable(),
        is_read: z.boolean(),
        created_at: time,
      }),
    ),
    events: z
      .array(z.object({ seq: z.int(), type: z.string(), created_at: time }))
      .describe("What the sockets were told; what it was is in the other lists."),
    idempotency_keys: z.array(z.object({ key: z.string(), created_at: time })),
    activity: z.array(
      z.object({
        id: z.int(),
        type: ActivityType,
        details: z.string(),
        person: z.union([Who, z.null()]),
        created_at: time,
        user_agent: z.string(),
        country: z.string().nullable(),
        hidden_at: time.nullable(),
      }),
    ),
    files: z.array(
      z.object({
        purpose: z.string(),
        content_type: z.string(),
        size: z.int().describe("In bytes."),
        created_at: time,
        doomed_at: time.nullable().describe("Since when it is of no use. It is removed within a day or so."),
      }),
    ),
    audit: z.array(
      z.object({
        action: z.string(),
        by_me: z.boolean().describe("I did it. Otherwise it was done to me."),
        target: Who,
        details: z.record(z.string(), z.unknown()),
        created_at: time,
        user_agent: z.string().nullable().describe("Mine; null if it was not I."),
        country: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Export" });
export type Export = z.infer<typeof Export>;
