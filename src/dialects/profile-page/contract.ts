import { z } from "@hono/zod-openapi";
import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem, takes, uploading } from "../../lib/answers";
import { pathId } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { takeUpload } from "../../middleware/body";
import { PageProfile, PageProfileChange } from "../../modules/profiles/schemas";

/** The JSON API of the profile page (contracts §4), for owners alone: somebody else's profile or history is not there. */

export const tags = ["Profile page (compatibility)"];

const mine = { path: "/api/profiles/" as const, tags };
const one = { path: "/api/profiles/{id}/" as const, tags };
const params = z.object({ id: pathId() });
const absent = { 404: answer(Problem, "That is no id, or somebody else's.") };
const changed = { 200: answer(PageProfile, "As it is now."), ...absent, ...uploading };
const description = "Fields that are left out stay; `email` is read-only. An `age` is not kept where there is a birth date.";

export const list = memberRoute({
  ...mine,
  method: "get",
  summary: "My profile, as a list",
  request: { query: PageQuery },
  responses: { 200: listOf(PageProfile, "It is alone in it."), 404: answer(Problem, "There is one page.") },
});

export const create = memberRoute(
  {
    ...mine,
    method: "post",
    summary: "Fill in my profile",
    description: `There is one from registration on, so this changes it. ${description}`,
    request: { body: takes(PageProfileChange) },
    responses: { 201: answer(PageProfile, "As it is now."), ...uploading },
  },
  takeUpload,
);

export const detail = memberRoute({
  ...one,
  method: "get",
  summary: "My profile",
  request: { params },
  responses: { 200: answer(PageProfile, "It."), ...absent },
});

const change = {
  ...one,
  summary: "Change my profile",
  description,
  request: { params, body: takes(PageProfileChange) },
  responses: changed,
};
export const put = memberRoute({ ...change, method: "put" }, takeUpload);
export const patch = memberRoute({ ...change, method: "patch" }, takeUpload);

export const empty = memberRoute({
  ...one,
  method: "delete",
  summary: "Empty my profile",
  description: "The account stays, and the profile with nothing in it.",
  request: { params },
  responses: { 204: nothing("It is empty."), ...absent },
});
