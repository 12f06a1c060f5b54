import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** D1 takes 32 arguments a function. */
const KEYS_A_CALL = 15;

/**
 * `json_object(…)` whose keys are exactly those of `Shape`. What others see of a row is written once, as SQL, and serves a list, a
 * single read and the event that the same batch stores.
 */
export function jsonObject<Shape extends object>(fields: { [Key in keyof Required<Shape>]: SQLWrapper }): SQL<Shape> {
  const entries = Object.entries<SQLWrapper>(fields);
  let object: SQL<Shape> = sql`json_object(${argumentsOf(entries.slice(0, KEYS_A_CALL), "")})`;
  for (let from = KEYS_A_CALL; from < entries.length; from += KEYS_A_CALL)
    object = sql`json_insert(${object}, ${argumentsOf(entries.slice(from, from + KEYS_A_CALL), "$.")})`;
  return object;
}

const argumentsOf = (entries: [string, SQLWrapper][], path: string): SQL =>
  sql.join(
    entries.map(([key, value]) => sql`${sql.raw(`'${path}${key}'`)}, ${value}`),
    sql`, `,
  );

/** SQLite has no booleans; JSON does. */
export const jsonBoolean = (condition: SQLWrapper): SQL<boolean> => sql`json(iif(${condition}, 'true', 'false'))`;

/** An object, or null where `absent` holds. A JSON value that passes through CASE is text again, hence `json()`. */
export const jsonUnless = (absent: SQLWrapper, object: SQLWrapper): SQL => sql`json(iif(${absent}, null, ${object}))`;
