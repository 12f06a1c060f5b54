import { z } from "@hono/zod-openapi";
import { AppError } from "./errors";
import { MAX_PIXELS, type Picture, readPicture, TooManyPixels } from "./images/picture";
import { NotAnImage } from "./images/reader";

export const MAX_PICTURE_BYTES = 2 * 1024 * 1024;

/** In DRF's words (contracts §1). */
const NO_IMAGE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";
const NO_FILE = "The submitted data was not a file. Check the encoding type on the form.";
const TOO_LARGE = `Ensure this image has no more than ${MAX_PIXELS} pixels on each side.`;

/** What clients call an avatar. */
const NAMES = ["image", "avatar", "profileimg"] as const;

/** An avatar's address here. */
const OWN_ADDRESS = /^\/avatars\/[0-9a-f]{32}\.[a-z]+\/?$/;

/** A body in which addresses of avatars at this origin are paths: a schema does not know where it is asked. */
export function withOwnPaths(body: Record<string, unknown>, origin: string): Record<string, unknown> {
  const addresses = NAMES.flatMap((name) => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    return typeof value === "string" && value.startsWith(`${origin}/`) ? [[name, value.slice(origin.length)]] : [];
  });
  return { ...body, ...Object.fromEntries(addresses) };
}

/** @throws AppError always, and says how large an image may be */
export function refuseTooLarge(): never {
  throw new AppError("body_too_large", { detail: `An image may have ${MAX_PICTURE_BYTES / 2 ** 20} MB at most.` });
}

/**
 * An ImageField: a file's part of a form becomes a `Picture`. Null is for taking away what is there. Left out is also a part without a
 * file, as forms send where none was chosen, and an address of ours, as clients send that give back what they got.
 *
 * @throws AppError `body_too_large`
 */
export const picture = () =>
  z
    .unknown()
    .transform(async (value, context): Promise<Picture | null | undefined> => {
      if (value === undefined || value === null) return value;
      if (value === "" || (typeof value === "string" && OWN_ADDRESS.test(value)) || (value instanceof File && value.size === 0))
        return undefined;
      const problem = value instanceof File ? await readFile(value) : NO_FILE;
      if (typeof problem !== "string") return problem;
      context.addIssue({ code: "custom", message: problem });
      return z.NEVER;
    })
    .meta({ type: ["string", "null"], format: "binary" });

/** An avatar in a form, under one of the names that clients have for it. */
export const pictures = {
  image: picture().optional().describe("The avatar: an image in a form (see `PUT /profile/image`). Null takes it away."),
  avatar: picture().optional().describe("The same."),
  profileimg: picture().optional().describe("The same."),
};

/** Which picture is given, null for none, undefined if that stays as it is; and what else there is. */
export function takePicture<Given extends { [Name in (typeof NAMES)[number]]?: Picture | null | undefined }>(given: Given) {
  const { image, avatar, profileimg, ...rest } = given;
  return { picture: image ?? avatar ?? profileimg ?? [image, avatar, profileimg].find((one) => one === null), rest };
}

/** The picture, or what is wrong with it. */
async function readFile(file: File): Promise<Picture | string> {
  if (file.size > MAX_PICTURE_BYTES) refuseTooLarge();
  try {
    return readPicture(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    if (error instanceof NotAnImage) return NO_IMAGE;
    if (error instanceof TooManyPixels) return TOO_LARGE;
    throw error;
  }
}
