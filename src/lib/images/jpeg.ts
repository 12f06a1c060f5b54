import { exifOf, isExif, orientationOf } from "./exif";
import { type Clean, must, Reader, startsWith } from "./reader";

/** JPEG (ITU T.81) as browsers take it: baseline, extended and progressive, Huffman-coded. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
/** Quantization, Huffman tables, restart interval. */
const TABLES: ReadonlySet<number> = new Set([0xdb, 0xc4, 0xdd]);

/** A progressive image has ten or so; each costs whoever looks at it a pass over all pixels. */
const MAX_SCANS = 64;
/** Version, unit and density; a thumbnail would follow. */
const JFIF_BYTES = 12;
const ADOBE_BYTES = 12;

/** @throws NotAnImage */
export function cleanJpeg(bytes: Uint8Array): Clean {
  const reader = new Reader(bytes);
  must(marker(reader) === SOI);
  const [head, body]: [Uint8Array[], Uint8Array[]] = [[], []];
  let size: { width: number; height: number } | null = null;
  let orientation = 1;
  let scans = 0;
  for (let code = marker(reader); code !== EOI; code = marker(reader)) {
    const start = reader.at;
    const length = reader.u16();
    must(length >= 2);
    const content = reader.take(length - 2);
    const whole = [Uint8Array.of(0xff, code), bytes.subarray(start, reader.at)];
    if (code === APP0 && startsWith(content, "JFIF\0")) head.push(...jfif(content));
    else if (code === APP1 && isExif(content)) orientation = orientationOf(content);
    else if (code === APP2 && startsWith(content, "ICC_PROFILE\0")) body.push(...whole);
    else if (code === APP14 && startsWith(content, "Adobe")) body.push(...adobe(content));
    else if ((code >= APP0 && code <= APP15) || code === COM) continue;
    else if (TABLES.has(code)) body.push(...whole);
    else if (FRAMES.has(code)) {
      must(size === null);
      size = frame(content);
      body.push(...whole);
    } else {
      must(code === SOS && size !== null && ++scans <= MAX_SCANS);
      body.push(...whole, entropyCoded(reader));
    }
  }
  must(size !== null && scans > 0);
  const parts = [Uint8Array.of(0xff, SOI), ...head, ...exifOf(orientation), ...body, Uint8Array.of(0xff, EOI)];
  return { parts, ...size };
}

/** The code behind 0xFF, which may stand there several times. */
function marker(reader: Reader): number {
  must(reader.u8() === 0xff);
  for (;;) {
    const code = reader.u8();
    if (code !== 0xff) return code;
  }
}

const segment = (code: number, content: Uint8Array): Uint8Array[] => [Uint8Array.of(0xff, code, 0, content.length + 2), content];

/** Without its thumbnail. */
function jfif(content: Uint8Array): Uint8Array[] {
  must(content.length >= JFIF_BYTES + 2);
  return segment(APP0, Uint8Array.of(...content.subarray(0, JFIF_BYTES), 0, 0));
}

/** Says how colours are to be taken. */
function adobe(content: Uint8Array): Uint8Array[] {
  must(content.length >= ADOBE_BYTES);
  return segment(APP14, content.subarray(0, ADOBE_BYTES));
}

function frame(content: Uint8Array) {
  const reader = new Reader(content);
  reader.skip(1);
  const [height, width, components] = [reader.u16(), reader.u16(), reader.u8()];
  must([1, 3, 4].includes(components) && reader.left === components * 3);
  return { width, height };
}

/** Up to the next marker that is neither a stuffed byte nor a restart. */
function entropyCoded(reader: Reader): Uint8Array {
  const { bytes } = reader;
  const start = reader.at;
  for (let at = bytes.indexOf(0xff, start); ; at = bytes.indexOf(0xff, at + 2)) {
    must(at >= 0 && at + 1 < bytes.length);
    const code = bytes[at + 1]!;
    if (code === 0 || (code >= 0xd0 && code <= 0xd7)) continue;
    reader.at = at;
    return bytes.subarray(start, at);
  }
}
