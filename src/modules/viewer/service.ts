import type { Database } from "../../db/database";
import type { Query } from "../../db/statement";
import { at, type MemberScope } from "../../scope";
import type { Viewer } from "./schemas";
import * as rows from "./statements";

/**
 * Somebody who looks at a page, and the page's frame. What the frame shows rides along in the first batch that the page's own content
 * needs: it costs no round trip of its own, and both are true at the same moment.
 */
export function withViewer(scope: MemberScope): { scope: MemberScope; viewer: () => Promise<Viewer | null> } {
  let found: { viewer: Viewer | null } | null = null;
  const asked = rows.viewer({ ...scope.caller, ...at(scope) });
  const keep = (answer: unknown) => {
    found = { viewer: (answer as Viewer[])[0] ?? null };
  };
  const batch = async (queries: readonly Query[]) => {
    if (found) return scope.db.batch(queries);
    const results = await scope.db.batch([...queries, asked]);
    keep(results.at(-1));
    return results.slice(0, -1);
  };
  return {
    scope: { ...scope, db: { ...scope.db, batch: batch as Database["batch"] } },
    /** Null if the session is over. */
    viewer: async () => {
      if (!found) keep((await scope.db.batch([asked]))[0]);
      return found!.viewer;
    },
  };
}
