import type { RouteHandler } from "@hono/zod-openapi";
import { clearSessionCookies } from "../../cookies";
import { type MemberEnv, router } from "../../http";
import * as contract from "./contract";
import { everythingAboutMe, fileNameOf } from "./export";
import * as account from "./service";

const leave: RouteHandler<typeof contract.leave, MemberEnv> = async (c) => {
  await account.leave(c.get("member"), c.req.valid("json"));
  clearSessionCookies(c);
  return c.body(null, 204);
};

export const accountRoutes = router()
  .openapi(contract.exportMe, async (c) => {
    const document = await everythingAboutMe(c.get("member"));
    return c.json(document, 200, { "Content-Disposition": `attachment; filename="${fileNameOf(document)}"` });
  })
  .openapi(contract.leave, leave)
  .openapi(contract.leaveByPost, leave);
