import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as blocks from "./service";

/** Goes before the routes of people: its fixed path would else be taken for an id. */
export const blockRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await blocks.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.block, async (c) => c.json(await blocks.block(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.unblock, async (c) => {
    await blocks.unblock(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  });
