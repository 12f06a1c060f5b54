import type { Query } from "./statement";

/** What a request has asked of D1 so far; it ends up in the request's log line. */
export interface Meter {
  roundTrips: number;
  rowsRead: number;
  rowsWritten: number;
}

export type RowsOf<Queries extends readonly Query[]> = { [I in keyof Queries]: Queries[I] extends Query<infer Row> ? Row[] : never };

/** The only door to D1. */
export interface Database {
  readonly meter: Meter;
  /** The same door with a meter of its own: for work that the answer does not wait for. */
  apart(): Database;
  /** Runs the queries as one transaction, in one round trip, and answers each one's rows. */
  batch<const Queries extends readonly Query[]>(queries: Queries): Promise<RowsOf<Queries>>;
}

export function openDatabase(d1: D1Database): Database {
  const meter: Meter = { roundTrips: 0, rowsRead: 0, rowsWritten: 0 };
  return {
    meter,
    apart: () => openDatabase(d1),
    async batch(queries) {
      meter.roundTrips++;
      const results = await d1.batch<Record<string, unknown>>(queries.map((query) => d1.prepare(query.sql).bind(...query.params)));
      return results.map(({ results: rows, meta }, i) => {
        meter.rowsRead += meta.rows_read;
        meter.rowsWritten += meta.rows_written;
        return rows.map(queries[i]!.read);
      }) as never;
    },
  };
}
