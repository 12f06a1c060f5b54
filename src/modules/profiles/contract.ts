import { memberRoute } from "../../http";
import { answer, nothing, takes, uploading } from "../../lib/answers";
import { takeUpload } from "../../middleware/body";
import * as s from "./schemas";

const profile = { path: "/profile/" as const, tags: ["Profiles"] };
const change = {
  ...profile,
  summary: "Change my profile",
  description:
    "Fields that are left out stay; `id`, `user` and `email` are read-only. `first_name` and `last_name` are emptied by a blank, the others by null too. My other devices get `profile_update`.",
  request: { body: takes(s.ProfileChange) },
  responses: { 200: answer(s.Profile, "As it is now."), ...uploading },
};

export const own = memberRoute({
  ...profile,
  method: "get",
  summary: "My profile",
  description: "There from registration on. Somebody else's is `GET /api/users/{id}`, as far as they show it.",
  responses: { 200: answer(s.Profile, "My profile, as nobody else sees it.") },
});

export const put = memberRoute({ ...change, method: "put" }, takeUpload);
export const patch = memberRoute({ ...change, method: "patch" }, takeUpload);

export const empty = memberRoute({
  ...profile,
  method: "delete",
  summary: "Empty my profile",
  description:
    "All that it says is gone, the avatar too. The account stays, with its name and address and with who may see what; a profile without anything in it is what one then has. Leaving altogether is `DELETE /api/users/me`.",
  responses: { 204: nothing("It is empty.") },
});
