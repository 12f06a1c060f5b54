import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/**
 * `json_object(…)` whose keys are exactly those of `Shape`. What others see of a row is written once, as SQL, and serves a list, a
 * single read and the event that the same batch stores. D1 takes 32 arguments a function: 16 keys.
 */
export function jsonObject<Shape extends object>(fields: { [Key in keyof Required<Shape>]: SQLWrapper }): SQL<Shape> {
  const pairs = Object.entries<SQLWrapper>(fields).map(([key, value]) => sql`${sql.raw(`'${key}'`)}, ${value}`);
  return sql`json_object(${sql.join(pairs, sql`, `)})`;
}

/** SQLite has no booleans; JSON does. */
export const jsonBoolean = (condition: SQLWrapper): SQL<boolean> => sql`json(iif(${condition}, 'true', 'false'))`;

/** An object, or null where `absent` holds. A JSON value that passes through CASE is text again, hence `json()`. */
export const jsonUnless = (absent: SQLWrapper, object: SQLWrapper): SQL => sql`json(iif(${absent}, null, ${object}))`;
