import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as users from "./service";

export const userRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await users.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.me, async (c) => c.json(await users.self(c.get("member")), 200))
  .openapi(contract.detail, async (c) => c.json(await users.detail(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.putMe, async (c) => c.json(await users.updateSelf(c.get("member"), c.req.valid("json")), 200))
  .openapi(contract.patchMe, async (c) => c.json(await users.updateSelf(c.get("member"), c.req.valid("json")), 200))
  .openapi(contract.put, async (c) => c.json(await users.update(c.get("member"), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(contract.patch, async (c) => c.json(await users.update(c.get("member"), c.req.valid("param").id, c.req.valid("json")), 200));
