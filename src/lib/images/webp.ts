import { bytesOf, type Clean, joined, must, Reader } from "./reader";

/** WebP (RFC 9649): RIFF chunks, little-endian. */
const VP8X_BYTES = 10;
const FRAME_HEADER_BYTES = 16;
const ICC = 0x20;
const ALPHA = 0x10;
const ANIMATION = 0x02;

interface Chunk {
  type: string;
  data: Uint8Array;
}
type Size = Pick<Clean, "width" | "height">;

/** @throws NotAnImage */
export function cleanWebp(bytes: Uint8Array): Clean {
  const reader = new Reader(bytes);
  reader.skip(4);
  const inside = new Reader(reader.take(reader.u32(true)));
  inside.skip(4);
  const chunks = all(inside);
  const first = chunks[0];
  must(first !== undefined);
  if (first.type !== "VP8X") return { parts: riff([first]), ...pixels(first) };
  const { kept, size } = extended(chunks);
  return { parts: riff(kept), ...size };
}

function all(reader: Reader): Chunk[] {
  const chunks: Chunk[] = [];
  while (reader.left > 0) {
    const type = reader.text(4);
    const data = reader.take(reader.u32(true));
    // The last one's padding is forgotten by some who write these.
    if (data.length % 2 === 1 && reader.left > 0) reader.skip(1);
    chunks.push({ type, data });
  }
  return chunks;
}

/** With a canvas of its own: colours, transparency, animation. Metadata and what nobody knows are left out. */
function extended([first, ...rest]: Chunk[]): { kept: Chunk[]; size: Size } {
  must(first!.data.length === VP8X_BYTES);
  const header = new Reader(first!.data);
  const flags = header.u8();
  header.skip(3);
  const size = { width: header.u24le() + 1, height: header.u24le() + 1 };
  const colours = flags & ICC ? rest.filter(({ type }) => type === "ICCP").slice(0, 1) : [];
  const shown = flags & ANIMATION ? animation(rest, size) : still(rest, size);
  const data = first!.data.slice();
  data[0] = (flags & (ALPHA | ANIMATION)) | (colours.length > 0 ? ICC : 0);
  return { kept: [{ type: "VP8X", data }, ...colours, ...shown], size };
}

/** One image, and its transparency if that stands apart. */
function still(chunks: Chunk[], size: Size): Chunk[] {
  const at = chunks.findIndex(({ type }) => type === "VP8 " || type === "VP8L");
  must(at >= 0);
  const image = chunks[at]!;
  const { width, height } = pixels(image);
  must(width === size.width && height === size.height);
  const alpha = image.type === "VP8 " ? chunks.slice(0, at).filter(({ type }) => type === "ALPH") : [];
  return [...alpha.slice(0, 1), image];
}

function animation(chunks: Chunk[], canvas: Size): Chunk[] {
  const [control] = chunks.filter(({ type }) => type === "ANIM");
  const frames = chunks.filter(({ type }) => type === "ANMF");
  must(control?.data.length === 6 && frames.length > 0);
  return [control, ...frames.map(({ data }) => frame(data, canvas))];
}

function frame(data: Uint8Array, canvas: Size): Chunk {
  const reader = new Reader(data);
  const header = new Reader(reader.take(FRAME_HEADER_BYTES));
  const [left, top] = [header.u24le() * 2, header.u24le() * 2];
  const size = { width: header.u24le() + 1, height: header.u24le() + 1 };
  must(left + size.width <= canvas.width && top + size.height <= canvas.height);
  const shown = still(all(reader), size).flatMap(written);
  return { type: "ANMF", data: joined([header.bytes, ...shown]) };
}

/** How large an image says that it is, in either coding. */
function pixels({ type, data }: Chunk): Size {
  const reader = new Reader(data);
  if (type === "VP8 ") {
    const tag = reader.u24le();
    must((tag & 1) === 0 && reader.u24le() === 0x2a019d);
    return { width: reader.u16(true) & 0x3fff, height: reader.u16(true) & 0x3fff };
  }
  must(type === "VP8L" && reader.u8() === 0x2f);
  const bits = reader.u32(true);
  must(bits >>> 29 === 0);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function riff(chunks: Chunk[]): Uint8Array[] {
  const parts = chunks.flatMap(written);
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return [bytesOf("RIFF"), u32le(length), bytesOf("WEBP"), ...parts];
}

const written = ({ type, data }: Chunk): Uint8Array[] => [bytesOf(type), u32le(data.length), data, new Uint8Array(data.length % 2)];

const u32le = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
