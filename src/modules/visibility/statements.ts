import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import { refuseIf } from "../../commit";
import { jsonObject } from "../../db/json";
import { friendGroups } from "../../db/schema/friends";
import { users } from "../../db/schema/users";
import { audienceGroups, audiencePeople } from "../../db/schema/visibility";
import { columns, jsonStatement, statement } from "../../db/statement";
import { FIELDS, type Field, type Subject } from "../../visibility/rule";
import { sees } from "../../visibility/sql";
import { namedJson } from "../users/json";
import type { Named } from "../users/schemas";
import type { Setting, Visibility } from "./schemas";

/** What is given, as JSON: `levels` of fields by name; `people` and `groups` as pairs of a subject and an id, in order, and for which subjects they are all. */
export type Change = {
  me: number;
  level: string | null;
  levels: string;
  peopleOf: string;
  people: string;
  groupsOf: string;
  groups: string;
};
type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

const person = alias(users, "chosen_person");

const quoted = (word: string) => sql.raw(`'${word}'`);
const levelOf = (subject: Subject) =>
  subject === "profile" ? sql`${users.visibility}` : sql`${users.fieldVisibility} ->> ${quoted(subject)}`;

const peopleOf = (subject: Subject, me: SQLWrapper) => sql`(select json_group_array(id) from (
    select ${audiencePeople.personId} as id from ${audiencePeople} join ${users} as ${person} on ${person.id} = ${audiencePeople.personId}
    where ${audiencePeople.ownerId} = ${me} and ${audiencePeople.subject} = ${quoted(subject)} and ${sees(person, me)} order by 1))`;

const groupsOf = (subject: Subject, me: SQLWrapper) => sql`(select json_group_array(id) from (
    select ${audienceGroups.groupId} as id from ${audienceGroups}
    where ${audienceGroups.ownerId} = ${me} and ${audienceGroups.subject} = ${quoted(subject)} order by 1))`;

const setting = (subject: Subject, me: SQLWrapper): SQL<Setting> =>
  jsonObject<Setting>({ level: levelOf(subject), people: peopleOf(subject, me), groups: groupsOf(subject, me) });

export const settings = jsonStatement<{ me: number }, Visibility>((p) => {
  const fields = Object.fromEntries(FIELDS.map((field) => [field, setting(field, p.me)])) as Record<Field, SQL>;
  return sql`select ${jsonObject<Visibility>({
    profile: setting("profile", p.me),
    fields: jsonObject<Visibility["fields"]>(fields),
  })} as body from ${users} where ${users.id} = ${p.me}`;
});

/** Whom the caller has chosen for something, as far as they see them, by name. */
export const chosenFor = jsonStatement<{ me: number; subject: Subject; origin: string }, Named>(
  (p) => sql`select ${namedJson(users, p)} as body from ${audiencePeople} join ${users} on ${users.id} = ${audiencePeople.personId}
    where ${audiencePeople.ownerId} = ${p.me} and ${audiencePeople.subject} = ${p.subject} and ${sees(users, p.me)} order by ${users.usernameKey}`,
);

/** The place of the first choice that names nobody whom the caller sees, or no group of theirs. */
const firstUnknown = ({ me, choices }: Slots<{ me: number; choices: string }>) => {
  const id = sql.raw("choice.value ->> 1");
  return sql`(select min(choice.key) from json_each(${choices}) as choice where not case choice.value ->> 0
    when 'people' then ${id} <> ${me} and exists (select 1 from ${users} where ${users.id} = ${id} and ${sees(users, me)})
    else exists (select 1 from ${friendGroups} where ${friendGroups.id} = ${id} and ${friendGroups.ownerId} = ${me}) end)`;
};

/** `choices` is pairs of "people" or "groups" and an id; the refusal says which. */
export const refuseUnknown = statement<{ me: number; choices: string }>((p) =>
  refuseIf({ invalid: { when: sql`${firstUnknown(p)} is not null`, about: firstUnknown(p) } }),
);

/** A list of chosen ones as it is stored, and its part in a change. */
const PEOPLE = { table: audiencePeople, ...audiencePeople, id: audiencePeople.personId, given: "people", of: "peopleOf" } as const;
const GROUPS = { table: audienceGroups, ...audienceGroups, id: audienceGroups.groupId, given: "groups", of: "groupsOf" } as const;
type List = typeof PEOPLE | typeof GROUPS;

const given = (subjects: SQLWrapper, column: AnySQLiteColumn) => sql`${column} in (select value from json_each(${subjects}))`;

const stays = (p: Slots<Change>, { table, ownerId, subject, id, given: list, of }: List) =>
  sql`${p[list]} = (select json_group_array(json_array(subject, id)) from (select ${subject} as subject, ${id} as id from ${table}
    where ${ownerId} = ${p.me} and ${given(p[of], subject)} order by 1, 2))`;

/** Refuses a change that changes nothing, so that nobody is told of it. */
export const refuseUnchanged = statement<Change>((p) =>
  refuseIf({
    unchanged: sql`exists (select 1 from ${users} where ${users.id} = ${p.me} and ${users.visibility} = coalesce(${p.level}, ${users.visibility})
      and ${users.fieldVisibility} = json_patch(${users.fieldVisibility}, ${p.levels})) and ${stays(p, PEOPLE)} and ${stays(p, GROUPS)}`,
  }),
);

export const setLevels = statement<Change>(
  (p) => sql`update ${users} set ${columns(users.visibility)} = coalesce(${p.level}, ${users.visibility}),
    ${columns(users.fieldVisibility)} = json_patch(${users.fieldVisibility}, ${p.levels}) where ${users.id} = ${p.me}`,
);

const forget = ({ table, ownerId, subject, of }: List) =>
  statement<Change>((p) => sql`delete from ${table} where ${ownerId} = ${p.me} and ${given(p[of], subject)}`);
const choose = ({ table, ownerId, subject, id, given: list }: List) =>
  statement<Change>(
    (p) => sql`insert into ${table} (${columns(ownerId, subject, id)}) select ${p.me}, value ->> 0, value ->> 1 from json_each(${p[list]})`,
  );
export const forgetPeople = forget(PEOPLE);
export const choosePeople = choose(PEOPLE);
export const forgetGroups = forget(GROUPS);
export const chooseGroups = choose(GROUPS);

/** For the batch of a block: neither has chosen the other for anything any more. */
export const forgetEachOther = statement<{ me: number; other: number }>(
  (p) => sql`delete from ${audiencePeople} where (${audiencePeople.ownerId} = ${p.me} and ${audiencePeople.personId} = ${p.other})
    or (${audiencePeople.ownerId} = ${p.other} and ${audiencePeople.personId} = ${p.me})`,
);
