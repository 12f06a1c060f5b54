import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Activity"];
const notMine = { 404: answer(Problem, "I have no such entry, or have hidden it.") };

export const list = memberRoute({
  method: "get",
  path: "/api/activity/",
  tags,
  summary: "What I did",
  description: "Newest first. Of the last 365 days.",
  request: { query: s.ActivityListQuery },
  responses: { 200: listOf(s.Activity, "Entries.") },
});

export const detail = memberRoute({
  method: "get",
  path: "/api/activity/{id}/",
  tags,
  summary: "One entry",
  request: { params: s.ActivityParams },
  responses: { 200: answer(s.Activity, "The entry."), ...notMine },
});

export const hide = memberRoute({
  method: "delete",
  path: "/api/activity/{id}/",
  tags,
  summary: "Hide one",
  description: "For good. It is kept, as it was, until its time is over or the account is deleted, and stands in the export.",
  request: { params: s.ActivityParams },
  responses: { 204: nothing("It is hidden."), ...notMine },
});

export const hideAll = memberRoute({
  method: "delete",
  path: "/api/activity/",
  tags,
  summary: "Hide all",
  description: "All that there is by now.",
  responses: { 204: nothing("They are hidden.") },
});
