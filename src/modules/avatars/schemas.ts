import { z } from "@hono/zod-openapi";
import { MAX_PIXELS, type Picture } from "../../lib/images/picture";
import { MAX_PICTURE_BYTES, pictures, takePicture } from "../../lib/picture";

export const LIMITS = `PNG, JPEG, WebP or GIF, of ${MAX_PICTURE_BYTES / 2 ** 20} MB and ${MAX_PIXELS} pixels on each side at most. What it is, its bytes say. Kept is what shows: no EXIF but which way up it is, no comments, no place.`;

export const AvatarParams = z.object({
  name: z.string().regex(/^[0-9a-f]{32}\.(png|jpg|webp|gif)$/),
});

/** A new avatar, under one of the names that clients have for it. */
export const Image = z
  .object(pictures)
  .transform((given, context): { avatar: Picture | null } => {
    const { picture } = takePicture(given);
    if (picture !== undefined) return { avatar: picture };
    context.addIssue({ code: "custom", path: [Object.keys(given)[0] ?? "image"], message: "No file was submitted." });
    return z.NEVER;
  })
  .meta({ id: "Image" });
