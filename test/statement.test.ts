import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../src/db/database";
import { jsonBoolean, jsonObject, jsonUnless } from "../src/db/json";
import { jsonStatement, statement } from "../src/db/statement";

describe("statement", () => {
  it("binds a value that is used twice once", () => {
    const twice = statement<{ a: number; b: string }>((p) => sql`select ${p.a}, ${p.b}, ${p.a}`);
    expect(twice({ a: 1, b: "x" })).toMatchObject({ sql: "select ?1, ?2, ?1", params: [1, "x"] });
  });

  it("is compiled once, whatever the values", () => {
    let built = 0;
    const counted = statement<{ a: number }>((p) => {
      built++;
      return sql`select ${p.a}`;
    });
    expect([counted({ a: 1 }).params, counted({ a: 2 }).params]).toEqual([[1], [2]]);
    expect(built).toBe(1);
  });

  it("binds booleans as 0 and 1", () => {
    expect(statement<{ on: boolean; off: boolean }>((p) => sql`select ${p.on}, ${p.off}`)({ on: true, off: false }).params).toEqual([1, 0]);
  });

  it("refuses a value that was forgotten", () => {
    const one = statement<{ a: number }>((p) => sql`select ${p.a}`);
    expect(() => one({} as never)).toThrow("no value for a");
  });

  it("keeps a value a value: quotes, question marks and semicolons change nothing", async () => {
    const nasty = `'; drop table users; -- ?1 "`;
    const [[row]] = await openDatabase(env.DB).batch([
      statement<{ a: string }, { a: string }>((p) => sql`select ${p.a} as a`)({ a: nasty }),
    ]);
    expect(row).toEqual({ a: nasty });
  });
});

describe("JSON made by SQL", () => {
  it("keeps true, false, null, numbers and nested objects what they are", async () => {
    type Shape = { yes: boolean; no: boolean; some: { n: number } | null; none: { n: number } | null; text: string };
    const object = jsonStatement<{ text: string }, Shape>((p) => {
      const inner = jsonObject<{ n: number }>({ n: sql`7` });
      const fields = {
        yes: jsonBoolean(sql`1`),
        no: jsonBoolean(sql`0`),
        some: jsonUnless(sql`0`, inner),
        none: jsonUnless(sql`1`, inner),
        text: p.text,
      };
      return sql`select ${jsonObject<Shape>(fields)} as body`;
    });
    const text = 'quotes " and \\ and 🎈';
    const [[row]] = await openDatabase(env.DB).batch([object({ text })]);
    expect(row).toEqual({ yes: true, no: false, some: { n: 7 }, none: null, text });
  });
});
