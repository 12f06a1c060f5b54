import { memberRoute, router } from "../../http";
import { answer } from "../../lib/answers";
import { Sync } from "./schemas";
import { sync } from "./service";

const contract = memberRoute({
  method: "get",
  path: "/api/sync/",
  tags: ["Realtime"],
  summary: "My state, and where it stands in my events",
  description:
    "For a client that starts, or whose `resume` came with `complete: false`. Then open the socket with `?since=<seq>`: nothing is missed in between.",
  responses: { 200: answer(Sync, "The state.") },
});

export const syncRoutes = router().openapi(contract, async (c) => c.json(await sync(c.get("member")), 200));
