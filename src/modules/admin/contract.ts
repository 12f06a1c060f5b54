import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem, takes } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Administration"];
const forAdmins = { 403: answer(Problem, "I am no admin.") };
const onePerson = { ...forAdmins, 404: answer(Problem, "There is no such person.") };
const lastAdmin = { 409: answer(Problem, "This is the last admin who is not suspended.") };

export const list = memberRoute({
  method: "get",
  path: "/api/admin/users/",
  tags,
  summary: "Find accounts",
  description: "By id.",
  request: { query: s.AccountListQuery },
  responses: { 200: listOf(s.Account, "Accounts."), ...forAdmins },
});

export const detail = memberRoute({
  method: "get",
  path: "/api/admin/users/{id}/",
  tags,
  summary: "An account",
  request: { params: s.AccountParams },
  responses: { 200: answer(s.Account, "The account."), ...onePerson },
});

export const suspend = memberRoute({
  method: "post",
  path: "/api/admin/users/{id}/suspend/",
  tags,
  summary: "Suspend somebody",
  description:
    "Ends all their sessions at once (tokens are refused, sockets close with 4401) and refuses every log-in as if the password were wrong. Mails to them that have not left are dropped, and links in those that have are void.",
  request: { params: s.AccountParams, body: takes(s.Suspension) },
  responses: { 200: answer(s.Account, "They are suspended, now or before."), ...onePerson, ...lastAdmin },
});

export const restore = memberRoute({
  method: "post",
  path: "/api/admin/users/{id}/restore/",
  tags,
  summary: "Let somebody in again",
  request: { params: s.AccountParams },
  responses: { 200: answer(s.Account, "They may log in."), ...onePerson },
});

export const setRole = memberRoute({
  method: "put",
  path: "/api/admin/users/{id}/role/",
  tags,
  summary: "Change somebody's role",
  description: "It counts from the next request on; their sockets get `profile_update`.",
  request: { params: s.AccountParams, body: takes(s.RoleChange) },
  responses: { 200: answer(s.Account, "The account, with this role."), ...onePerson, ...lastAdmin },
});

export const endSessions = memberRoute({
  method: "delete",
  path: "/api/admin/users/{id}/sessions/",
  tags,
  summary: "Log somebody out everywhere",
  description: "Their tokens are refused at once, their sockets close with 4401.",
  request: { params: s.AccountParams },
  responses: { 204: nothing("They are logged out."), ...onePerson },
});

export const audit = memberRoute({
  method: "get",
  path: "/api/admin/audit/",
  tags,
  summary: "What admins did",
  description: "Newest first. Every act of these routes has its entry, written with it; none can be changed.",
  request: { query: s.AuditQuery },
  responses: { 200: listOf(s.AuditEntry, "Entries."), ...forAdmins },
});
