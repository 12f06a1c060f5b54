/** These bytes are no image, or one that is broken. */
export class NotAnImage extends Error {}

/** What is left of an image: its parts in order, and how large it says that it is. */
export interface Clean {
  parts: Uint8Array[];
  width: number;
  height: number;
}

/** @throws NotAnImage unless the condition holds */
export function must(condition: boolean): asserts condition {
  if (!condition) throw new NotAnImage();
}

/** Characters as the bytes that they stand for. */
export const bytesOf = (characters: string): Uint8Array => Uint8Array.from(characters, (character) => character.charCodeAt(0));

export const startsWith = (bytes: Uint8Array, characters: string): boolean =>
  bytes.length >= characters.length && bytesOf(characters).every((byte, i) => bytes[i] === byte);

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Goes through bytes from the first to the last, and never beyond. */
export class Reader {
  readonly #view: DataView;
  at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The next bytes, as a window and no copy. */
  take(length: number): Uint8Array {
    must(length <= this.left);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  skip(length: number): void {
    this.take(length);
  }

  text(length: number): string {
    return String.fromCharCode(...this.take(length));
  }

  u8(): number {
    must(this.left >= 1);
    return this.bytes[this.at++]!;
  }

  /** Big-endian unless `little`. */
  u16(little = false): number {
    must(this.left >= 2);
    this.at += 2;
    return this.#view.getUint16(this.at - 2, little);
  }

  u32(little = false): number {
    must(this.left >= 4);
    this.at += 4;
    return this.#view.getUint32(this.at - 4, little);
  }

  u24le(): number {
    const low = this.u16(true);
    return low + (this.u8() << 16);
  }
}
