import { router } from "../../http";
import { AppError } from "../../lib/errors";
import { page, pageAnswer, slice } from "../../lib/pages";
import type { Profile, ProfileChange } from "../../modules/profiles/schemas";
import * as profiles from "../../modules/profiles/service";
import type { MemberScope } from "../../scope";
import * as contract from "./contract";

/** A profile in the page's words. */
const pageProfile = ({ id, user, image, first_name, last_name, email, age, phone_number, profession, bio }: Profile) => ({
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

type Change = Omit<ProfileChange, "first_name"> & {
  name?: ProfileChange["first_name"];
  surname?: ProfileChange["last_name"];
  about_me?: ProfileChange["bio"];
};

/** A change in ours; what it does not say, it does not say here. */
function ownWords({ name, surname, about_me, ...same }: Change): ProfileChange {
  return {
    ...same,
    ...(name !== undefined && { first_name: name }),
    ...(surname !== undefined && { last_name: surname }),
    ...(about_me !== undefined && { bio: about_me }),
  };
}

const change = async (member: MemberScope, given: Change) => pageProfile(await profiles.change(member, ownWords(given)));

function refuseOthers({ caller }: MemberScope, id: number): void {
  if (id !== caller.userId) throw new AppError("not_found");
}

export const profilePage = router()
  .openapi(contract.list, async (c) => {
    const part = slice(c.req.valid("query"));
    const mine = [pageProfile(await profiles.own(c.get("member")))];
    const { body, headers } = pageAnswer(
      page(mine.slice(part.offset), part, ({ id }) => id, mine.length),
      c.req.url,
    );
    return c.json(body, 200, headers);
  })
  .openapi(contract.create, async (c) => c.json(await change(c.get("member"), c.req.valid("json")), 201))
  .openapi(contract.detail, async (c) => {
    refuseOthers(c.get("member"), c.req.valid("param").id);
    return c.json(pageProfile(await profiles.own(c.get("member"))), 200);
  })
  .openapi(contract.put, async (c) => {
    refuseOthers(c.get("member"), c.req.valid("param").id);
    return c.json(await change(c.get("member"), c.req.valid("json")), 200);
  })
  .openapi(contract.patch, async (c) => {
    refuseOthers(c.get("member"), c.req.valid("param").id);
    return c.json(await change(c.get("member"), c.req.valid("json")), 200);
  })
  .openapi(contract.empty, async (c) => {
    refuseOthers(c.get("member"), c.req.valid("param").id);
    await profiles.empty(c.get("member"));
    return c.body(null, 204);
  });
