import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPicture, TooManyPixels } from "../src/lib/images/picture";
import { NotAnImage } from "../src/lib/images/reader";
import { bytesOf, concat, crc32, FILE_NAMES, file, latin1, pngChunk, pngOf, SECRETS } from "./support/pictures";

const clean = (bytes: Uint8Array) => readPicture(bytes).bytes;
const refuses = (bytes: Uint8Array, why: string) => expect(() => readPicture(bytes), why).toThrow(NotAnImage);
const TYPES: Record<string, string> = { jpg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif" };
const HTML = "<script>alert(document.domain)</script>";

const OTHERS: Record<string, string> = {
  nothing: "",
  HTML,
  SVG: `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
  "a PDF": "%PDF-1.7\n",
  "a program": "MZ\x90\0",
  "a bitmap": "BM\x46\0\0\0",
  TIFF: "II*\0\x08\0\0\0",
  "a PNG in name": "\x89PNG\r\n\x1a\n",
  "a JPEG in name": "\xff\xd8\xff\xe0",
  "a GIF in name": `GIF89a=1;${HTML}`,
  "a WebP in name": `RIFF\x20\0\0\0WEBP${HTML}`,
  "a sound": "RIFF\x24\0\0\0WAVEfmt ",
  AVIF: "\0\0\0\x1cftypavif\0\0\0\0",
};

describe("a picture", () => {
  it("is what its bytes are, as large as they say", () => {
    for (const name of FILE_NAMES) {
      const { contentType, width, height } = readPicture(file(name));
      expect({ contentType, width, height }, name).toEqual({ contentType: TYPES[name.split(".")[1]!], width: 6, height: 4 });
    }
    expect(new Set(FILE_NAMES.map((name) => readPicture(file(name)).contentType)).size).toBe(4);
  });

  it("comes out the same when it goes through twice, and without what stands behind its end", () => {
    for (const name of FILE_NAMES) {
      const once = clean(file(name));
      expect(clean(once), name).toEqual(once);
      expect(clean(concat(file(name), HTML, file("photo.gif"))), name).toEqual(once);
    }
  });

  it("says no more where it was taken, with what and by whom", () => {
    for (const name of FILE_NAMES.filter((one) => one.startsWith("photo"))) {
      const [before, after] = [latin1(file(name)), latin1(clean(file(name)))];
      expect(
        SECRETS.filter((secret) => before.includes(secret)),
        `${name} did`,
      ).not.toEqual([]);
      for (const secret of SECRETS) expect(after, `${name}: ${secret}`).not.toContain(secret);
    }
  });

  it("that breaks off anywhere is none", () => {
    for (const name of FILE_NAMES) {
      const whole = file(name);
      for (let length = 0; length < whole.length; length++) refuses(whole.slice(0, length), `${length} of ${name}`);
    }
  });

  it("is nothing else", () => {
    for (const [what, text] of Object.entries(OTHERS)) refuses(bytesOf(text), what);
  });

  it("has 4096 pixels on each side at most, and one at least", () => {
    expect(readPicture(pngOf(4096, 4096))).toMatchObject({ width: 4096, height: 4096 });
    for (const [width, height] of [
      [4097, 1],
      [1, 4097],
      [0xffffffff, 0xffffffff],
    ] as const)
      expect(() => readPicture(pngOf(width, height))).toThrow(TooManyPixels);
    for (const [width, height] of [
      [0, 4],
      [6, 0],
    ] as const)
      refuses(pngOf(width, height), `${width} × ${height}`);
  });

  it("is whole or none, whatever bytes are wrong: nothing else is thrown, and nothing takes long", () => {
    const anything = fc.uint8Array({ maxLength: 300 });
    const damaged = fc
      .tuple(fc.constantFrom(...FILE_NAMES), fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }))
      .map(([name, changes]) => {
        const bytes = file(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    const headed = fc
      .tuple(fc.constantFrom(...FILE_NAMES), fc.nat(60), anything)
      .map(([name, kept, rest]) => concat(file(name).slice(0, kept), rest));
    let good = 0;
    let bad = 0;
    fc.assert(
      fc.property(fc.oneof(anything, damaged, headed), (bytes) => {
        try {
          const { bytes: out } = readPicture(bytes);
          good++;
          expect(clean(out)).toEqual(out);
        } catch (error) {
          bad++;
          expect(error instanceof NotAnImage || error instanceof TooManyPixels, String(error)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(good, bad)).toBeGreaterThan(100);
  });

  it("of two megabytes that mean nothing takes no time", () => {
    const began = performance.now();
    for (const [head, fill] of [
      [file("photo.jpg").slice(0, -2), 0xff],
      [file("photo.jpg").slice(0, -2), 0],
      [bytesOf("\xff\xd8"), 0xff],
      [file("photo.gif").slice(0, -1), 0x21],
      [file("photo.gif").slice(0, -1), 1],
      [file("photo.png").slice(0, 33), 0],
    ] as const)
      refuses(concat(head, new Uint8Array(2 ** 21).fill(fill)), `${fill}`);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe("a PNG", () => {
  /** Its chunks, if every length and checksum is right. */
  function chunks(bytes: Uint8Array): string[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const types: string[] = [];
    let at = 8;
    while (at < bytes.length) {
      const length = view.getUint32(at);
      expect(view.getUint32(at + 8 + length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)));
      types.push(latin1(bytes.subarray(at + 4, at + 8)));
      at += length + 12;
    }
    return types;
  }
  const png = file("alpha.png");
  const [head, rest] = [png.slice(0, 33), png.slice(33)];

  it("keeps what shows", () => {
    expect(chunks(clean(file("photo.png")))).toEqual(["IHDR", "IDAT", "IEND"]);
    expect(chunks(clean(file("palette.png")))).toEqual(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
    expect(chunks(clean(file("moving.png")))).toEqual(["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "IEND"]);
    const coloured = concat(head, pngChunk("gAMA", "\0\0\xb1\x8f"), pngChunk("sRGB", "\0"), pngChunk("tEXt", "a\0b"), rest);
    expect(chunks(clean(coloured))).toEqual(["IHDR", "gAMA", "sRGB", "IDAT", "IEND"]);
  });

  it("loses chunks that need not be understood, and is none with others", () => {
    expect(clean(concat(head, pngChunk("zzZz", HTML), rest))).toEqual(png);
    refuses(concat(head, pngChunk("ZZZZ", HTML), rest), "a critical chunk that nobody knows");
    refuses(concat(png.slice(0, 8), pngChunk("CgBI", "\0\0\0\0"), png.slice(8)), "Apple's own");
  });

  it("is none with a wrong checksum, or with parts that are missing, doubled or in the wrong place", () => {
    const end = png.slice(-12);
    const pixels = rest.slice(0, -12);
    for (const at of [20, 29, 33 + 12, png.length - 1]) {
      const wrong = png.slice();
      wrong[at]! ^= 1;
      refuses(wrong, `byte ${at}`);
    }
    refuses(concat(head, end), "no pixels");
    refuses(concat(head, head.slice(8), pixels, end), "two headers");
    refuses(concat(head, pixels, pngChunk("sRGB", "\0"), pixels, end), "pixels in two places");
    refuses(concat(head, pixels, pngChunk("PLTE", "abc"), end), "a palette behind the pixels");
    refuses(concat(head, pixels, pngChunk("IEND", HTML)), "an end with something in it");
    refuses(concat(head, pngChunk("gAMA", HTML), pixels, end), "a number that is a text");
    refuses(concat(png.slice(0, 8), pngChunk("IHDR", new Uint8Array([...head.slice(16, 25), 3, 0, 0, 0])), rest), "no palette");
  });
});

describe("a JPEG", () => {
  const EXIF = "Exif\0\0";

  it("keeps which way up it is, and nothing else of its EXIF", () => {
    const text = latin1(clean(file("photo.jpg")));
    const tiff = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    expect(text.split(EXIF)).toHaveLength(2);
    expect(text).toContain(`\xff\xe1\0\x22${EXIF}${tiff}\xff\xdb`);
  });

  it.each(["II", "MM"])("reads EXIF in both byte orders, and takes nonsense for upright: %s", (order) => {
    const little = order === "II";
    const short = (n: number) => String.fromCharCode(...(little ? [n & 255, n >> 8] : [n >> 8, n & 255]));
    const long = (n: number) => (little ? short(n & 0xffff) + short(n >> 16) : short(n >> 16) + short(n & 0xffff));
    const plain = file("progressive.jpg");
    const withExif = (tiff: string) => {
      const content = EXIF + tiff;
      return clean(concat(plain.slice(0, 2), `\xff\xe1${String.fromCharCode(0, content.length + 2)}${content}`, plain.slice(2)));
    };
    const says = (type: number, count: number, value: number, at = 8) =>
      `${order}${short(42)}${long(at)}${short(2)}${short(271)}${short(2)}${long(4)}abc\0${short(274)}${short(type)}${long(count)}${short(value)}\0\0`;
    for (const orientation of [2, 3, 4, 5, 6, 7, 8])
      expect(latin1(withExif(says(3, 1, orientation)))).toContain(`\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0`);
    for (const nonsense of [says(3, 1, 1), says(3, 1, 0), says(3, 1, 9), says(4, 1, 6), says(3, 2, 6), says(3, 1, 6, 999), "XX", "", order])
      expect(withExif(nonsense)).toEqual(clean(plain));
  });

  it("loses segments of applications, comments and thumbnails, but not how its colours are to be taken", () => {
    const plain = clean(file("cmyk.jpg"));
    expect(latin1(plain)).toContain("Adobe");
    const segment = (code: number, content: string) =>
      concat([0xff, code, 0, content.length + 2].map((n) => String.fromCharCode(n)).join(""), content);
    const profile = segment(0xe2, "ICC_PROFILE\0\x01\x01profile");
    const more = [
      segment(0xe2, "MPF\0secret"),
      segment(0xed, "Photoshop 3.0\0secret"),
      segment(0xfe, HTML),
      segment(0xe0, "JFXX\0\x10secret"),
    ];
    const start = plain.slice(0, 2);
    expect(clean(concat(start, ...more, plain.slice(2)))).toEqual(plain);
    expect(clean(concat(start, ...more, profile, plain.slice(2)))).toEqual(concat(start, profile, plain.slice(2)));
    const thumbnail = segment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01abc");
    expect(latin1(clean(concat(start, thumbnail, plain.slice(2))))).toContain("JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff");
  });

  it("is none without a frame, with two, or in codings that browsers do not know", () => {
    const plain = clean(file("grey.jpg"));
    const at = latin1(plain).indexOf("\xff\xc0");
    const length = 2 + plain[at + 3]!;
    const frame = plain.slice(at, at + length);
    refuses(concat(plain.slice(0, at), plain.slice(at + length)), "none");
    refuses(concat(plain.slice(0, at), frame, plain.slice(at)), "two");
    for (const code of [0xc3, 0xc5, 0xc9, 0xcc, 0xde, 0xd8, 0x01]) {
      const other = plain.slice();
      other[at + 1] = code;
      refuses(other, code.toString(16));
    }
    const scan = plain.slice(latin1(plain).indexOf("\xff\xda"), -2);
    refuses(concat(plain.slice(0, -2), ...Array.from({ length: 100 }, () => scan), "\xff\xd9"), "a hundred scans");
  });
});

describe("a WebP", () => {
  const chunkTypes = (bytes: Uint8Array) => [...latin1(bytes).matchAll(/VP8[ LX]|ALPH|ANIM|ANMF|EXIF|XMP |ICCP/g)].map(([type]) => type);

  it("loses its metadata, and says so in its header", () => {
    const [before, after] = [file("photo.webp"), clean(file("photo.webp"))];
    expect(chunkTypes(before)).toEqual(["VP8X", "VP8 ", "EXIF", "XMP "]);
    expect(chunkTypes(after)).toEqual(["VP8X", "VP8 "]);
    expect([before[20]! & 0x0c, after[20]]).toEqual([0x0c, 0]);
    expect(new DataView(after.buffer).getUint32(4, true)).toBe(after.length - 8);
  });

  it("keeps what shows: transparency, animation, colours", () => {
    expect(chunkTypes(clean(file("alpha.webp")))).toEqual(["VP8X", "ALPH", "VP8 "]);
    expect(clean(file("alpha.webp"))[20]).toBe(0x10);
    const moving = clean(file("moving.webp"));
    expect(chunkTypes(moving).slice(0, 3)).toEqual(["VP8X", "ANIM", "ANMF"]);
    expect(chunkTypes(moving).filter((type) => type === "ANMF")).toHaveLength(2);
    expect(moving[20]! & 0x02).toBe(2);
    expect(clean(file("lossless.webp"))).toEqual(file("lossless.webp"));
  });

  it("is none if its parts are of different sizes", () => {
    const wrong = clean(file("photo.webp"));
    wrong[24]! += 1; // the canvas
    refuses(wrong, "a canvas that is wider than its image");
    const frame = clean(file("moving.webp"));
    frame[latin1(frame).indexOf("ANMF") + 8] = 200;
    refuses(frame, "a frame beside the canvas");
  });
});

describe("a GIF", () => {
  it("keeps its frames, their times and how often it repeats, and no comment", () => {
    const [before, after] = [latin1(file("moving.gif")), latin1(clean(file("moving.gif")))];
    expect([before.includes("\x21\xfe"), after.includes("\x21\xfe")]).toEqual([true, false]);
    expect(after).toContain("NETSCAPE2.0\x03\x01\0\0\0");
    expect(after.split("\x21\xf9\x04")).toHaveLength(before.split("\x21\xf9\x04").length);
  });

  it("loses what applications and plain texts store", () => {
    const gif = clean(file("photo.gif"));
    const [head, rest] = [gif.slice(0, -1), gif.slice(-1)];
    const extension = (label: number, ...blocks: string[]) =>
      concat(`\x21${String.fromCharCode(label)}`, ...blocks.map((block) => String.fromCharCode(block.length) + block), "\0");
    for (const unknown of [
      extension(0xff, "XMP DataXMP", HTML),
      extension(0xff, "NETSCAPE2.0", HTML),
      extension(0xfe, HTML),
      concat(extension(0xf9, "\0\0\0\0"), extension(0x01, "x".repeat(12), HTML)),
      extension(0xab, HTML),
    ])
      expect(clean(concat(head, unknown, rest))).toEqual(gif);
  });

  it("is none without a frame, or with one beside it", () => {
    const gif = clean(file("photo.gif"));
    refuses(concat(gif.slice(0, 6), "\x06\0\x04\0\0\0\0;"), "no frame");
    const beside = gif.slice();
    beside[6] = 5;
    refuses(beside, "a frame that is wider");
  });
});
