import { z } from "@hono/zod-openapi";
import { ifGiven, pathId } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { ACT_TYPES, type ActType } from "./acts";

export const ActivityType = z.enum(ACT_TYPES).meta({ id: "ActivityType" });

export const Activity = z
  .object({
    id: z.int(),
    type: ActivityType,
    details: z.string().describe("The same as a sentence."),
    person: z
      .union([z.object({ id: z.int(), username: z.string() }), z.null()])
      .describe("To whom it was done, under today's name. Null where it was to nobody, or to somebody whom I do not see (any more)."),
    created_at: z.iso.datetime(),
    user_agent: z.string(),
    device: z.string().nullable().describe("What the user agent says, in words: `Firefox on Linux`."),
    country: z.string().nullable(),
  })
  .meta({ id: "Activity" });
export type Activity = z.infer<typeof Activity>;

/** "login,logout" */
const types = z.string().transform((text, context) => {
  const wanted = new Set(text.split(",").map((one) => one.trim()));
  for (const one of wanted)
    if (!ActivityType.safeParse(one).success) {
      context.addIssue({ code: "custom", message: `"${one}" is not a valid choice.` });
      return z.NEVER;
    }
  return [...wanted] as ActType[];
});

export const ActivityListQuery = PageQuery.extend({
  type: ifGiven(types).describe(`Only these: one of ${ACT_TYPES.join(", ")}; or several, with commas between them.`),
});
export type ActivityListQuery = z.infer<typeof ActivityListQuery>;
export const ActivityParams = z.object({ id: pathId() });
