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

/** A profile in the words of the profile page (contracts §4). */
export const PageProfile = z
  .object({
    id: z.int(),
    id_user: z.int(),
    user: z.int(),
    profileimg: z.string().nullable().describe("The avatar's address."),
    name: z.string(),
    surname: z.string(),
    email: z.string(),
    age: z.int().nullable(),
    phone_number: z.string(),
    profession: z.string(),
    about_me: z.string(),
  })
  .meta({ id: "PageProfile", description: "What was not said is empty." });
export type PageProfile = z.infer<typeof PageProfile>;

const { first_name, last_name, age, phone_number, profession, bio, image, avatar, profileimg } = ProfileChange.shape;
/** Null empties here, too. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => value ?? (value === null ? "" : value), schema);

export const PageProfileChange = z
  .object({ name: orNull(first_name), surname: orNull(last_name), age, phone_number, profession, about_me: bio, profileimg, image, avatar })
  .meta({ id: "PageProfileChange" });
export type PageProfileChange = z.infer<typeof PageProfileChange>;
