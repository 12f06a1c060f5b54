import { z } from "@hono/zod-openapi";
import { blankable, choice, email, ifGiven, optionalText, pathId, text } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { ROLES } from "../../lib/roles";
import { STATUSES } from "../../realtime/events";

const MAX_USERNAME = 150;
const MAX_BIO = 500;
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
    email: z.string().describe("Empty unless it is your own."),
    avatar: z.string().nullable(),
    bio: z.string().nullable(),
    status: Status,
    is_online: z.boolean().describe("Somebody listens on a socket of this person, who does not hide."),
    last_online: z.string().nullable(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

/** No more than who somebody is, where they may be gone. */
export const Who = z.object({ id: z.int(), username: z.string().nullable().describe("Null if the account is gone.") });
export type Who = z.infer<typeof Who>;

export const Role = z.enum(ROLES).meta({ id: "Role" });

/** What a person sees of themselves. */
export const Me = User.extend({
  email: z.string(),
  email_verified: z.boolean().describe("The address was shown to be yours."),
  first_name: z.string(),
  last_name: z.string(),
  birth_date: z.string().nullable().describe("A date, `2001-12-31`."),
  role: Role,
}).meta({ id: "Me" });
export type Me = z.infer<typeof Me>;

export const UserListQuery = PageQuery.extend({
  search: ifGiven(z.string().max(MAX_USERNAME)).describe("A part of the username, in any case."),
});
export type UserListQuery = z.infer<typeof UserListQuery>;

/** Every field may be left out: PUT and PATCH are both partial. */
export const UserChange = z
  .object({
    username: Username.optional(),
    first_name: blankable(MAX_USERNAME).optional(),
    last_name: blankable(MAX_USERNAME).optional(),
    bio: optionalText(MAX_BIO).optional(),
    status: choice(STATUSES).optional(),
  })
  .meta({ id: "UserChange" });
export type UserChange = z.infer<typeof UserChange>;

export const UserParams = z.object({ id: pathId() });
