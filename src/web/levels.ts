import type { Level } from "../visibility/rule";

/** What the levels of visibility are called, and what they mean. */

export const LEVEL_NAMES = [
  ["public", "Everybody"],
  ["friends", "Friends"],
  ["specific", "People I choose"],
  ["private", "Nobody"],
] as const satisfies readonly (readonly [Level, string])[];
