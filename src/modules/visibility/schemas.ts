import { z } from "@hono/zod-openapi";
import { choice, id } from "../../lib/fields";
import { FIELDS, type Field, LEVELS } from "../../visibility/rule";
import { Level } from "../users/schemas";

/** So many may be chosen for one thing. */
const MAX_PEOPLE = 500;
const MAX_GROUPS = 50;

const Setting = z
  .object({
    level: Level,
    people: z.array(z.int()).describe("Ids of whom I chose. It counts while the level is `specific`, and stays when it is not."),
    groups: z.array(z.int()).describe("Ids of my groups of friends that I chose, likewise."),
  })
  .meta({ id: "VisibilitySetting" });
export type Setting = z.infer<typeof Setting>;

const each = <Schema extends z.ZodType>(schema: Schema) =>
  z.object(Object.fromEntries(FIELDS.map((field) => [field, schema])) as Record<Field, Schema>);

/** Who sees a person at all, and then what of them. */
export const Visibility = z
  .object({
    profile: Setting.describe("Who sees me at all. To others I am not there."),
    fields: each(Setting).describe("Of those who see me: who sees what."),
  })
  .meta({ id: "Visibility" });
export type Visibility = z.infer<typeof Visibility>;

const chosen = (max: number) =>
  z
    .array(id())
    .max(max)
    .transform((ids) => [...new Set(ids)])
    .optional();

const idsOf = (whom: string, maxItems: number) => ({
  type: "array" as const,
  items: { type: "integer" as const, minimum: 1 },
  maxItems,
  description: `Ids of ${whom}.`,
});

/** What of a setting is a list. */
export const LISTS = ["people", "groups"] as const;

const SettingChange = z
  .preprocess(
    (value) => (typeof value === "string" ? { level: value } : value),
    z.strictObject({
      level: choice(LEVELS).optional(),
      people: chosen(MAX_PEOPLE),
      groups: chosen(MAX_GROUPS),
    }),
  )
  .meta({
    id: "VisibilitySettingChange",
    description: 'What changes; in place of the object, a level alone is enough: `"friends"`. A list replaces the one before.',
    // With a type the document is what stands here: what a preprocessed schema would say knows nothing of the level alone.
    type: ["string", "object"],
    properties: {
      level: { type: "string", enum: [...LEVELS] },
      people: idsOf("people whom I see", MAX_PEOPLE),
      groups: idsOf("groups of mine", MAX_GROUPS),
    },
    additionalProperties: false,
  });
export type SettingChange = z.infer<typeof SettingChange>;

/** What is a field, and given as if it were a setting of its own. */
const misplaced = (field: Field) =>
  z
    .unknown()
    .refine(() => false, `It belongs into "fields": {"fields": {"${field}": …}}.`)
    .optional()
    .meta({ description: `Refused: it belongs into \`fields\`.` });

export const VisibilityChange = z
  .object({
    profile: SettingChange.optional(),
    fields: each(SettingChange.optional()).strict().optional(),
    ...(Object.fromEntries(FIELDS.map((field) => [field, misplaced(field)])) as Record<Field, ReturnType<typeof misplaced>>),
  })
  .meta({ id: "VisibilityChange" });
export type VisibilityChange = z.infer<typeof VisibilityChange>;
