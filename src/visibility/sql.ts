import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import { blocks, friendships } from "../db/schema/friends";
import { audience } from "../db/schema/visibility";
import { type Field, LEVEL_COLUMNS, type LevelColumn, type Subject } from "./rule";

/** The rule as conditions of SQL. Each is at most three looks into an index, and none for what is public. */

/** The table of people, or an alias of it. */
export type PersonColumns = Record<"id" | LevelColumn, AnySQLiteColumn>;

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

const within = (person: PersonColumns, subject: Subject, viewer: SQLWrapper): SQL =>
  sql`case ${person[LEVEL_COLUMNS[subject]]} when 'public' then 1 when 'friends' then ${areFriends(person.id, viewer)}
    when 'specific' then ${isChosen(person.id, subject, viewer)} else 0 end`;

/** `viewer` sees the person at all. */
export const sees = (person: PersonColumns, viewer: SQLWrapper): SQL =>
  sql`(${person.id} = ${viewer} or (${within(person, "profile", viewer)} and not ${areBlocked(person.id, viewer)}))`;

/** Of a person whom `viewer` sees: they see this, too. */
export const showsField = (person: PersonColumns, field: Field, viewer: SQLWrapper): SQL =>
  sql`(${person.id} = ${viewer} or ${within(person, field, viewer)})`;

/** `viewer` sees the person, and this of them. */
export const seesField = (person: PersonColumns, field: Field, viewer: SQLWrapper): SQL =>
  sql`(${sees(person, viewer)} and ${showsField(person, field, viewer)})`;
