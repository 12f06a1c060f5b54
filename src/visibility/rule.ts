/** Who may see what of whom: the rule in TypeScript. `sql.ts` says the same to the database, and a property test that the two agree. */

export const LEVELS = ["public", "friends", "private", "specific"] as const;
export type Level = (typeof LEVELS)[number];

/** What of a person has a level of its own, under that of the whole profile. */
export const FIELDS = ["name", "email", "phone_number", "birth_date", "profession", "bio", "presence", "friend_list"] as const;
export type Field = (typeof FIELDS)[number];

/** What an audience may be chosen for. */
export const SUBJECTS = ["profile", ...FIELDS] as const;
export type Subject = (typeof SUBJECTS)[number];

export type Levels = Record<Subject, Level>;

/** What somebody is to the person whom they look at. */
export interface Relation {
  self: boolean;
  /** One of the two has blocked the other. */
  blocked: boolean;
  friend: boolean;
  /** What they were chosen for, by name or as a member of a group. */
  chosenFor: ReadonlySet<Subject>;
}

/** Who is neither logged in nor known. */
export const ANYBODY: Relation = { self: false, blocked: false, friend: false, chosenFor: new Set() };

function within(level: Level, subject: Subject, { friend, chosenFor }: Relation): boolean {
  if (level === "public") return true;
  if (level === "friends") return friend;
  return level === "specific" && chosenFor.has(subject);
}

/** Whether they see the person at all. Whom one does not see is, for all that one is told, not there. */
export const sees = (levels: Pick<Levels, "profile">, relation: Relation): boolean =>
  relation.self || (within(levels.profile, "profile", relation) && !relation.blocked);

/** Whether they see this of the person. */
export const seesField = (levels: Levels, field: Field, relation: Relation): boolean =>
  sees(levels, relation) && (relation.self || within(levels[field], field, relation));
