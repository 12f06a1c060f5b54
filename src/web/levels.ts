import type { Level, Subject } from "../visibility/rule";

/** What the levels of visibility are called, and what they mean. */

export const LEVEL_NAMES = [
  ["public", "Everybody"],
  ["friends", "Friends"],
  ["specific", "People I choose"],
  ["private", "Nobody"],
] as const satisfies readonly (readonly [Level, string])[];

/** Of the whole profile. */
const MEANING: Record<Level, string> = {
  public: "Everybody who is logged in finds me and sees me.",
  friends: "Only my friends see me. To anybody else I am not there, but I can ask them to be friends.",
  specific: "Only the people and groups that I choose see me. To anybody else I am not there, friends or not.",
  private: "Nobody sees me, my friends neither: to all of them I am not there.",
};
/** Of one thing about somebody, among those who see the profile. */
const MEANING_OF_ONE: Record<Level, string> = {
  public: "Everybody who sees my profile.",
  friends: "My friends.",
  specific: "Only the people and groups that I choose, friends or not.",
  private: "Nobody but me, my friends neither.",
};

const explained = (meaning: Record<Level, string>) => LEVEL_NAMES.map(([level, name]) => [level, name, meaning[level]] as const);
export const PROFILE_LEVELS = explained(MEANING);
export const FIELD_LEVELS = explained(MEANING_OF_ONE);

export const SUBJECT_NAMES: Record<Subject, string> = {
  profile: "Profile",
  name: "Name",
  email: "E-mail address",
  phone_number: "Phone number",
  birth_date: "Birth date and age",
  profession: "Profession",
  bio: "What I say about me",
  presence: "Whether I am online, and how I am",
  friend_list: "My friends",
};
