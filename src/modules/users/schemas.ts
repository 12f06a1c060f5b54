import { z } from "@hono/zod-openapi";
import {
  birthDate,
  blankable,
  choice,
  clearable,
  email,
  ifGiven,
  integer,
  line,
  NUL_MESSAGE,
  noNul,
  optionalText,
  pathId,
  phoneNumber,
  text,
} from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { pictures } from "../../lib/picture";
import { ROLES } from "../../lib/roles";
import { STATUSES } from "../../realtime/events";
import { LEVELS } from "../../visibility/rule";

export const MAX_USERNAME = 150;
export const MAX_BIO = 500;
export const MAX_PROFESSION = 150;
export const MAX_STATUS_LINE = 140;
const MAX_AGE = 150;
const USERNAME_MESSAGE = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";

/** As typed, in Unicode's composed form; `usernameKey` is what is unique. */
export const Username = text(MAX_USERNAME)
  .transform((name) => name.normalize("NFKC"))
  // Composing may lengthen: "㌀" becomes "アパート".
  .pipe(
    z
      .string()
      .max(MAX_USERNAME)
      .regex(/^[\p{L}\p{N}\p{M}_.@+-]+$/u, USERNAME_MESSAGE),
  );
export const Email = email();

export const Status = z.enum(STATUSES).meta({ id: "Status", description: "What the person says of themselves; `offline` hides them." });

export const User = z
  .object({
    id: z.int(),
    username: z.string(),
    email: z.string().describe("Empty unless they show it to you."),
    avatar: z.string().nullable().describe("Its address."),
    bio: z.string().nullable(),
    status: Status,
    is_online: z.boolean().describe("Somebody listens on a socket of this person, who does not hide."),
    last_online: z.string().nullable(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

/** Somebody to choose. */
export type Named = Pick<User, "id" | "username" | "avatar">;

/** No more than who somebody is, where they may be gone. */
export const Who = z.object({ id: z.int(), username: z.string().nullable().describe("Null if the account is gone, or hides.") });
export type Who = z.infer<typeof Who>;

export const Role = z.enum(ROLES).meta({ id: "Role" });

/** Somebody with their profile. What they do not show is as if they had not said it. */
export const Person = User.extend({
  first_name: z.string(),
  last_name: z.string(),
  birth_date: z.string().nullable().describe("A date, `2001-12-31`."),
  age: z.int().nullable().describe("In years: by the birth date, or else as they said it."),
  phone_number: z.string().nullable().describe("E.164, `+4915112345678`."),
  profession: z.string().nullable(),
  status_line: z.string().nullable().describe("How they say that they are: `at the beach`."),
}).meta({ id: "Person" });
export type Person = z.infer<typeof Person>;

/** Who sees something: everybody, friends, nobody else, or the people and groups that were chosen. */
export const Level = z.enum(LEVELS).meta({ id: "Level" });

/** What a person sees of themselves. */
export const Me = Person.extend({
  email: z.string(),
  email_verified: z.boolean().describe("The address was shown to be yours."),
  role: Role,
  visibility: Level.describe("Who sees the profile at all."),
}).meta({ id: "Me" });
export type Me = z.infer<typeof Me>;

export const UserListQuery = PageQuery.extend({
  search: ifGiven(z.string().max(MAX_USERNAME).refine(noNul, NUL_MESSAGE)).describe("A part of the username, in any case."),
});
export type UserListQuery = z.infer<typeof UserListQuery>;

/** Every field may be left out: PUT and PATCH are both partial. */
export const UserChange = z
  .object({
    username: Username.optional(),
    first_name: line(blankable(MAX_USERNAME)).optional(),
    last_name: line(blankable(MAX_USERNAME)).optional(),
    bio: optionalText(MAX_BIO).optional(),
    birth_date: clearable(birthDate()).optional().describe("A date, `2001-12-31`. Blank or null takes it away, here and below."),
    age: clearable(integer(0, MAX_AGE)).optional().describe("In years. Not kept where there is a birth date, which says it better."),
    phone_number: clearable(phoneNumber()).optional().describe("With its country code, as people write it: `+49 151 1234567`."),
    profession: clearable(line(text(MAX_PROFESSION)))
      .meta({ minLength: 0 })
      .optional(),
    status_line: clearable(line(text(MAX_STATUS_LINE)))
      .meta({ minLength: 0 })
      .optional(),
    ...pictures,
    visibility: choice(LEVELS).optional().describe("Who sees the profile at all."),
    status: choice(STATUSES).optional(),
  })
  .meta({ id: "UserChange" });
export type UserChange = z.infer<typeof UserChange>;

export const UserParams = z.object({ id: pathId() });
