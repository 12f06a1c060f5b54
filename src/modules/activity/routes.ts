import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as activity from "./service";

export const activityRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await activity.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.detail, async (c) => c.json(await activity.detail(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.hide, async (c) => {
    await activity.hide(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.hideAll, async (c) => {
    await activity.hideAll(c.get("member"));
    return c.body(null, 204);
  });
