import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem, tooOften } from "../../lib/answers";
import { PageQuery } from "../../lib/pages";
import { UserParams } from "../users/schemas";
import * as s from "./schemas";

const tags = ["People"];
const one = { path: "/api/users/{id}/block/", tags, request: { params: UserParams } } as const;
const missing = { 404: answer(Problem, "There is no such person, or you do not see them.") };

export const list = memberRoute({
  method: "get",
  path: "/api/users/blocked/",
  tags,
  summary: "Whom I have blocked",
  description: "By id.",
  request: { query: PageQuery },
  responses: { 200: listOf(s.Blocked, "People.") },
});

export const block = memberRoute({
  method: "post",
  ...one,
  summary: "Block somebody",
  description:
    "From then on neither of us is there for the other. A friendship or a pending request ends, which both hear as `friend_update`; what we caused goes from each other's notifications. They are not told why.",
  responses: { 200: answer(s.Blocked, "They are blocked, since now or since before."), ...missing, ...tooOften },
});

export const unblock = memberRoute({
  method: "delete",
  ...one,
  summary: "Unblock somebody",
  description: "We may see each other again. What the block has ended stays ended.",
  responses: { 204: nothing("They are not blocked."), ...missing },
});
