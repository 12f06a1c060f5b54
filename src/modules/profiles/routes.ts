import { router } from "../../http";
import * as contract from "./contract";
import * as profiles from "./service";

export const profileRoutes = router()
  .openapi(contract.own, async (c) => c.json(await profiles.own(c.get("member")), 200))
  .openapi(contract.put, async (c) => c.json(await profiles.change(c.get("member"), c.req.valid("json")), 200))
  .openapi(contract.patch, async (c) => c.json(await profiles.change(c.get("member"), c.req.valid("json")), 200))
  .openapi(contract.empty, async (c) => {
    await profiles.empty(c.get("member"));
    return c.body(null, 204);
  });
