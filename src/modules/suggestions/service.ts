import { type Page, type PageQuery, page, slice } from "../../lib/pages";
import { read } from "../../read";
import { at, type MemberScope } from "../../scope";
import type { Suggestion } from "./schemas";
import * as rows from "./statements";

/** A place in the list is two numbers, one behind the other; nobody has so high an id. */
const IDS = 1e12;
export const FIRST = { mutual: Number.MAX_SAFE_INTEGER, after: 0 };

/** The query for the first `limit` of those that `list` has, for what reads more than them. */
export const first = (scope: MemberScope, limit: number) =>
  rows.suggestions({ me: scope.caller.userId, ...at(scope), ...FIRST, offset: 0, limit });

/** People whom the caller may know: friends of friends, by how many friends the two have in common. */
export async function list(scope: MemberScope, query: PageQuery): Promise<Page<Suggestion>> {
  const part = slice(query);
  const from = part.after === null ? FIRST : { mutual: Math.floor(part.after / IDS), after: part.after % IDS };
  const slots = { me: scope.caller.userId, ...at(scope), ...from, offset: part.offset, limit: part.size + 1 };
  const [found, totals] = await read(scope, rows.suggestions(slots), ...(part.numbered ? [rows.countSuggestions(slots)] : []));
  return page(found, part, ({ mutual_friends, id }) => mutual_friends * IDS + id, totals?.[0]?.total ?? null);
}
