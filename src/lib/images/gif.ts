import { bytesOf, type Clean, must, Reader } from "./reader";

/** GIF89a (CompuServe). */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** Transparency and delay: a byte of flags, two of delay, one of colour. */
const CONTROL_BYTES = 4;
const LZW_BITS = 11;

/** Who says how often an animation repeats. */
const LOOPS: ReadonlySet<string> = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"]);

/** @throws NotAnImage */
export function cleanGif(bytes: Uint8Array): Clean {
  const reader = new Reader(bytes);
  reader.skip(6);
  const [width, height] = [reader.u16(true), reader.u16(true)];
  const flags = reader.u8();
  reader.skip(2 + colours(flags));
  const parts = [bytes.subarray(0, reader.at)];
  /** Belongs to what comes next, if that is an image. */
  let control: Uint8Array | null = null;
  let images = 0;
  for (let kind = reader.u8(); kind !== TRAILER; kind = reader.u8()) {
    const start = reader.at - 1;
    if (kind === IMAGE) {
      image(reader, width, height);
      parts.push(...(control ? [control] : []), bytes.subarray(start, reader.at));
      control = null;
      images++;
      continue;
    }
    must(kind === EXTENSION);
    const label = reader.u8();
    const blocks = subBlocks(reader);
    if (label === GRAPHIC_CONTROL) {
      must(blocks.length === 1 && blocks[0]!.length === CONTROL_BYTES);
      control = bytes.subarray(start, reader.at);
    } else if (label === APPLICATION) parts.push(...loop(blocks));
    else if (label < PLAIN_TEXT_END) control = null;
  }
  must(images > 0);
  return { parts: [...parts, Uint8Array.of(TRAILER)], width, height };
}

/** Labels below are of what shows by itself (plain text, which no browser shows), and takes the control before it. */
const PLAIN_TEXT_END = 0x80;

/** The bytes of a table of colours, if the flags say that there is one. */
const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** One frame, which lies within the whole. */
function image(reader: Reader, width: number, height: number): void {
  const [left, top, wide, high] = [reader.u16(true), reader.u16(true), reader.u16(true), reader.u16(true)];
  must(wide > 0 && high > 0 && left + wide <= width && top + high <= height);
  reader.skip(colours(reader.u8()));
  const bits = reader.u8();
  must(bits >= 1 && bits <= LZW_BITS);
  must(subBlocks(reader).length > 0);
}

function subBlocks(reader: Reader): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let length = reader.u8(); length > 0; length = reader.u8()) blocks.push(reader.take(length));
  return blocks;
}

/** How often it repeats, if this says so; nothing of all else that applications store. */
function loop([name, times]: Uint8Array[]): Uint8Array[] {
  const who = name ? String.fromCharCode(...name) : "";
  if (!LOOPS.has(who) || times?.length !== 3 || times[0] !== 1) return [];
  return [Uint8Array.of(EXTENSION, APPLICATION, who.length, ...bytesOf(who), 3, ...times, 0)];
}
