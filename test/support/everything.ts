import { env } from "cloudflare:workers";

const TABLES = [
  "users",
  "user_search",
  "sessions",
  "identities",
  "email_links",
  "attempts",
  "friend_requests",
  "friendships",
  "friend_groups",
  "group_members",
  "blocks",
  "audience_people",
  "audience_groups",
  "notifications",
  "events",
  "idempotency_keys",
  "outbox",
  "files",
  "audit_log",
  "preferences",
  "activity",
];

/** All that is stored, to see that nothing has changed. */
export async function everything(): Promise<Record<string, unknown[]>> {
  const answers = await env.DB.batch(TABLES.map((table) => env.DB.prepare(`select * from ${table} order by rowid`)));
  return Object.fromEntries(TABLES.map((table, i) => [table, answers[i]!.results]));
}
