import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

/**
 * Makes an empty D1 what the migrations make of it. They are run once; from then on what they left is made again, in one batch instead of
 * one for each of them: that was the longest part of a small test.
 */
export async function migrate(): Promise<void> {
  if (!made) {
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    made = await whatTheyMade();
  } else await env.DB.batch(made.map((statement) => env.DB.prepare(statement)));
}

let made: string[] | undefined;

/** As statements: the schema in the order of its making, and the list of migrations. A virtual table makes its own tables. */
async function whatTheyMade(): Promise<string[]> {
  const { results: schema } = await env.DB.prepare(
    `select sql from sqlite_schema where sql is not null and name not like 'sqlite~_%' escape '~' and name not like '~_cf%' escape '~'
      and not exists (select 1 from pragma_table_list as t where t.name = sqlite_schema.name and t.type = 'shadow') order by rowid`,
  ).all<{ sql: string }>();
  const { results: applied } = await env.DB.prepare(
    "select format('insert into d1_migrations (id, name, applied_at) values (%d, %Q, %Q)', id, name, applied_at) as sql from d1_migrations",
  ).all<{ sql: string }>();
  return [...schema, ...applied].map(({ sql }) => sql);
}
