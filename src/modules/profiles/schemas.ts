import { z } from "@hono/zod-openapi";
import { Me, UserChange } from "../users/schemas";

/** A profile as its owner has it: what others see of it is in `Person`. */
export const Profile = Me.pick({
  id: true,
  username: true,
  email: true,
  first_name: true,
  last_name: true,
  bio: true,
  birth_date: true,
  age: true,
  phone_number: true,
  profession: true,
  status_line: true,
  visibility: true,
})
  .extend({
    user: z.int().describe("Whose it is. A person has one profile, under their own id."),
    image: z.string().nullable().describe("The avatar's address."),
  })
  .meta({ id: "Profile" });
export type Profile = z.infer<typeof Profile>;

/** Every field may be left out: PUT and PATCH are both partial. */
export const ProfileChange = UserChange.omit({ status: true }).meta({ id: "ProfileChange" });
export type ProfileChange = z.infer<typeof ProfileChange>;
