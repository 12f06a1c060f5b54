import { FIELDS, type Field, type Level, type Subject } from "../../src/visibility/rule";
import { query } from "./hub";
import type { Person } from "./people";

/** What tests do to who sees whom, straight in D1: the rule is tested apart from the routes that set it. */

type Someone = { readonly id: number };

const NOW = "2026-01-01T00:00:00.000Z";

export async function setLevel(owner: Someone, level: Level): Promise<void> {
  await query("update users set visibility = ? where id = ?", level, owner.id);
  await query("delete from user_search where rowid = ?", owner.id);
  await query(
    "insert into user_search (rowid, username_key) select id, username_key from users where id = ? and visibility = 'public'",
    owner.id,
  );
}

export async function setFieldLevels(owner: Someone, levels: Partial<Record<Field, Level>>): Promise<void> {
  for (const field of FIELDS)
    if (levels[field])
      await query(`update users set field_visibility = json_set(field_visibility, '$.${field}', ?) where id = ?`, levels[field], owner.id);
}

export async function choose(owner: Someone, subject: Subject, person: Someone): Promise<void> {
  await query("insert into audience_people (owner_id, subject, person_id) values (?, ?, ?)", owner.id, subject, person.id);
}

/** A group of the owner's with these friends in it, chosen for `subjects`. */
export async function chooseGroup(owner: Someone, subjects: readonly Subject[], members: readonly Someone[]): Promise<number> {
  const [group] = (await query<{ id: number }>(
    "insert into friend_groups (owner_id, name, name_key, created_at) values (?1, 'g' || (select count(*) from friend_groups), 'g' || (select count(*) from friend_groups), ?2) returning id",
    owner.id,
    NOW,
  )) as [{ id: number }];
  for (const { id } of members)
    await query("insert into group_members (group_id, owner_id, member_id, added_at) values (?, ?, ?, ?)", group.id, owner.id, id, NOW);
  for (const subject of subjects)
    await query("insert into audience_groups (owner_id, subject, group_id) values (?, ?, ?)", owner.id, subject, group.id);
  return group.id;
}

/** All that a profile can say. */
export const FULL_PROFILE = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  phone_number: "+4915112345678",
  profession: "Engineer",
  bio: "first of her kind",
  status_line: "at the engine",
};

export async function fillProfile({ id }: Person): Promise<void> {
  const { first_name, last_name, birth_date, phone_number, profession, bio, status_line } = FULL_PROFILE;
  await query(
    "update users set first_name = ?, last_name = ?, birth_date = ?, phone_number = ?, profession = ?, bio = ?, status_line = ? where id = ?",
    ...[first_name, last_name, birth_date, phone_number, profession, bio, status_line, id],
  );
}
