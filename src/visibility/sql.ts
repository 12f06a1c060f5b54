import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import { blocks, friendships } from "../db/schema/friends";
import { audience } from "../db/schema/visibility";
import { FIELDS, type Field, type Subject } from "./rule";

/** The rule as SQL: at most five looks into indexes, and two for what is public. */

/** The table of people, or an alias of it. */
export type PersonColumns = Record<"id" | "visibility" | "fieldVisibility", AnySQLiteColumn>;

// Under names of their own: whoever asks may have the same tables in hand.
const known = alias(friendships, "known");
const barred = alias(blocks, "barred");
const chosen = alias(audience, "chosen");

export const areFriends = (one: SQLWrapper, other: SQLWrapper): SQL =>
  sql`exists (select 1 from ${friendships} as ${known} where ${known.userId} = ${one} and ${known.friendId} = ${other})`;

/** In either direction. */
export const areBlocked = (one: SQLWrapper, other: SQLWrapper): SQL => sql`(${hasBlocked(one, other)} or ${hasBlocked(other, one)})`;

export const hasBlocked = (one: SQLWrapper, other: SQLWrapper): SQL =>
  sql`exists (select 1 from ${blocks} as ${barred} where ${barred.userId} = ${one} and ${barred.blockedId} = ${other})`;

export const isChosen = (owner: SQLWrapper, subject: Subject, viewer: SQLWrapper): SQL =>
  sql`exists (select 1 from ${audience} as ${chosen} where ${chosen.ownerId} = ${owner} and ${chosen.subject} = ${sql.raw(`'${subject}'`)} and ${chosen.personId} = ${viewer})`;

const within = (level: SQLWrapper, person: PersonColumns, subject: Subject, viewer: SQLWrapper): SQL =>
  sql`case ${level} when 'public' then 1 when 'friends' then ${areFriends(person.id, viewer)}
    when 'specific' then ${isChosen(person.id, subject, viewer)} else 0 end`;

const seenByOthers = (person: PersonColumns, viewer: SQLWrapper): SQL =>
  sql`(${within(person.visibility, person, "profile", viewer)} and not ${areBlocked(person.id, viewer)})`;

/** `viewer` sees the person at all. */
export const sees = (person: PersonColumns, viewer: SQLWrapper): SQL => sql`(${person.id} = ${viewer} or ${seenByOthers(person, viewer)})`;

/** Who shares no data is come across by friends only: whom `viewer` sees may still be left out of a list that they did not have to know of. */
export const isComeAcross = (person: PersonColumns & Record<"dataSharing", AnySQLiteColumn>, viewer: SQLWrapper): SQL =>
  sql`(${person.dataSharing} = 1 or ${person.id} = ${viewer} or ${areFriends(person.id, viewer)})`;

/** `viewer` sees the person, and this of them. */
export const seesField = (person: PersonColumns, field: Field, viewer: SQLWrapper): SQL =>
  sql`(${person.id} = ${viewer} or (${seenByOthers(person, viewer)}
    and ${within(sql`${person.fieldVisibility} ->> ${sql.raw(`'${field}'`)}`, person, field, viewer)}))`;

/**
 * Several fields of one person at once. What `viewer` is to the person is worked out a single time, in a subquery: SQLite would do it anew
 * wherever it stands.
 */
export interface View {
  /** Goes into the FROM of a subquery, within which the others may be used. */
  from: SQLWrapper;
  shows: (field: Field) => SQL;
  /** Whether they are seen at all. */
  isSeen: SQL;
}

const everything = sql.raw(`'${JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, 1])))}'`);

/** `shown` is the levels of the fields, with 1 in place of each that reaches the viewer; behind them those that they were chosen for. */
const shown = ({ id, fieldVisibility: levels }: PersonColumns, viewer: SQLWrapper): SQL =>
  sql`replace(iif(instr(${levels}, '"friends"') and ${areFriends(id, viewer)}, replace(${levels}, '"friends"', 1), ${levels}), '"public"', 1)
    || iif(instr(${levels}, 'specific'), ${chosenFields(id, levels, viewer)}, '')`;

const chosenFields = (owner: SQLWrapper, levels: SQLWrapper, viewer: SQLWrapper): SQL =>
  sql`(select coalesce(group_concat('"' || ${chosen.subject} || '":1'), '') from ${audience} as ${chosen}
    where ${chosen.ownerId} = ${owner} and ${chosen.personId} = ${viewer} and instr(${levels}, '"' || ${chosen.subject} || '":"specific"'))`;

const view = (from: SQL): View => ({
  from: sql`(select ${from} as shown)`,
  shows: (field) => sql`instr(shown, ${sql.raw(`'"${field}":1'`)})`,
  isSeen: sql`shown <> ''`,
});

/** Of somebody whom `viewer` sees. */
export const viewOf = (person: PersonColumns, viewer: SQLWrapper): View =>
  view(sql`iif(${person.id} = ${viewer}, ${everything}, ${shown(person, viewer)})`);

/** Of somebody whom `viewer` may not see. */
export const viewIfSeen = (person: PersonColumns, viewer: SQLWrapper): View =>
  view(
    sql`case when ${person.id} = ${viewer} then ${everything} when ${seenByOthers(person, viewer)} then ${shown(person, viewer)} else '' end`,
  );

/** What a person sees of themselves: all. */
export const OWN_VIEW: Omit<View, "from"> = { shows: () => sql`1`, isSeen: sql`1` };
