/** Between seven digits, the fewest that any country has with its code, and the fifteen that E.164 allows. */
const NUMBER = /^\+\d{7,15}$/;

/**
 * The codes that ITU-T has assigned: countries, and what belongs to none, as satellites and freephone. No code begins another, so the digits
 * say where a code ends.
 */
const CODE = new RegExp(
  `^\\+(?:${[
    "[17]",
    "2(?:[07]|1[12368]|[2346]\\d|5[0-8]|9[01789])",
    "3(?:[0-469]|[57]\\d|8[0-35-79])",
    "4(?:[013-9]|2[013])",
    "5(?:[1-8]|0\\d|9\\d)",
    "6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])",
    "8(?:[1246]|0[08]|5[02356]|7[08]|8[0-368])",
    "9(?:[0-58]|6[0-8]|7[0-79]|9[2-68])",
  ].join("|")})`,
);

/** What people put between digits: spaces, dots, slashes, dashes of any length, parentheses. */
const BETWEEN = /[\s./()\p{Pd}]+/gu;

/** The zero that is dialled only inside the country: "+49 (0)151". */
const TRUNK = /\(\s*0\s*\)/;

/** A telephone number with its country code as E.164 has it, "+491511234567"; null for what is none. */
export function e164(typed: string): string | null {
  const dialled = typed.normalize("NFKC").replace(TRUNK, "").replace(BETWEEN, "").replace(/^00/, "+");
  return NUMBER.test(dialled) && CODE.test(dialled) ? dialled : null;
}
