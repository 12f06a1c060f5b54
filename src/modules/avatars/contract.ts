import { z } from "@hono/zod-openapi";
import { memberRoute, publicRoute } from "../../http";
import { answer, nothing, Problem, uploading } from "../../lib/answers";
import { takeImage } from "../../middleware/body";
import { Profile } from "../profiles/schemas";
import * as s from "./schemas";

const mine = { path: "/profile/image/" as const, tags: ["Profiles"] };
/** In the document alone: what reads it is `takeImage`. */
const ANY_BYTES = { schema: { type: "string", format: "binary" } };
const asItIs: object = {
  "multipart/form-data": { schema: { $ref: "#/components/schemas/Image" } },
  "image/*": ANY_BYTES,
  "application/octet-stream": ANY_BYTES,
};
const bytes = { schema: z.string().meta({ format: "binary" }) };

export const put = memberRoute(
  {
    ...mine,
    method: "put",
    summary: "Set my avatar",
    description: `The bytes of an image (\`image/…\`, \`application/octet-stream\` or without a type), or a form with a file named \`image\`, \`avatar\` or \`profileimg\`; null in JSON takes away what is there. ${s.LIMITS} It gets a new address, and the one before it is gone. My other devices get \`profile_update\`.`,
    request: { body: { required: true, content: { "application/json": { schema: s.Image }, ...asItIs } } },
    responses: { 200: answer(Profile, "My profile, with it."), ...uploading },
  },
  takeImage,
);

export const remove = memberRoute({
  ...mine,
  method: "delete",
  summary: "Remove my avatar",
  responses: { 204: nothing("There is none.") },
});

export const avatar = publicRoute({
  method: "get",
  path: "/avatars/{name}/",
  tags: ["Profiles"],
  summary: "An avatar",
  description:
    "Its address is what `avatar`, `image` and `profileimg` say. Who does not see the person gets 404; where everybody sees them it takes no token, and may be cached for ever. An address never means another image, and changes with the image, when its owner stops being there for everybody, and when they block somebody.",
  security: [{}, { bearerAuth: [] }, { cookieAuth: [] }],
  request: { params: s.AvatarParams, headers: z.object({ "if-none-match": z.string().optional() }) },
  responses: {
    200: {
      description: "The image.",
      content: { "image/png": bytes, "image/jpeg": bytes, "image/webp": bytes, "image/gif": bytes },
      headers: z.object({ ETag: z.string(), "Cache-Control": z.string() }),
    },
    304: nothing("It is the one that you have."),
    404: answer(Problem, "There is no such image, or it is none for you."),
  },
});
