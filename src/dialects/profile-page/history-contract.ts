import { z } from "@hono/zod-openapi";
import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem } from "../../lib/answers";
import { PageQuery } from "../../lib/pages";
import { ActivityParams } from "../../modules/activity/schemas";
import { tags } from "./contract";

/** What the page's history knows of all that is noted, and what it calls it: its picture is one of the settings. */
export const HISTORY = {
  login: { activity_type: "login", details: "Login" },
  logout: { activity_type: "logout", details: "Logout" },
  update: { activity_type: "update", details: "Changed profile settings" },
  avatar_change: { activity_type: "update", details: "Changed profile settings" },
} as const;

const Entry = z
  .object({
    id: z.int(),
    activity_type: z.enum(["login", "logout", "update"]),
    timestamp: z.iso.datetime(),
    details: z.string().describe("`Login`, `Logout` or `Changed profile settings`."),
    user_profile: z.int(),
  })
  .meta({ id: "PageHistoryEntry" });

const all = { path: "/api/history/" as const, tags };
const one = { path: "/api/history/{id}/" as const, tags, request: { params: ActivityParams } };
const absent = { 404: answer(Problem, "I have no such entry, or have hidden it.") };

export const list = memberRoute({
  ...all,
  method: "get",
  summary: "My log-ins, log-outs and changes of the profile",
  description: "Newest first. `/api/activity/` has the rest, and the devices.",
  request: { query: PageQuery },
  responses: { 200: listOf(Entry, "Entries.") },
});

export const detail = memberRoute({
  ...one,
  method: "get",
  summary: "One of them",
  responses: { 200: answer(Entry, "The entry."), ...absent },
});

export const hide = memberRoute({
  ...one,
  method: "delete",
  summary: "Hide one",
  responses: { 204: nothing("It is hidden."), ...absent },
});

export const hideAll = memberRoute({
  ...all,
  method: "delete",
  summary: "Hide all of them",
  responses: { 204: nothing("They are hidden.") },
});
