import { bytesOf, NotAnImage, Reader, startsWith } from "./reader";

/** Of EXIF's many tags the one that shows: which way up the camera was held (CIPA DC-008, tag 274). */
const ORIENTATION = 0x0112;
const SHORT = 3;
const UPRIGHT = 1;
const HIGHEST = 8;
/** Tag, type, count, value. */
const ENTRY_BYTES = 12;

const EXIF = "Exif\0\0";

/** Whether a JPEG's APP1 segment holds EXIF. */
export const isExif = (segment: Uint8Array): boolean => startsWith(segment, EXIF);

/** 1 to 8; 1 is upright, and what a segment that says nothing, or nonsense, stands for. */
export function orientationOf(segment: Uint8Array): number {
  try {
    return find(new Reader(segment.subarray(EXIF.length)));
  } catch (error) {
    if (error instanceof NotAnImage) return UPRIGHT;
    throw error;
  }
}

function find(tiff: Reader): number {
  const order = tiff.text(2);
  const little = order === "II";
  if ((!little && order !== "MM") || tiff.u16(little) !== 42) return UPRIGHT;
  tiff.at = tiff.u32(little);
  for (let entries = tiff.u16(little); entries > 0; entries--) {
    const entry = new Reader(tiff.take(ENTRY_BYTES));
    if (entry.u16(little) !== ORIENTATION) continue;
    const [type, count, value] = [entry.u16(little), entry.u32(little), entry.u16(little)];
    return type === SHORT && count === 1 && value >= UPRIGHT && value <= HIGHEST ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** An APP1 segment that says this and nothing else; none for what is upright. */
export function exifOf(orientation: number): Uint8Array[] {
  if (orientation === UPRIGHT) return [];
  const entry = [0x01, 0x12, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [...bytesOf("MM"), 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  const content = [...bytesOf(EXIF), ...tiff];
  return [Uint8Array.from([0xff, 0xe1, 0, content.length + 2, ...content])];
}
