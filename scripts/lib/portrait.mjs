import { crc32, deflateSync } from "node:zlib";

/** Pictures of the demo people, drawn as flat shapes: no file of them has to be kept. */

const SIZE = 192;
/** Each pixel is the mean of so many squared. */
const SAMPLES = 3;

const circle = (x, y, r) => (px, py) => (px - x) ** 2 + (py - y) ** 2 <= r * r;
const ellipse = (x, y, rx, ry) => (px, py) => ((px - x) / rx) ** 2 + ((py - y) / ry) ** 2 <= 1;
const box = (left, top, right, bottom) => (px, py) => px >= left && px <= right && py >= top && py <= bottom;
const both = (a, b) => (px, py) => a(px, py) && b(px, py);
const except = (a, b) => (px, py) => a(px, py) && !b(px, py);

const FACE = ellipse(50, 46, 19, 23);
/** What of somebody's hair lies behind the face, and what lies on it. */
const HAIR = {
  short: [ellipse(50, 38, 22, 22), except(ellipse(50, 36, 21, 19), ellipse(50, 48, 18, 18))],
  parted: [ellipse(50, 39, 23, 23), except(ellipse(50, 37, 22, 20), ellipse(58, 52, 24, 22))],
  long: [both(ellipse(50, 56, 28, 42), box(20, 14, 80, 88)), except(ellipse(50, 36, 21, 19), ellipse(50, 50, 17, 19))],
  bob: [both(ellipse(50, 46, 27, 32), box(20, 10, 80, 66)), except(ellipse(50, 36, 22, 19), ellipse(46, 51, 19, 19))],
  bun: [
    (px, py) => circle(50, 13, 11)(px, py) || ellipse(50, 38, 22, 21)(px, py),
    except(ellipse(50, 36, 21, 18), ellipse(50, 49, 18, 18)),
  ],
};
const BEARD = except(both(ellipse(50, 50, 20, 22), box(28, 54, 72, 80)), ellipse(50, 53, 9, 3));
const GLASSES = [42, 58].map((x) => except(circle(x, 45, 7.2), circle(x, 45, 5.6)));
const EYES = [42, 58].map((x) => circle(x, 45, 1.9));
const SMILE = except(both(ellipse(50, 55, 7, 6), box(40, 56, 60, 62)), ellipse(50, 53.5, 8, 5));

const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** The shapes of somebody, from the back to the front. */
function shapes({ ground, hair, style, skin, shirt, glasses = false, beard = false }) {
  const [behind, above] = HAIR[style];
  const dark = "#2a2630";
  return [
    [box(0, 0, 100, 100), ground],
    [behind, hair],
    [ellipse(50, 104, 38, 30), shirt],
    [both(ellipse(50, 74, 9, 12), box(40, 60, 60, 84)), skin],
    [FACE, skin],
    ...(beard ? [[both(BEARD, FACE), hair]] : []),
    [above, hair],
    ...EYES.map((eye) => [eye, dark]),
    [SMILE, dark],
    ...(glasses ? [...GLASSES, box(49, 44, 51, 45.5)].map((part) => [part, dark]) : []),
  ].map(([covers, colour]) => ({ covers, colour: rgb(colour) }));
}

/** A PNG of somebody. */
export function portrait(looks) {
  const layers = shapes(looks).reverse();
  const rows = Buffer.alloc(SIZE * (1 + SIZE * 3));
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const sum = [0, 0, 0];
      for (let i = 0; i < SAMPLES ** 2; i++) {
        const px = ((x + ((i % SAMPLES) + 0.5) / SAMPLES) * 100) / SIZE;
        const py = ((y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) * 100) / SIZE;
        const { colour } = layers.find(({ covers }) => covers(px, py));
        for (let k = 0; k < 3; k++) sum[k] += colour[k];
      }
      const at = y * (1 + SIZE * 3) + 1 + x * 3;
      for (let k = 0; k < 3; k++) rows[at + k] = Math.round(sum[k] / SAMPLES ** 2);
    }
  return png(rows);
}

function png(rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIZE, 0);
  head.writeUInt32BE(SIZE, 4);
  // 8 bits each of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
