import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ValidationError } from "../lib/errors";
import { fieldErrors } from "../lib/fields";

/** What the address of a page asks for. @throws ValidationError */
export function queryOf<Query>(c: Context, schema: z.ZodType<Query>): Query {
  const { data, error } = schema.safeParse(c.req.query());
  if (error) throw new ValidationError(fieldErrors(error));
  return data;
}
