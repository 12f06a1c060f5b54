import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as groups from "./service";

/** Goes before the routes of friends, for whom "groups" would be an id that is none. */
export const groupRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await groups.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.create, async (c) => c.json(await groups.create(c.get("member"), c.req.valid("json").name), 201))
  .openapi(contract.detail, async (c) => c.json(await groups.detail(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.rename, async (c) =>
    c.json(await groups.rename(c.get("member"), c.req.valid("param").id, c.req.valid("json").name), 200),
  )
  .openapi(contract.remove, async (c) => {
    await groups.remove(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.members, async (c) => {
    const found = await groups.members(c.get("member"), c.req.valid("param").id, c.req.valid("query"));
    const { body, headers } = pageAnswer(found, c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.add, async (c) => {
    const { id, user_id } = c.req.valid("param");
    return c.json(await groups.add(c.get("member"), id, user_id), 200);
  })
  .openapi(contract.drop, async (c) => {
    const { id, user_id } = c.req.valid("param");
    await groups.drop(c.get("member"), id, user_id);
    return c.body(null, 204);
  });
