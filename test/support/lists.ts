import type { Person } from "./people";

/** Follows `Link: rel="next"` to the end of a list; each page's items. */
export async function walk(person: Person, path: string): Promise<any[][]> {
  const pages: any[][] = [];
  for (let next: string | null = path; next !== null; ) {
    const { status, body, headers } = await person.get(next);
    if (status !== 200) throw new Error(`${next}: ${status}`);
    pages.push(body);
    const link = /^<([^>]+)>; rel="next"$/.exec(headers.get("link") ?? "");
    next = link ? link[1]!.replace(/^https?:\/\/[^/]+/, "") : null;
    if (pages.length > 100) throw new Error(`${path} does not end`);
  }
  return pages;
}

export const ids = (items: { id: number }[]): number[] => items.map(({ id }) => id);
