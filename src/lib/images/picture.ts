import { cleanGif } from "./gif";
import { cleanJpeg } from "./jpeg";
import { cleanPng } from "./png";
import { type Clean, joined, NotAnImage, startsWith } from "./reader";
import { cleanWebp } from "./webp";

/** An image that was looked through: what shows of it is all there is of it. */
export interface Picture {
  bytes: Uint8Array;
  contentType: PictureType;
  width: number;
  height: number;
}

/** How the name of a file ends, by what is in it. */
export const EXTENSIONS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif" } as const;
export type PictureType = keyof typeof EXTENSIONS;

/** On each side. */
export const MAX_PIXELS = 4096;

/** More pixels than a browser should be made to unpack. */
export class TooManyPixels extends Error {}

/** By its first bytes, whatever it is called. */
function kindOf(bytes: Uint8Array): [PictureType, (bytes: Uint8Array) => Clean] | null {
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return ["image/png", cleanPng];
  if (startsWith(bytes, "\xff\xd8\xff")) return ["image/jpeg", cleanJpeg];
  if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) return ["image/gif", cleanGif];
  if (startsWith(bytes, "RIFF") && startsWith(bytes.subarray(8), "WEBP")) return ["image/webp", cleanWebp];
  return null;
}

/**
 * The image in these bytes, rebuilt from the parts that show: without metadata (where it was taken, with what, by whom), without what
 * stands behind its end, and without parts that nobody knows. Pixels are not unpacked.
 *
 * @throws NotAnImage for all that is no PNG, JPEG, WebP or GIF, or breaks off
 * @throws TooManyPixels
 */
export function readPicture(bytes: Uint8Array): Picture {
  const kind = kindOf(bytes);
  if (!kind) throw new NotAnImage();
  const [contentType, clean] = kind;
  const { parts, width, height } = clean(bytes);
  if (width < 1 || height < 1) throw new NotAnImage();
  if (width > MAX_PIXELS || height > MAX_PIXELS) throw new TooManyPixels();
  return { bytes: joined(parts), contentType, width, height };
}
