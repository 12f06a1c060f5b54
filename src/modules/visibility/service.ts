import { commit, Refusal } from "../../commit";
import { AppError, ValidationError } from "../../lib/errors";
import { read } from "../../read";
import { seenByFriends, watching } from "../../realtime/sightings";
import { at, type MemberScope } from "../../scope";
import type { Subject } from "../../visibility/rule";
import { did } from "../activity/statements";
import { renewAddressOfPublic } from "../avatars/statements";
import { friendsByName, MOST_OFFERED } from "../friends/statements";
import type { Group } from "../groups/schemas";
import { allMine } from "../groups/statements";
import { visibilityUpdate } from "../preferences/statements";
import { indexAgain } from "../users/name-index";
import type { Named } from "../users/schemas";
import type { Setting, SettingChange, Visibility, VisibilityChange } from "./schemas";
import * as rows from "./statements";

/** Somebody or some group whom a change names, and for what. */
interface Choice {
  subject: Subject;
  list: "people" | "groups";
  id: number;
}

export async function own(scope: MemberScope): Promise<Visibility> {
  const [[settings]] = await read(scope, rows.settings({ me: scope.caller.userId }));
  return settings!;
}

/** One setting of the caller's, and among whom they choose for it. */
export interface Audience {
  setting: Setting;
  /** Those who are chosen first. */
  people: Named[];
  /** There are more friends than are offered. */
  more: boolean;
  groups: Group[];
}

export async function audience(scope: MemberScope, subject: Subject): Promise<Audience> {
  const me = { me: scope.caller.userId };
  const [[settings], chosen, friends, groups] = await read(
    scope,
    rows.settings(me),
    rows.chosenFor({ ...me, subject, ...at(scope) }),
    friendsByName({ ...me, ...at(scope) }),
    allMine(me),
  );
  const known = new Set(chosen.map(({ id }) => id));
  const people = [...chosen, ...friends.filter(({ id }) => !known.has(id))];
  return {
    setting: subject === "profile" ? settings!.profile : settings!.fields[subject],
    people,
    more: friends.length === MOST_OFFERED,
    groups,
  };
}

/**
 * Changes who sees the caller, and what of them.
 *
 * @throws ValidationError for whom the caller does not see or is, and for groups that are not theirs: as for what is not there
 */
export async function change(scope: MemberScope, { profile, fields }: VisibilityChange): Promise<Visibility> {
  const changes = Object.entries({ profile, ...fields }).filter((entry): entry is [Subject, SettingChange] => entry[1] !== undefined);
  const choices = [...chosenIn(changes, "people"), ...chosenIn(changes, "groups")];
  const me = { me: scope.caller.userId };
  const values = {
    ...me,
    level: profile?.level ?? null,
    levels: JSON.stringify(
      Object.fromEntries(changes.filter(([subject]) => subject !== "profile").map(([name, { level }]) => [name, level])),
    ),
    ...listsOf(changes, choices),
  };
  const steps = [
    rows.refuseUnknown({ ...me, choices: JSON.stringify(choices.map(({ list, id }) => [list, id])) }),
    rows.refuseUnchanged(values),
    ...(profile?.level
      ? [renewAddressOfPublic({ id: me.me, level: profile.level }), visibilityUpdate({ ...me, ...at(scope), visibility: profile.level })]
      : []),
    rows.setLevels(values),
    ...(profile?.level ? indexAgain(scope.caller.userId) : []),
    rows.forgetPeople(values),
    rows.choosePeople(values),
    rows.forgetGroups(values),
    rows.chooseGroups(values),
    did(scope, "privacy_change"),
  ];
  try {
    const seen = seenByFriends({ userId: me.me, now: scope.now.toISOString() });
    const [settings] = await commit(scope, watching(seen, steps), rows.settings(me));
    return settings!;
  } catch (error) {
    if (error instanceof AppError && error.code === "unchanged") return own(scope);
    if (error instanceof Refusal && error.code === "invalid") throw notThere(choices[error.about]!);
    throw error;
  }
}

const chosenIn = (changes: [Subject, SettingChange][], list: Choice["list"]): Choice[] =>
  changes.flatMap(([subject, setting]) => (setting[list] ?? []).map((id) => ({ subject, list, id })));

/** The lists that are given, in an order that can be compared with what is stored. */
function listsOf(changes: [Subject, SettingChange][], choices: Choice[]): Pick<rows.Change, "peopleOf" | "people" | "groupsOf" | "groups"> {
  const subjects = (list: Choice["list"]) => JSON.stringify(changes.filter(([, setting]) => setting[list]).map(([subject]) => subject));
  const pairs = (list: Choice["list"]) =>
    JSON.stringify(
      choices
        .filter((choice) => choice.list === list)
        .sort((a, b) => (a.subject === b.subject ? a.id - b.id : a.subject < b.subject ? -1 : 1))
        .map(({ subject, id }) => [subject, id]),
    );
  return { peopleOf: subjects("people"), people: pairs("people"), groupsOf: subjects("groups"), groups: pairs("groups") };
}

/** In DRF's words for a key that names nothing. */
const notThere = ({ subject, list, id }: Choice) =>
  new ValidationError({
    [`${subject === "profile" ? subject : `fields.${subject}`}.${list}`]: [`Invalid pk "${id}" - object does not exist.`],
  });
