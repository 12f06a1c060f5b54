import { z } from "@hono/zod-openapi";
import { boolean, choice, ifGiven, pathId, text } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { ROLES } from "../../lib/roles";
import { Role, Who } from "../users/schemas";

export const MAX_SEARCH = 254;
export const MAX_REASON = 500;

const time = z.iso.datetime();

/** A person as an admin sees them. */
export const Account = z
  .object({
    id: z.int(),
    username: z.string(),
    email: z.string(),
    email_verified_at: time.nullable(),
    first_name: z.string(),
    last_name: z.string(),
    role: Role,
    suspended_at: time.nullable().describe("Since when they are shut out."),
    created_at: time,
    last_online: time.nullable(),
    sessions: z.int().describe("Where they are logged in: live sessions."),
  })
  .meta({ id: "Account" });
export type Account = z.infer<typeof Account>;

export const AccountListQuery = PageQuery.extend({
  search: ifGiven(z.string().max(MAX_SEARCH)).describe("A part of the username, or how the e-mail address begins."),
  role: ifGiven(choice(ROLES)),
  suspended: ifGiven(boolean()),
});
export type AccountListQuery = z.infer<typeof AccountListQuery>;

export const AccountParams = z.object({ id: pathId() });

export const Suspension = z.object({ reason: text(MAX_REASON).describe("For the audit log.") }).meta({ id: "Suspension" });
export type Suspension = z.infer<typeof Suspension>;

export const RoleChange = z.object({ role: choice(ROLES) }).meta({ id: "RoleChange" });
export type RoleChange = z.infer<typeof RoleChange>;

export const AuditEntry = z
  .object({
    id: z.int(),
    action: z.string().describe("suspend, restore, set_role, end_sessions."),
    actor: z.union([Who, z.null()]).describe("Null: at the machine, with `npm run role`."),
    target: Who,
    details: z.record(z.string(), z.unknown()),
    created_at: time,
    user_agent: z.string(),
    country: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

const person = ifGiven(z.coerce.number().int().positive());
export const AuditQuery = PageQuery.extend({
  target: person.describe("The id of the person it was done to."),
  actor: person.describe("The id of the person who did it."),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
