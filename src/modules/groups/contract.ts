import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem, takes } from "../../lib/answers";
import { PageQuery } from "../../lib/pages";
import { User } from "../users/schemas";
import * as s from "./schemas";

const tags = ["Friends"];
const notMine = { 404: answer(Problem, "I have no such group.") };
const one = { path: "/api/friends/groups/{id}/", tags, request: { params: s.GroupParams } } as const;
const member = { path: "/api/friends/groups/{id}/members/{user_id}/", tags, request: { params: s.MemberParams } } as const;

export const list = memberRoute({
  method: "get",
  path: "/api/friends/groups/",
  tags,
  summary: "My groups of friends",
  description: "By id. Nobody but me knows of them, not even who is in one. What they are for: `/api/users/me/visibility/`.",
  request: { query: PageQuery },
  responses: { 200: listOf(s.Group, "Groups.") },
});

export const create = memberRoute({
  method: "post",
  path: "/api/friends/groups/",
  tags,
  summary: "Make a group",
  description: "Up to 50.",
  request: { body: takes(s.NewGroup) },
  responses: { 201: answer(s.Group, "The group, empty.") },
});

export const detail = memberRoute({
  method: "get",
  ...one,
  summary: "A group",
  responses: { 200: answer(s.Group, "The group."), ...notMine },
});

export const members = memberRoute({
  method: "get",
  path: "/api/friends/groups/{id}/members/",
  tags,
  summary: "Who is in a group",
  description: "By id.",
  request: { params: s.GroupParams, query: PageQuery },
  responses: { 200: listOf(User, "Friends."), ...notMine },
});

export const rename = memberRoute({
  method: "patch",
  ...one,
  summary: "Rename a group",
  request: { params: s.GroupParams, body: takes(s.NewGroup) },
  responses: { 200: answer(s.Group, "The group."), ...notMine },
});

export const remove = memberRoute({
  method: "delete",
  ...one,
  summary: "Delete a group",
  description: "What only its members could see, they do not see any more. Friendships stay.",
  responses: { 204: nothing("It is gone."), ...notMine },
});

export const add = memberRoute({
  method: "put",
  ...member,
  summary: "Put a friend into a group",
  description: "Up to 500. Whoever is in it already stays.",
  responses: { 200: answer(s.Group, "The group."), 404: answer(Problem, "I have no such group, or they are no friend of mine.") },
});

export const drop = memberRoute({
  method: "delete",
  ...member,
  summary: "Take somebody out of a group",
  responses: { 204: nothing("They are not in it."), ...notMine },
});
