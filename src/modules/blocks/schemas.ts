import { z } from "@hono/zod-openapi";

/** No more than who it is: to whoever blocked them, too, the person is not there. */
export const Blocked = z
  .object({ id: z.int(), username: z.string(), since: z.iso.datetime().describe("When I blocked them.") })
  .meta({ id: "Blocked" });
export type Blocked = z.infer<typeof Blocked>;
