import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { AppError, ValidationError } from "../lib/errors";
import { fieldErrors, pathId } from "../lib/fields";
import { PageQuery } from "../lib/pages";

/** What the address of a page asks for. @throws ValidationError */
export function queryOf<Query>(c: Context, schema: z.ZodType<Query>): Query {
  const { data, error } = schema.safeParse(c.req.query());
  if (error) throw new ValidationError(fieldErrors(error));
  return data;
}

/** What a page is about, by the id in its address. @throws AppError `not_found` for what is none */
export function idIn(c: Context): number {
  const { success, data } = pathId().safeParse(c.req.param("id"));
  if (!success) throw new AppError("not_found");
  return data;
}

const Cursor = PageQuery.pick({ cursor: true });

/** Where a list goes on. @throws ValidationError */
export const cursorOf = (c: Context): string | undefined => queryOf(c, Cursor).cursor;
