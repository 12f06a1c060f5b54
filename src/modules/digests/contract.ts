import { z } from "@hono/zod-openapi";
import { memberRoute } from "../../http";
import { answer, Problem, tooOften } from "../../lib/answers";

export const mailNow = memberRoute({
  method: "post",
  path: "/api/notifications/digest/",
  tags: ["Notifications"],
  summary: "Mail me a digest now",
  description:
    "Of what is unread and was in no digest yet; for who has chosen `on-demand`, and for everybody else. Others come by themselves, see the notification settings.",
  responses: {
    200: answer(z.object({ detail: z.string() }), "It is on its way, or there is nothing new."),
    403: answer(Problem, "My address is not confirmed."),
    ...tooOften,
  },
});
