import type { PageProfile, PageProfileChange, Profile, ProfileChange } from "./schemas";

/** Between our words for a profile and those of the profile page (contracts §4), which its form and its JSON API have in common. */

/** A profile in the page's words. */
export const pageProfile = ({
  id,
  user,
  image,
  first_name,
  last_name,
  email,
  age,
  phone_number,
  profession,
  bio,
}: Profile): PageProfile => ({
  id,
  id_user: user,
  user,
  profileimg: image,
  name: first_name,
  surname: last_name,
  email,
  age,
  phone_number: phone_number ?? "",
  profession: profession ?? "",
  about_me: bio ?? "",
});

/** A change in ours, with whatever else it has; what it does not say, it does not say here. */
export function ownWords({ name, surname, about_me, ...same }: PageProfileChange & ProfileChange): ProfileChange {
  return {
    ...same,
    ...(name !== undefined && { first_name: name }),
    ...(surname !== undefined && { last_name: surname }),
    ...(about_me !== undefined && { bio: about_me }),
  };
}
