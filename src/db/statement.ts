import { is, Placeholder, type SQLWrapper, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";

export type Value = string | number | boolean | null;

/** One statement, ready to run: its text, its bound values, and how a row of it becomes a `Row`. */
export interface Query<Row = unknown> {
  readonly sql: string;
  readonly params: readonly Value[];
  readonly read: (row: Record<string, unknown>) => Row;
}

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };
type Read<Row> = (row: Record<string, unknown>) => Row;

/**
 * A prepared statement as a function: `const byId = statement<{ id: number }, Row>((p) => sql`… ${p.id}`)`, then `byId({ id })`.
 * The text is built on the first call and then kept, so a request only fills in values. A value that is used several times is bound
 * once (`?1`): D1 takes 100 parameters a statement.
 */
export function statement<Values extends Record<string, Value>, Row = Record<string, unknown>>(
  build: (slots: Slots<Values>) => SQLWrapper,
  read: Read<Row> = (row) => row as Row,
): (values: Values) => Query<Row> {
  let compiled: Compiled | undefined;
  return (values) => {
    compiled ??= compile(build(slots as Slots<Values>));
    const params = compiled.slots.map((slot) => {
      const value = is(slot, Placeholder) ? values[slot.name] : (slot as Value);
      if (value === undefined) throw new Error(`statement: no value for ${String((slot as Placeholder).name)}`);
      return typeof value === "boolean" ? Number(value) : value;
    });
    return { sql: compiled.text, params, read };
  };
}

/** A `statement` whose rows are one JSON text in a column `body`, as `jsonObject` makes it. */
export function jsonStatement<Values extends Record<string, Value>, Body>(
  build: (slots: Slots<Values>) => SQLWrapper,
): (values: Values) => Query<Body> {
  return statement<Values, Body>(build, (row) => JSON.parse(row.body as string) as Body);
}

/** Column names for an INSERT's list or an UPDATE's left side, where SQLite wants them bare. */
export const columns = (...list: AnySQLiteColumn[]) =>
  sql.join(
    list.map((column) => sql.identifier(column.name)),
    sql`, `,
  );

const slots = new Proxy({}, { get: (_, name) => sql`${sql.placeholder(String(name))}` });

interface Compiled {
  text: string;
  slots: (Placeholder | Value)[];
}

function compile(query: SQLWrapper): Compiled {
  const found: (Placeholder | Value)[] = [];
  const same = (a: Placeholder | Value, b: Placeholder | Value) => is(a, Placeholder) && is(b, Placeholder) && a.name === b.name;
  const { sql: text } = query.getSQL().toQuery({
    casing: { getColumnCasing: (column: AnySQLiteColumn) => column.name } as never,
    escapeName: (name) => `"${name}"`,
    escapeString: (text) => `'${text.replaceAll("'", "''")}'`,
    escapeParam: (_, value) => {
      const slot = value as Placeholder | Value;
      let at = found.findIndex((other) => same(other, slot));
      if (at < 0) at = found.push(slot) - 1;
      return `?${at + 1}`;
    },
  });
  return { text, slots: found };
}
