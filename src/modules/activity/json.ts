import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonObject, jsonUnless } from "../../db/json";
import { activity } from "../../db/schema/activity";
import { users } from "../../db/schema/users";
import { isKnownTo } from "../users/json";
import type { Activity } from "./schemas";

export type StoredActivity = Omit<Activity, "device">;

/** To whom it was done, if `me` may know them. */
export const withPerson = (me: SQLWrapper): SQL => sql`left join ${users} on ${users.id} = ${activity.aboutId} and ${isKnownTo(users, me)}`;

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
