import { z } from "@hono/zod-openapi";
import { type Person, User } from "../users/schemas";

/** Somebody who may be known. */
export const Suggestion = User.extend({
  mutual_friends: z.int().describe("How many friends we have in common, of those who show me theirs."),
  through: z.array(z.object({ id: z.int(), username: z.string() })).describe("Three of them at most."),
}).meta({ id: "Suggestion" });
export type Suggestion = z.infer<typeof Suggestion>;
/** With their profile. */
export type SuggestedPerson = Person & Suggestion;
