import type { Query } from "../../db/statement";
import type { At } from "../../scope";
import type { Acquaintance } from "../people/schemas";
import * as lists from "./lists";
import { usernameKey } from "./names";
import type { User, UserListQuery } from "./schemas";

/** Which of the lists a search is of. */

const TRIGRAM = 3;
const LAST_CHARACTER = "\u{10FFFF}";

interface Selection {
  found: Query<User>;
  acquainted: Query<Acquaintance>;
  count: Query<{ total: number }>;
}

export function select({ search }: UserListQuery, slots: At & { me: number; after: number; offset: number; limit: number }): Selection {
  const part = usernameKey(search?.trim() ?? "");
  if (part === "") return filled(lists.everybody, slots);
  if ([...part].length < TRIGRAM) return filled(lists.byStart, { ...slots, start: part, end: part + LAST_CHARACTER });
  return filled(lists.byPart, { ...slots, part, match: `"${part.replaceAll('"', '""')}"` });
}

const filled = <Slots>(list: { [Name in keyof Selection]: (slots: Slots) => Selection[Name] }, slots: Slots): Selection => ({
  found: list.found(slots),
  acquainted: list.acquainted(slots),
  count: list.count(slots),
});
