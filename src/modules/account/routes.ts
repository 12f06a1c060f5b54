import { clearSessionCookies } from "../../cookies";
import { router } from "../../http";
import * as contract from "./contract";
import { everythingAboutMe } from "./export";
import * as account from "./service";

export const accountRoutes = router()
  .openapi(contract.exportMe, async (c) => {
    const document = await everythingAboutMe(c.get("member"));
    const name = `kith-${document.account.id}-${document.exported_at.slice(0, 10)}.json`;
    return c.json(document, 200, { "Content-Disposition": `attachment; filename="${name}"` });
  })
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
