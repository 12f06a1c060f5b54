import { memberRoute } from "../../http";
import { answer, listOf, Problem, takes, uploading } from "../../lib/answers";
import { takeUpload } from "../../middleware/body";
import * as s from "./schemas";

const tags = ["People"];
const changeMe = {
  tags,
  summary: "Change myself",
  description:
    "Fields that are left out stay; `id` and `email` are read-only. My other devices get `profile_update`, online friends a changed status.",
  request: { body: takes(s.UserChange) },
  responses: { 200: answer(s.Me, "As I am now."), ...uploading },
};
const change = {
  ...changeMe,
  request: { params: s.UserParams, ...changeMe.request },
  responses: {
    ...changeMe.responses,
    403: answer(Problem, "That is somebody else."),
    404: answer(Problem, "That is no id."),
  },
};

export const list = memberRoute({
  method: "get",
  path: "/api/users/",
  tags,
  summary: "People",
  description:
    "By id; with `search`, those with this part in their username, or for one or two letters, by name, those whose username begins so. Whom you do not see is not among them, and who shares no data is not come across. A page of a search may be short: there is more as long as there is a `Link`.",
  request: { query: s.UserListQuery },
  responses: { 200: listOf(s.User, "People.") },
});

export const me = memberRoute({
  method: "get",
  path: "/api/users/me/",
  tags,
  summary: "Myself",
  responses: { 200: answer(s.Me, "Me, as nobody else sees me.") },
});

export const detail = memberRoute({
  method: "get",
  path: "/api/users/{id}/",
  tags,
  summary: "A person",
  request: { params: s.UserParams },
  responses: { 200: answer(s.Person, "The person."), 404: answer(Problem, "There is no such person, or you do not see them.") },
});

export const put = memberRoute({ method: "put", path: "/api/users/{id}/", ...change }, takeUpload);
export const patch = memberRoute({ method: "patch", path: "/api/users/{id}/", ...change }, takeUpload);
export const putMe = memberRoute({ method: "put", path: "/api/users/me/", ...changeMe }, takeUpload);
export const patchMe = memberRoute({ method: "patch", path: "/api/users/me/", ...changeMe }, takeUpload);
