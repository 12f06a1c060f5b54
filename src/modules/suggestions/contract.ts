import { memberRoute } from "../../http";
import { listOf } from "../../lib/answers";
import { PageQuery } from "../../lib/pages";
import { Suggestion } from "./schemas";

export const list = memberRoute({
  method: "get",
  path: "/api/users/suggestions/",
  tags: ["People"],
  summary: "People whom I may know",
  description:
    "Friends of my friends, those with the most friends in common first. Only those whom I see and who may be come across; none to whom there is a request. What friends keep to themselves does not count. Looks at 100 friends of mine and at 50 of each of these, those who registered last.",
  request: { query: PageQuery },
  responses: { 200: listOf(Suggestion, "People.") },
});
