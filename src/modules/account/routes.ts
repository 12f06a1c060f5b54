import { clearSessionCookies } from "../../cookies";
import { router } from "../../http";
import * as contract from "./contract";
import * as account from "./service";

export const accountRoutes = router()
  .openapi(contract.leave, async (c) => {
    await account.leave(c.get("member"), c.req.valid("json"));
    clearSessionCookies(c);
    return c.body(null, 204);
  })
  .openapi(contract.leaveByPost, async (c) => {
    await account.leave(c.get("member"), c.req.valid("json"));
    clearSessionCookies(c);
    return c.body(null, 204);
  });
