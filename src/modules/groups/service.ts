import { commit, UniqueViolation } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError, ValidationError } from "../../lib/errors";
import { above, type Page, type PageQuery, page, slice } from "../../lib/pages";
import { read } from "../../read";
import { seenByFriends, watching } from "../../realtime/sightings";
import { at, type MemberScope } from "../../scope";
import { did, stamp } from "../activity/statements";
import { friendsByName, MOST_OFFERED } from "../friends/statements";
import type { Named, User } from "../users/schemas";
import type { Group } from "./schemas";
import * as rows from "./statements";

const me = (scope: MemberScope) => ({ me: scope.caller.userId, now: scope.now.toISOString() });
const keyOf = (name: string) => name.normalize("NFKC").toLowerCase();

/** The caller's groups, by id. */
export async function list(scope: MemberScope, query: PageQuery): Promise<Page<Group>> {
  const part = slice(query);
  const slots = { ...me(scope), after: above(part), offset: part.offset, limit: part.size + 1 };
  const [groups, totals] = await read(scope, rows.mine(slots), ...(part.numbered ? [rows.countMine(slots)] : []));
  return page(groups, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** @throws AppError `not_found` for whose else it is, as for none */
export async function detail(scope: MemberScope, id: number): Promise<Group> {
  const [[group]] = await read(scope, rows.one({ ...me(scope), id }));
  if (!group) throw new AppError("not_found");
  return group;
}

/** Who is in a group of the caller's, by id. */
export async function members(scope: MemberScope, id: number, query: PageQuery): Promise<Page<User>> {
  const part = slice(query);
  const slots = { me: scope.caller.userId, id, ...at(scope), after: above(part), offset: part.offset, limit: part.size + 1 };
  const counting = part.numbered ? [rows.countMembers(slots)] : [];
  const [found, groups, totals] = await read(scope, rows.membersOf(slots), rows.one(slots), ...counting);
  if (groups.length === 0) throw new AppError("not_found");
  return page(found, part, (user) => user.id, totals?.[0]?.total ?? null);
}

/** A group of the caller's, who is in it, and which friends are not. */
export interface Room {
  group: Group;
  members: User[];
  others: Named[];
  /** There are more friends than are offered. */
  more: boolean;
}

/** @throws AppError `not_found` */
export async function room(scope: MemberScope, id: number): Promise<Room> {
  const slots = { me: scope.caller.userId, id, ...at(scope) };
  const [[group], members, friends] = await read(
    scope,
    rows.one(slots),
    rows.membersOf({ ...slots, after: 0, offset: 0, limit: rows.MAX_MEMBERS }),
    friendsByName(slots),
  );
  if (!group) throw new AppError("not_found");
  const within = new Set(group.members);
  return { group, members, others: friends.filter((friend) => !within.has(friend.id)), more: friends.length === MOST_OFFERED };
}

/** All of the caller's. */
export async function all(scope: MemberScope): Promise<Group[]> {
  const [groups] = await read(scope, rows.allMine(me(scope)));
  return groups;
}

/** @throws AppError `too_many_groups`; ValidationError for a name that another group of the caller's has */
export function create(scope: MemberScope, name: string): Promise<Group> {
  const slots = { ...me(scope), name, key: keyOf(name) };
  return named(
    commit(
      scope,
      [rows.refuseOneMore(slots), rows.insert(slots), did(scope, "group_change", { details: "Made a group of friends" })],
      rows.byKey(slots),
    ),
  );
}

/** @throws AppError `not_found`; ValidationError for a name that another group of the caller's has */
export function rename(scope: MemberScope, id: number, name: string): Promise<Group> {
  const slots = { ...me(scope), id, name, key: keyOf(name) };
  const steps = [
    rows.refuseUnlessMine(slots),
    rows.refuseSameName(slots),
    rows.setName(slots),
    did(scope, "group_change", { details: "Renamed a group of friends" }),
  ];
  return named(unlessUnchanged(commit(scope, steps, rows.one(slots)), () => detail(scope, id).then((group) => [group])));
}

/** @throws AppError `not_found` */
export async function remove(scope: MemberScope, id: number): Promise<void> {
  const { me: userId, now } = me(scope);
  const slots = { me: userId, id };
  const steps = [rows.refuseUnlessMine(slots), rows.remove(slots), did(scope, "group_change", { details: "Deleted a group of friends" })];
  await commit(scope, watching(seenByFriends({ userId, now }), steps));
}

/**
 * Puts a friend into a group; whoever is in it already stays.
 *
 * @throws AppError `not_found`, `not_friends` also for a friend who hides from the caller, `group_full`
 */
export async function add(scope: MemberScope, id: number, other: number): Promise<Group> {
  const slots = { ...me(scope), id, other };
  const steps = [rows.refuseUnlessMine(slots), rows.refuseToAdd(slots), rows.insertMember(slots)];
  const noted = did(scope, "group_change", { about: other, details: "Put somebody into a group of friends" });
  return single(
    unlessUnchanged(commit(scope, around(slots, [...steps, noted]), rows.one(slots)), () => detail(scope, id).then((group) => [group])),
  );
}

/**
 * Takes somebody out of a group; done as well if they are not in it.
 *
 * @throws AppError `not_found` if it is no group of the caller's
 */
export async function drop(scope: MemberScope, id: number, other: number): Promise<void> {
  const slots = { ...me(scope), id, other };
  const noted = rows.noteDropped({ ...slots, ...stamp(scope) });
  const steps = [rows.refuseUnlessMine(slots), rows.refuseToDrop(slots), rows.removeMember(slots), noted];
  await unlessUnchanged(commit(scope, around(slots, steps)), async () => []);
}

/**
 * Puts a friend into some groups and takes them out of others, at once; what is so already stays.
 *
 * @throws AppError `not_found` if one of them is no group of the caller's; `not_friends`, `group_full` as above
 */
export async function place(scope: MemberScope, other: number, groups: { into: number[]; outOf: number[] }): Promise<void> {
  const slots = { ...me(scope), other, into: JSON.stringify(groups.into), outOf: JSON.stringify(groups.outOf) };
  const noted = did(scope, "group_change", { about: other, details: "Changed which groups somebody is in" });
  const steps = [rows.refuseToPlace(slots), rows.insertInto(slots), rows.removeFrom(slots), noted];
  await unlessUnchanged(commit(scope, around(slots, steps)), async () => []);
}

/** One comes or goes, and may see more or less of the caller than before. */
const around = (pair: { me: number; other: number; now: string }, steps: Query[]): Query[] => watching(rows.eachOther(pair), steps);

async function unlessUnchanged<Result>(work: Promise<Result>, otherwise: () => Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === "unchanged") return otherwise();
    throw error;
  }
}

const single = async (groups: Promise<Group[]>): Promise<Group> => (await groups)[0]!;

async function named(groups: Promise<Group[]>): Promise<Group> {
  try {
    return await single(groups);
  } catch (error) {
    if (error instanceof UniqueViolation) throw new ValidationError({ name: ["friend group with this name already exists."] });
    throw error;
  }
}
