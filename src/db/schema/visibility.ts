import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, sqliteView, text } from "drizzle-orm/sqlite-core";
import { friendGroups } from "./friends";
import { users } from "./users";

/** Whom a person has chosen, one by one, to see what they set to "specific": `subject` is "profile" or a field of it. */
export const audiencePeople = sqliteTable(
  "audience_people",
  {
    ownerId: integer("owner_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    subject: text("subject").notNull(),
    personId: integer("person_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.personId, t.subject] }),
    index("audience_people_by_person").on(t.personId, t.subject, t.ownerId),
  ],
);

/** Their groups that they have chosen so. */
export const audienceGroups = sqliteTable(
  "audience_groups",
  {
    ownerId: integer("owner_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    subject: text("subject").notNull(),
    groupId: integer("group_id")
      .notNull()
      .references(() => friendGroups.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.subject, t.groupId] }), index("audience_groups_by_group").on(t.groupId, t.subject)],
);

/** Who is chosen for what, by name or as a member of a group. */
export const audience = sqliteView("audience", {
  ownerId: integer("owner_id").notNull(),
  subject: text("subject").notNull(),
  personId: integer("person_id").notNull(),
}).as(sql`select "owner_id", "subject", "person_id" from "audience_people"
  union all select "audience_groups"."owner_id", "audience_groups"."subject", "group_members"."member_id"
  from "audience_groups" join "group_members" on "group_members"."group_id" = "audience_groups"."group_id"`);
