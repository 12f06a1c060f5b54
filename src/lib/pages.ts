import { z } from "@hono/zod-openapi";
import { AppError, ValidationError } from "./errors";
import { ifGiven } from "./fields";

/** Lists: a bare array with a `Link` to the next page, or DRF's envelope where the client asks for `page` (contracts §1). */

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;
/** A numbered page is found by counting from the first: far ones are what cursors are for. */
const MAX_PAGE = 1000;
/** Before every id: what a first page of "newest first" starts below. */
const NEWEST = Number.MAX_SAFE_INTEGER;

const count = (max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .transform((n) => Math.min(n, max));

export const PageQuery = z.object({
  limit: ifGiven(count(MAX_LIMIT)).describe(`Items in an answer: ${DEFAULT_LIMIT}, at most ${MAX_LIMIT}.`),
  cursor: ifGiven(z.string().max(64)).describe("Where to go on: take it from the `Link` header of the page before."),
  page: ifGiven(z.coerce.number().int().min(1).max(MAX_PAGE)).describe(
    "A page by number, from 1: the answer is then an envelope with `count`.",
  ),
  page_size: ifGiven(count(MAX_LIMIT)).describe("Items on a numbered page."),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** What a list statement needs: rows after `after` in its order, `offset` skipped, one more than `size` to see whether it goes on. */
export interface Slice {
  size: number;
  after: number | null;
  offset: number;
  numbered: boolean;
  page: number;
}

export function slice(query: PageQuery): Slice {
  const numbered = query.page !== undefined || query.page_size !== undefined;
  const page = query.page ?? 1;
  const size = (numbered ? (query.page_size ?? query.limit) : query.limit) ?? DEFAULT_LIMIT;
  return { size, after: numbered ? null : decode(query.cursor), offset: numbered ? (page - 1) * size : 0, numbered, page };
}

/** `after` for a list that runs from the highest id down. */
export const below = (part: Slice) => part.after ?? NEWEST;
/** `after` for a list that runs from the lowest id up. */
export const above = (part: Slice) => part.after ?? 0;

export interface Page<Item> {
  items: Item[];
  /** The key of the last item, if there are more after it. */
  next: number | null;
  slice: Slice;
  /** Only on a numbered page. */
  total: number | null;
}

/**
 * Cuts the extra row off again.
 *
 * @throws AppError `not_found` for a numbered page behind the last, in DRF's words
 */
export function page<Item>(rows: Item[], part: Slice, key: (item: Item) => number, total: number | null): Page<Item> {
  if (rows.length === 0 && part.numbered && part.page > 1) throw new AppError("not_found", { detail: "Invalid page." });
  const items = rows.slice(0, part.size);
  const last = items.at(-1);
  return { items, next: rows.length > part.size && last ? key(last) : null, slice: part, total };
}

/** The body and headers that say the page over HTTP; `url` is the request's own. */
export function pageAnswer<Item>(result: Page<Item>, url: string) {
  const link = (change: Record<string, string>) => {
    const next = new URL(url);
    for (const [name, value] of Object.entries(change)) next.searchParams.set(name, value);
    return next.toString();
  };
  const { items, next, slice: part, total } = result;
  if (!part.numbered) {
    const headers: Record<string, string> = next === null ? {} : { Link: `<${link({ cursor: encode(next) })}>; rel="next"` };
    return { body: items, headers };
  }
  const body = {
    count: total ?? items.length,
    next: next === null ? null : link({ page: String(part.page + 1) }),
    previous: part.page > 1 ? link({ page: String(part.page - 1) }) : null,
    results: items,
  };
  return { body, headers: {} };
}

/** Where a list goes on after its first page; null if it ends there. */
export const cursorAddress = (path: string, { next }: Page<unknown>): string | null =>
  next === null ? null : `${path}${path.includes("?") ? "&" : "?"}cursor=${encode(next)}`;

const encode = (key: number) => btoa(`k${key}`).replaceAll("=", "");

/** @throws ValidationError for a cursor that we did not make */
function decode(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  try {
    const key = /^k(\d{1,15})$/.exec(atob(cursor))?.[1];
    if (key !== undefined) return Number(key);
  } catch {}
  throw new ValidationError({ cursor: ["Invalid cursor. Take it from the Link header of the page before."] });
}
