import { z } from "@hono/zod-openapi";

/** Pieces of a route's contract: what it answers, what it takes. */

export const answer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

export const nothing = (description: string) => ({ description });

/** A body, documented as JSON here; urlencoded and multipart are taken as well, and the document says so (docs/document.ts). */
export const takes = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: { "application/json": { schema } } });

export const FieldErrors = z
  .record(z.string(), z.array(z.string()))
  .meta({ id: "FieldErrors", description: "What is wrong, by field; `non_field_errors` for the rest." });

export const Problem = z.looseObject({ detail: z.string(), code: z.string().optional() }).meta({ id: "Problem" });

/** A list in either of its shapes: bare, or enveloped when a page number was asked for. */
export function listOf<Item extends z.ZodType>(item: Item, description: string) {
  const envelope = z.object({ count: z.int(), next: z.url().nullable(), previous: z.url().nullable(), results: z.array(item) });
  return {
    ...answer(z.union([z.array(item), envelope]), description),
    headers: z.object({ Link: z.string().optional().describe('The next page: `<…>; rel="next"`.') }),
  };
}

/** What a route that takes a file answers, if it comes with one. */
export const uploading = {
  429: { ...answer(Problem, "Too many files in an hour."), headers: z.object({ "Retry-After": z.string() }) },
  503: answer(Problem, "The file could not be stored; nothing has changed."),
};

/** What a route that is counted answers when there was enough. */
export const tooOften = {
  429: {
    ...answer(Problem, "Too often. Nothing was tried, so the right password is refused as well."),
    headers: z.object({ "Retry-After": z.string().describe("In how many seconds it may be tried again.") }),
  },
};
