import type { MemberScope } from "../../scope";
import type { Me } from "../users/schemas";
import * as users from "../users/service";
import type { Profile, ProfileChange } from "./schemas";

/** What a profile is when somebody registers; who may see what is no part of it. */
const EMPTY = {
  first_name: "",
  last_name: "",
  bio: null,
  birth_date: null,
  age: null,
  phone_number: null,
  profession: null,
  status_line: null,
  avatar: null,
} satisfies ProfileChange;

export const own = async (scope: MemberScope): Promise<Profile> => profileOf(await users.self(scope));

/** @throws ValidationError for a username that is taken */
export const change = async (scope: MemberScope, given: ProfileChange): Promise<Profile> => profileOf(await users.updateSelf(scope, given));

/** Empties the profile. The account stays, and so does who may see what. */
export const empty = (scope: MemberScope): Promise<Profile> => change(scope, EMPTY);

function profileOf(me: Me): Profile {
  const { id, username, email, avatar, first_name, last_name, bio, birth_date, age, phone_number, profession, status_line, visibility } =
    me;
  const said = { first_name, last_name, bio, birth_date, age, phone_number, profession, status_line };
  return { id, user: id, username, email, image: avatar, ...said, visibility };
}
