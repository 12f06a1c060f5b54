import { memberRoute } from "../../http";
import { answer, listOf, nothing, Problem, takes, tooOften } from "../../lib/answers";
import { PageQuery } from "../../lib/pages";
import * as s from "./schemas";

const tags = ["Friends"];
const noRequest = { 404: answer(Problem, "No such pending request waits for my answer.") };

export const list = memberRoute({
  method: "get",
  path: "/api/friends/",
  tags,
  summary: "My friends",
  description: "By id.",
  request: { query: PageQuery },
  responses: { 200: listOf(s.Friend, "Friends.") },
});

export const requests = memberRoute({
  method: "get",
  path: "/api/friends/requests/",
  tags,
  summary: "Pending requests",
  description: "Those that I have received, or with `direction=outgoing` those that I have sent, newest first.",
  request: { query: s.RequestListQuery },
  responses: { 200: listOf(s.FriendRequest, "Pending requests.") },
});

export const ask = memberRoute({
  method: "post",
  path: "/api/friends/request/",
  tags,
  summary: "Ask somebody to be friends",
  description:
    "The receiver gets a `notification` and a `friend_request`. If they had asked first, the two are friends at once and the answer is their request, accepted. After a rejection one may ask again.",
  request: { headers: s.IdempotencyHeader, body: takes(s.NewFriendRequest) },
  responses: {
    201: answer(s.FriendRequest, "The request."),
    404: answer(Problem, "There is no such person."),
    ...tooOften,
    422: answer(Problem, "The Idempotency-Key was used with another body."),
  },
});

const answering = {
  tags,
  summary: "Accept or reject a request",
  description: "`accept` or `reject`, as `action` or `status`, in the body or in the query.",
  request: { params: s.RequestParams, query: s.RequestAnswer, body: takes(s.RequestAnswer) },
  responses: { 200: answer(s.FriendRequest, "The request, answered."), ...noRequest },
};
export const putAnswer = memberRoute({ method: "put", path: "/api/friends/request/{id}/", ...answering });
export const patchAnswer = memberRoute({ method: "patch", path: "/api/friends/request/{id}/", ...answering });

const accepting = {
  path: "/api/friends/request/{id}/accept/",
  tags,
  summary: "Accept a request",
  request: { params: s.RequestParams },
  responses: answering.responses,
} as const;
const rejecting = { ...accepting, path: "/api/friends/request/{id}/reject/", summary: "Reject a request" } as const;
export const putAccept = memberRoute({ method: "put", ...accepting });
export const postAccept = memberRoute({ method: "post", ...accepting });
export const patchAccept = memberRoute({ method: "patch", ...accepting });
export const putReject = memberRoute({ method: "put", ...rejecting });
export const postReject = memberRoute({ method: "post", ...rejecting });
export const patchReject = memberRoute({ method: "patch", ...rejecting });

export const cancel = memberRoute({
  method: "delete",
  path: "/api/friends/request/{id}/",
  tags,
  summary: "Take a request back",
  description: "One that I have sent and that is still pending. The receiver's notification of it goes too.",
  request: { params: s.RequestParams },
  responses: { 204: nothing("It is taken back."), 404: answer(Problem, "I have sent no such request, or it is answered.") },
});

export const unfriend = memberRoute({
  method: "delete",
  path: "/api/friends/{user_id}/",
  tags,
  summary: "End a friendship",
  request: { params: s.FriendParams },
  responses: { 204: nothing("We are no longer friends."), 404: answer(Problem, "We are not friends.") },
});
