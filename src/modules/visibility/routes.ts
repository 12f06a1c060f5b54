import { router } from "../../http";
import * as contract from "./contract";
import * as visibility from "./service";

/** Goes before the routes of people: its fixed path would else be taken for an id. */
export const visibilityRoutes = router()
  .openapi(contract.get, async (c) => c.json(await visibility.own(c.get("member")), 200))
  .openapi(contract.patch, async (c) => c.json(await visibility.change(c.get("member"), c.req.valid("json")), 200));
