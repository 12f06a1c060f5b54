import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute, publicRoute } from "../../http";
import { answer, listOf, Problem, takes, tooOften } from "../../lib/answers";
import { choice } from "../../lib/fields";
import { PageQuery } from "../../lib/pages";
import { takeAnyBodyOrNone } from "../../middleware/body";
import {
  LoggedIn,
  Login,
  Logout,
  Message,
  Refresh,
  Registered,
  Registration,
  TokenPair,
  VerificationSent,
} from "../../modules/auth/schemas";
import { Friend, FriendRequest, FriendshipStatus } from "../../modules/friends/schemas";
import { Notification, NotificationParams, UnreadCount } from "../../modules/notifications/schemas";
import { Status, UserParams } from "../../modules/users/schemas";
import { STATUSES } from "../../realtime/events";

/** Paths that the social app's shipped frontend calls (contracts §3b). In friend paths `{id}` is the other person, not a request. */

const tags = ["Social app (compatibility)"];
const noRequest = { 404: answer(Problem, "There is no such pending request.") };
const unverified = { 403: answer(Problem, "The address has to be confirmed first.") };
const badCredentials = { 401: answer(Problem, "The credentials or the token are not good.") };

const post = <const P extends string>(path: P, summary: string) => ({ method: "post" as const, path, tags, summary });
const get = <const P extends string>(path: P, summary: string) => ({ method: "get" as const, path, tags, summary });
const onPerson = { request: { params: UserParams } };

export const register = credentialRoute({
  ...post("/api/register/", "Create an account"),
  request: { body: takes(Registration) },
  responses: { 201: answer(z.union([Registered, VerificationSent]), "The new person, logged in; or that a mail is on its way.") },
});
export const login = credentialRoute({
  ...post("/api/login/", "Log in"),
  request: { body: takes(Login) },
  responses: { 200: answer(LoggedIn, "Tokens and the person."), ...badCredentials, ...unverified },
});
export const refresh = credentialRoute({
  ...post("/api/token/refresh/", "Refresh tokens"),
  request: { body: takes(Refresh) },
  responses: {
    200: answer(
      z.union([TokenPair, z.object({ refresh: z.string() })]),
      "The new pair; a MovieConnect client gets its access token in the cookie alone.",
    ),
    ...badCredentials,
  },
});
export const logout = publicRoute(
  {
    ...post("/api/logout/", "Log out"),
    request: { body: takes(Logout) },
    responses: { 200: answer(Message, "Logged out, now or before.") },
  },
  takeAnyBodyOrNone,
);

export const pendingRequests = memberRoute({
  ...get("/api/users/pending-requests/", "Requests that I have received"),
  request: { query: PageQuery },
  responses: { 200: listOf(FriendRequest, "Pending requests.") },
});
export const friendsOf = memberRoute({
  ...get("/api/users/{id}/friends/", "The friends of a person"),
  request: { params: UserParams, query: PageQuery },
  responses: { 200: listOf(Friend, "Friends."), 404: answer(Problem, "There is no such person.") },
});
export const requestWith = memberRoute({
  ...get("/api/users/{id}/friend-request/", "The pending request between us"),
  ...onPerson,
  responses: { 200: answer(FriendRequest, "The request, whichever way it points."), ...noRequest },
});
export const friendshipStatus = memberRoute({
  ...get("/api/users/{id}/friendship-status/", "Whether we are friends"),
  ...onPerson,
  responses: { 200: answer(FriendshipStatus, "What we are."), 404: answer(Problem, "There is no such person.") },
});

export const sendRequest = memberRoute({
  ...post("/api/users/{id}/send-friend-request/", "Ask a person"),
  ...onPerson,
  responses: { 201: answer(Message, "Asked."), 404: answer(Problem, "There is no such person."), ...tooOften },
});
export const acceptRequest = memberRoute({
  ...post("/api/users/{id}/accept-friend-request/", "Accept a person's request"),
  ...onPerson,
  responses: { 200: answer(Message, "Accepted."), ...noRequest },
});
export const rejectRequest = memberRoute({
  ...post("/api/users/{id}/reject-friend-request/", "Reject a person's request"),
  ...onPerson,
  responses: { 200: answer(Message, "Rejected."), ...noRequest },
});
export const removeFriend = memberRoute({
  ...post("/api/users/{id}/remove-friend/", "End a friendship"),
  ...onPerson,
  responses: { 200: answer(Message, "No longer friends."), 404: answer(Problem, "We are not friends.") },
});

const StatusBody = z.object({ status: choice(STATUSES) }).meta({ id: "StatusBody" });
const ShownStatus = z.object({ status: Status, is_online: z.boolean(), last_online: z.string().nullable() }).meta({ id: "ShownStatus" });
export const updateStatus = memberRoute({
  ...post("/api/users/{id}/update-status/", "Say how I am"),
  request: { params: UserParams, body: takes(StatusBody) },
  responses: {
    200: answer(ShownStatus, "As I am now."),
    403: answer(Problem, "That is somebody else."),
    404: answer(Problem, "That is no id."),
  },
});

export const markRead = memberRoute({
  ...post("/api/notifications/{id}/mark-as-read/", "Mark one as read"),
  request: { params: NotificationParams },
  responses: { 200: answer(Notification, "The notification, read."), 404: answer(Problem, "I have no such notification.") },
});
export const markAllRead = memberRoute({
  ...post("/api/notifications/mark-all-as-read/", "Mark all as read"),
  responses: { 200: answer(UnreadCount, "None is unread now.") },
});
/** The name that the original server has for it. */
export const markReadAll = memberRoute({
  ...post("/api/notifications/mark-as-read-all/", "Mark all as read"),
  responses: { 200: answer(UnreadCount, "None is unread now.") },
});
