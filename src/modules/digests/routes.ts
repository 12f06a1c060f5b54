import { router } from "../../http";
import * as contract from "./contract";
import { mailMine } from "./service";

export const digestRoutes = router().openapi(contract.mailNow, async (c) => {
  const mailed = await mailMine(c.get("member"));
  return c.json({ detail: mailed ? "A digest is on its way to you." : "There is nothing new." }, 200);
});
