import { AppError } from "../../lib/errors";
import { above, below, type Page, type PageQuery, page, slice } from "../../lib/pages";
import { read } from "../../read";
import { at, type MemberScope } from "../../scope";
import type { Blocked } from "../blocks/schemas";
import * as blocks from "../blocks/statements";
import { FIRST } from "../suggestions/service";
import { suggestedPeople } from "../suggestions/statements";
import type { UserListQuery } from "../users/schemas";
import { select } from "../users/selection";
import type { Acquaintance, Acquainted, Circle, Directory, Section } from "./schemas";
import * as rows from "./statements";

/** What is shown of people together, for pages: each in one round trip. */

const SUGGESTED = 6;
/** So many of somebody's friends are shown beside them. */
const BESIDE = 12;

const me = (scope: MemberScope) => ({ me: scope.caller.userId, ...at(scope) });
const byId = ({ id }: { id: number }) => id;

/** People by id, those of a search if there is one; and beside the first of all, whom one may know. */
export async function directory(scope: MemberScope, query: UserListQuery): Promise<Directory> {
  const part = slice(query);
  const slots = { ...me(scope), after: above(part), offset: part.offset, limit: part.size + 1 };
  const isFirst = !query.search?.trim() && part.after === null;
  const known = isFirst ? [suggestedPeople({ ...me(scope), ...FIRST, offset: 0, limit: SUGGESTED })] : [];
  const [found, suggestions = []] = await read(scope, select(query, slots).acquainted, ...known);
  return { people: page(found, part, byId, null), suggestions };
}

/**
 * Somebody, with the first of their friends and what they are to the caller. Whom the caller has blocked is no more than that.
 *
 * @throws AppError `not_found` for whom there is not, or whom the caller does not see
 */
export async function one(scope: MemberScope, id: number): Promise<Acquainted | { blocked: Blocked }> {
  const part = slice({ limit: BESIDE });
  const slots = { ...me(scope), other: id, id, of: id, after: above(part), offset: 0, limit: BESIDE + 1 };
  const [[person], [blocked], theirs, groups] = await read(
    scope,
    rows.acquaintance(slots),
    blocks.one(slots),
    rows.friendsOf(slots),
    rows.groupsFor(slots),
  );
  if (person) return { person, friends: page(theirs, part, byId, null), groups };
  if (blocked) return { blocked };
  throw new AppError("not_found");
}

/**
 * Somebody's friends, by id.
 *
 * @throws AppError `not_found` as above
 */
export async function friendsOf(
  scope: MemberScope,
  id: number,
  query: PageQuery,
): Promise<{ person: Acquaintance; friends: Page<Acquaintance> }> {
  const part = slice(query);
  const slots = { ...me(scope), id, of: id, after: above(part), offset: part.offset, limit: part.size + 1 };
  const [[person], found] = await read(scope, rows.acquaintance(slots), rows.friendsOf(slots));
  if (!person) throw new AppError("not_found");
  return { person, friends: page(found, part, byId, null) };
}

/** The caller's friends, requests and blocks; `only` one of them to go on in it, and of the others then nothing. */
export async function circle(scope: MemberScope, query: PageQuery, only?: Section): Promise<Circle> {
  const part = slice(query);
  const slots = (section: Section, after: number) => {
    const limit = only === undefined || only === section ? part.size + 1 : 0;
    return { ...me(scope), of: scope.caller.userId, after, offset: part.offset, limit };
  };
  const [mine, incoming, outgoing, blocked] = await read(
    scope,
    rows.myFriends(slots("friends", above(part))),
    rows.incoming(slots("incoming", below(part))),
    rows.outgoing(slots("outgoing", below(part))),
    blocks.mine(slots("blocked", above(part))),
  );
  return {
    friends: page(mine, part, byId, null),
    incoming: page(incoming, part, byId, null),
    outgoing: page(outgoing, part, byId, null),
    blocked: page(blocked, part, byId, null),
  };
}
