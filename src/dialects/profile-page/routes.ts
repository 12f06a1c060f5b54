import { router } from "../../http";
import { AppError } from "../../lib/errors";
import { page, pageAnswer, slice } from "../../lib/pages";
import type { PageProfileChange } from "../../modules/profiles/schemas";
import * as profiles from "../../modules/profiles/service";
import { ownWords, pageProfile } from "../../modules/profiles/words";
import type { MemberScope } from "../../scope";
import * as contract from "./contract";

const change = async (member: MemberScope, given: PageProfileChange) => pageProfile(await profiles.change(member, ownWords(given)));

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
