import { z } from "@hono/zod-openapi";
import { line, pathId, text } from "../../lib/fields";

export const MAX_NAME = 100;

export const Group = z
  .object({
    id: z.int(),
    name: z.string(),
    count: z.int().describe("How many are in it."),
    members: z.array(z.int()).describe("Their ids."),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "Group" });
export type Group = z.infer<typeof Group>;

export const NewGroup = z
  .object({ name: line(text(MAX_NAME)).transform((name) => name.normalize("NFKC")) })
  .meta({ id: "NewGroup", description: "The name is unique among my groups, in any case." });
export type NewGroup = z.infer<typeof NewGroup>;

export const GroupParams = z.object({ id: pathId() });
export const MemberParams = z.object({ id: pathId(), user_id: pathId() });
