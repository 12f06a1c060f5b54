import { type Clean, must, Reader } from "./reader";

/** PNG, 3rd edition (W3C). What shows, and how long it may be; all else (texts, times, EXIF, what applications add) is left out. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  ...{ IHDR: 13, PLTE: 768, tRNS: 256, IDAT: Number.POSITIVE_INFINITY, IEND: 0 },
  ...{ gAMA: 4, cHRM: 32, sRGB: 1, cICP: 4, iCCP: Number.POSITIVE_INFINITY },
  ...{ acTL: 8, fcTL: 26, fdAT: Number.POSITIVE_INFINITY },
};

const SIGNATURE_BYTES = 8;
/** Length, type and checksum. */
const FRAME_BYTES = 12;
const HEADER_BYTES = 13;
const PALETTE = 3;

/** Which bit depths each colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

interface Chunk {
  type: string;
  data: Uint8Array;
  /** With its length, type and checksum. */
  whole: Uint8Array;
}

/** @throws NotAnImage */
export function cleanPng(bytes: Uint8Array): Clean {
  const reader = new Reader(bytes);
  const parts = [reader.take(SIGNATURE_BYTES)];
  const first = chunk(reader);
  must(first.type === "IHDR" && first.data.length === HEADER_BYTES);
  const { width, height, colour } = header(first.data);
  parts.push(checked(first));
  const seen = new Set(["IHDR"]);
  for (let before = "IHDR"; before !== "IEND"; ) {
    const next = chunk(reader);
    if (Object.hasOwn(MOST_BYTES, next.type)) {
      must(next.data.length <= MOST_BYTES[next.type]! && (!ONCE.has(next.type) || !seen.has(next.type)));
      // All of the pixels stand together, behind what is needed to show them.
      must(next.type !== "IDAT" || before === "IDAT" || !seen.has("IDAT"));
      must(next.type !== "PLTE" || !seen.has("IDAT"));
      parts.push(checked(next));
    } else {
      must(isAncillary(next.type));
    }
    seen.add(next.type);
    before = next.type;
  }
  must(seen.has("IDAT") && (colour !== PALETTE || seen.has("PLTE")));
  return { parts, width, height };
}

const ONCE: ReadonlySet<string> = new Set(Object.keys(MOST_BYTES).filter((type) => !["IDAT", "fcTL", "fdAT"].includes(type)));

/** What need not be understood to show the image, as the case of the first letter says. */
const isAncillary = (type: string) => /^[a-z]/.test(type);

function chunk(reader: Reader): Chunk {
  const start = reader.at;
  const length = reader.u32();
  const type = reader.text(4);
  must(/^[A-Za-z]{4}$/.test(type));
  const data = reader.take(length);
  reader.skip(4);
  return { type, data, whole: reader.bytes.subarray(start, start + length + FRAME_BYTES) };
}

function header(data: Uint8Array) {
  const reader = new Reader(data);
  const [width, height] = [reader.u32(), reader.u32()];
  const [depth, colour, compression, filter, interlace] = data.subarray(reader.at) as unknown as number[];
  must(DEPTHS[colour!]?.includes(depth!) ?? false);
  must(compression === 0 && filter === 0 && interlace! <= 1);
  return { width, height, colour };
}

/** The chunk, if its checksum is right: a browser stops at one that is not. */
function checked({ data, whole }: Chunk): Uint8Array {
  const sum = new Reader(whole.subarray(whole.length - 4)).u32();
  must(crc(whole.subarray(4, 8 + data.length)) === sum);
  return whole;
}

const POLYNOMIAL = 0xedb88320;
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? POLYNOMIAL ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32, as PNG has it. */
export function crc(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
