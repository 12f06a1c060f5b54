import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import type { Activity } from "../../modules/activity/schemas";
import * as activity from "../../modules/activity/service";
import type { MemberScope } from "../../scope";
import * as contract from "./history-contract";

const { HISTORY } = contract;
type HistoryType = keyof typeof HISTORY;
const TYPES = Object.keys(HISTORY) as HistoryType[];

const entry = ({ caller }: MemberScope, { id, type, created_at }: Activity) => ({
  id,
  ...HISTORY[type as HistoryType],
  timestamp: created_at,
  user_profile: caller.userId,
});

export const profilePageHistory = router()
  .openapi(contract.list, async (c) => {
    const member = c.get("member");
    const found = await activity.list(member, { ...c.req.valid("query"), type: TYPES });
    const { body, headers } = pageAnswer({ ...found, items: found.items.map((one) => entry(member, one)) }, c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.detail, async (c) => {
    const member = c.get("member");
    return c.json(entry(member, await activity.detail(member, c.req.valid("param").id, TYPES)), 200);
  })
  .openapi(contract.hide, async (c) => {
    await activity.hide(c.get("member"), c.req.valid("param").id, TYPES);
    return c.body(null, 204);
  })
  .openapi(contract.hideAll, async (c) => {
    await activity.hideAll(c.get("member"), TYPES);
    return c.body(null, 204);
  });
