import { memberRoute } from "../../http";
import { answer, takes } from "../../lib/answers";
import { takeNestedBody } from "../../middleware/body";
import * as s from "./schemas";

const tags = ["People"];
const path = "/api/users/me/visibility/";

export const get = memberRoute({
  method: "get",
  path,
  tags,
  summary: "Who sees what of me",
  description: "Of people whom I chose, only those whom I see are in the lists.",
  responses: { 200: answer(s.Visibility, "Who sees me, and what of me.") },
});

export const patch = memberRoute(
  {
    method: "patch",
    path,
    tags,
    summary: "Choose who sees what of me",
    description:
      "What is left out stays; a list that is given replaces the one before. What is no setting is refused. A form says where with dots, and repeats what is a list: `profile=friends&fields.bio.level=specific&fields.bio.people=7&fields.bio.people=9`. All of it changes or nothing does. My other devices get `profile_update` when `visibility`, the profile's level, changes; friends who see me no more, or now, a `status_update`.",
    request: { body: takes(s.VisibilityChange) },
    responses: { 200: answer(s.Visibility, "Who sees what of me now.") },
  },
  takeNestedBody(s.LISTS),
);
