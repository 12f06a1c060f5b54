import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as notifications from "./service";

export const notificationRoutes = router()
  .openapi(contract.list, async (c) => {
    const { body, headers } = pageAnswer(await notifications.list(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.unreadCount, async (c) => c.json({ unread: await notifications.unreadCount(c.get("member")) }, 200))
  .openapi(contract.readAll, async (c) => {
    await notifications.markAllRead(c.get("member"));
    return c.json({ unread: 0 }, 200);
  })
  .openapi(contract.read, async (c) => c.json(await notifications.markRead(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.remove, async (c) => {
    await notifications.remove(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.removeAll, async (c) => {
    await notifications.removeAll(c.get("member"));
    return c.body(null, 204);
  });
