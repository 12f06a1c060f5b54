import { router } from "../../http";
import { pageAnswer } from "../../lib/pages";
import * as contract from "./contract";
import * as suggestions from "./service";

/** Goes before the routes of people: its fixed path would else be taken for an id. */
export const suggestionRoutes = router().openapi(contract.list, async (c) => {
  const { body, headers } = pageAnswer(await suggestions.list(c.get("member"), c.req.valid("query")), c.req.url);
  return c.json(body, 200, headers);
});
