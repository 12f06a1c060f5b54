import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject, jsonUnless } from "../../db/json";
import { activity } from "../../db/schema/activity";
import { users } from "../../db/schema/users";
import { hasBlocked, sees } from "../../visibility/sql";
import type { Activity } from "./schemas";

export type StoredActivity = Omit<Activity, "device">;

/** To whom it was done, if `me` sees them; whom I have blocked, I see on the list of those too. */
export const withPerson = (me: SQLWrapper): SQL =>
  sql`left join ${users} on ${users.id} = ${activity.aboutId} and (${sees(users, me)} or ${hasBlocked(me, users.id)})`;

/** Needs `withPerson`. */
export const activityJson: SQL<StoredActivity> = jsonObject<StoredActivity>({
  id: sql`${activity.id}`,
  type: sql`${activity.type}`,
  details: sql`${activity.details}`,
  person: jsonUnless(
    sql`${users.id} is null`,
    jsonObject<NonNullable<Activity["person"]>>({ id: sql`${users.id}`, username: sql`${users.username}` }),
  ),
  created_at: sql`${activity.createdAt}`,
  user_agent: sql`${activity.userAgent}`,
  country: sql`${activity.country}`,
});
