import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as admin from "./service";

export const adminRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await admin.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.detail, async (c) => c.json(await admin.detail(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.suspend, async (c) =>
    c.json(await admin.suspend(c.get("member"), c.req.valid("param").id, c.req.valid("json").reason), 200),
  )
  .openapi(contract.restore, async (c) => c.json(await admin.restore(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.setRole, async (c) =>
    c.json(await admin.setRole(c.get("member"), c.req.valid("param").id, c.req.valid("json").role), 200),
  )
  .openapi(contract.endSessions, async (c) => {
    await admin.endSessions(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.audit, async (c) => {
    const { body, headers } = pageAnswer(await admin.audit(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  });
