import { z } from "@hono/zod-openapi";
import { memberRoute } from "../../http";
import { answer, nothing, Problem, takes, tooOften } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Accounts"];

export const exportMe = memberRoute({
  method: "get",
  path: "/api/users/me/export/",
  tags,
  summary: "Everything stored about me",
  description:
    "One JSON document, as a file to save. No secrets; of other people only id and username. All lists are whole, and true at the same moment.",
  responses: {
    200: { ...answer(s.Export, "The document."), headers: z.object({ "Content-Disposition": z.string().describe("Its file name.") }) },
  },
});

const leaving = {
  tags,
  summary: "Delete my account",
  description:
    "At once and for good, with all that is mine. It takes my password, or a log-in of the last ten minutes (those without a password: log in again). " +
    "My tokens are refused and my sockets close with 4401. Friends get `friend_update` (`unfriended`), whoever had a pending request with me gets one (`cancelled`), " +
    "and notifications that I sent go from others' lists with `notification_delete`. My username and address are free for anybody from then on; my id is not used again.",
  request: { body: takes(s.Leaving) },
  responses: {
    204: nothing("The account is gone."),
    403: answer(Problem, "I have no password, and my log-in is too long ago: log in again."),
    409: answer(Problem, "I am the last admin: make somebody else one first."),
    ...tooOften,
  },
};

export const leave = memberRoute({ method: "delete", path: "/api/users/me/", ...leaving });
export const leaveByPost = memberRoute({
  method: "post",
  path: "/api/auth/delete-account/",
  ...leaving,
  description: `${leaving.description} The same as \`DELETE /api/users/me/\`, for clients that cannot send a body with it.`,
});
