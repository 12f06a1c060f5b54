import { z } from "@hono/zod-openapi";
import { secret } from "../../lib/fields";

export const Leaving = z
  .object({
    password: secret().optional().describe("May be left out within ten minutes of logging in."),
  })
  .meta({ id: "Leaving" });
export type Leaving = z.infer<typeof Leaving>;
