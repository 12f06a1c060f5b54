import { describe, expect, it, vi } from "vitest";
import { e164 } from "../src/lib/phone";
import { aPerson, type Person } from "./support/people";

/** What each field of a profile takes, what it makes of it, and in which words it refuses. */

const NO_NUMBER = "Enter a valid phone number with its country code, like +49 151 1234567.";
const NO_DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
const NO_INTEGER = "A valid integer is required.";
const NO_TEXT = "Not a valid string.";
const NUL = "Null characters are not allowed.";
const long = (max: number) => `Ensure this field has no more than ${max} characters.`;

const change = async (person: Person, field: string, value: unknown) => {
  const { status, body } = await person.patch("/profile/", { [field]: value });
  return status === 200 ? body[field] : { status, body };
};
const refused = (field: string, message: string) => ({ status: 400, body: { [field]: [message] } });

describe("a telephone number", () => {
  it.each([
    ["+491511234567", "+491511234567"],
    ["+49 151 1234567", "+491511234567"],
    ["  0049-151-1234567 ", "+491511234567"],
    ["+49 (0)151 / 123.45-67", "+491511234567"],
    ["+49 ( 0 ) 151 1234567", "+491511234567"],
    ["+1 (555) 010-4477", "+15550104477"],
    ["+44\u00a020\u20117946\u20130958", "+442079460958"],
    ["＋３９ 06 1234567", "+39061234567"],
    ["+2901234", "+2901234"],
    ["+999", null],
    ["+290123", null],
    ["+49123456789012345", null],
    ["+491234567890123", "+491234567890123"],
    ["0151 1234567", null],
    ["1511234567", null],
    ["+0491511234567", null],
    ["+2101234567", null],
    ["+9991234567", null],
    ["++491511234567", null],
    ["+49+1511234567", null],
    ["+49 151 1234567 ext. 12", null],
    ["+49 151 CALLME1", null],
    ["+٤٩١٥١١٢٣٤٥٦٧", null],
    ["", null],
    ["+", null],
  ])("typed as %j is %j", (typed, expected) => {
    expect(e164(typed)).toBe(expected);
  });

  it("needs a country code that there is", () => {
    const codes = Array.from({ length: 900 }, (_, i) => String(i + 100)).filter((code) => e164(`+${code}1234567`) !== null);
    const unassigned = Array.from({ length: 900 }, (_, i) => String(i + 100)).filter((code) => !codes.includes(code));
    expect(unassigned).toEqual([
      ...["210", "214", "215", "217", "219", "259", ..."012345678".split("").map((digit) => `28${digit}`), "289"],
      ...["292", "293", "294", "295", "296", "384", "388", "422", "424", "425", "426", "427", "428", "429", "671", "684", "693", "694"],
      ...["695", "696", "697", "698", "699", "801", "802", "803", "804", "805", "806", "807", "809"],
      ...Array.from({ length: 10 }, (_, i) => `83${i}`),
      ...["851", "854", "857", "858", "859", "871", "872", "873", "874", "875", "876", "877", "879", "884", "885", "887", "889"],
      ...Array.from({ length: 10 }, (_, i) => `89${i}`),
      ...["969", "978", "990", "991", "997", "999"],
    ]);
  });

  it("is kept as E.164, and taken away by a blank or null", async () => {
    const ann = await aPerson();
    for (const blank of ["", "   ", null]) {
      expect(await change(ann, "phone_number", "+49 151 1234567")).toBe("+491511234567");
      expect(await change(ann, "phone_number", blank)).toBeNull();
    }
    expect(await change(ann, "phone_number", "0151 1234567")).toEqual(refused("phone_number", NO_NUMBER));
    expect(await change(ann, "phone_number", 491511234567), "a number has lost its plus").toEqual(refused("phone_number", NO_NUMBER));
    for (const value of [true, {}, []]) expect(await change(ann, "phone_number", value)).toEqual(refused("phone_number", NO_TEXT));
  });
});

describe("a birth date", () => {
  it("is a day from 1900 to today", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T12:00:00Z") });
    const ann = await aPerson();
    for (const [value, expected] of [
      ["2001-12-31", "2001-12-31"],
      [" 2001-12-31 ", "2001-12-31"],
      ["2000-02-29", "2000-02-29"],
      ["1900-01-01", "1900-01-01"],
      ["2026-11-20", "2026-11-20"],
      ["", null],
      ["2001-12-31", "2001-12-31"],
      [null, null],
      ["2026-11-21", refused("birth_date", "A birth date lies in the past.")],
      ["9999-12-31", refused("birth_date", "A birth date lies in the past.")],
      ["1899-12-31", refused("birth_date", "A birth date lies in 1900 or later.")],
      ["2001-02-29", refused("birth_date", NO_DATE)],
      ["2001-13-01", refused("birth_date", NO_DATE)],
      ["2001-1-1", refused("birth_date", NO_DATE)],
      ["31.12.2001", refused("birth_date", NO_DATE)],
      ["2001-12-31T00:00:00Z", refused("birth_date", NO_DATE)],
      [20011231, refused("birth_date", NO_DATE)],
      [true, refused("birth_date", NO_TEXT)],
      [{}, refused("birth_date", NO_TEXT)],
    ] as const)
      expect(await change(ann, "birth_date", value), JSON.stringify(value)).toEqual(expected);
  });

  it.each([
    ["2000-11-20", 26],
    ["2000-11-21", 25],
    ["2000-02-29", 26],
    ["2026-11-20", 0],
    ["1900-01-01", 126],
  ])("of %s makes somebody %i on 20 November 2026", async (birth_date, age) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T12:00:00Z") });
    const ann = await aPerson();
    expect((await ann.patch("/profile/", { birth_date })).body).toMatchObject({ birth_date, age });
  });
});

describe("an age", () => {
  it("is a whole number of years from 0 to 150", async () => {
    const ann = await aPerson();
    for (const [value, expected] of [
      [30, 30],
      ["31", 31],
      [" 32 ", 32],
      ["33.0", 33],
      [0, 0],
      [150, 150],
      ["", null],
      [1, 1],
      [null, null],
      [-1, refused("age", "Ensure this value is greater than or equal to 0.")],
      ["-1", refused("age", "Ensure this value is greater than or equal to 0.")],
      [151, refused("age", "Ensure this value is less than or equal to 150.")],
      [1e300, refused("age", NO_INTEGER)],
      [30.5, refused("age", NO_INTEGER)],
      ["30.5", refused("age", NO_INTEGER)],
      ["old", refused("age", NO_INTEGER)],
      ["0x1e", refused("age", NO_INTEGER)],
      [true, refused("age", NO_INTEGER)],
      [[30], refused("age", NO_INTEGER)],
    ] as const)
      expect(await change(ann, "age", value), JSON.stringify(value)).toEqual(expected);
  });

  it("follows from the birth date where there is one, and is not kept beside it", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T12:00:00Z") });
    const ann = await aPerson();
    const says = async (given: object) => {
      const { birth_date, age } = (await ann.patch("/profile/", given)).body;
      return [birth_date, age];
    };
    expect(await says({ age: 40 })).toEqual([null, 40]);
    expect(await says({ birth_date: "2000-01-01" })).toEqual(["2000-01-01", 26]);
    expect(await says({ age: 50 })).toEqual(["2000-01-01", 26]);
    expect(await says({ birth_date: null }), "who takes it away does not leave the age behind").toEqual([null, null]);
    expect(await says({ birth_date: "2000-01-01", age: 60 })).toEqual(["2000-01-01", 26]);
    expect(await says({ birth_date: null, age: 60 })).toEqual([null, 60]);
  });
});

describe("a text", () => {
  it.each([
    ["first_name", 150, ""],
    ["last_name", 150, ""],
    ["bio", 500, ""],
    ["profession", 150, null],
    ["status_line", 140, null],
  ])("as %s has at most %i characters, and may be blank", async (field, max, blank) => {
    const ann = await aPerson();
    expect(await change(ann, field, "  Zoë 🐈  ")).toBe("Zoë 🐈");
    expect(await change(ann, field, "  ")).toBe(blank);
    expect(await change(ann, field, 7)).toBe("7");
    expect(await change(ann, field, "x".repeat(max))).toHaveLength(max);
    expect(await change(ann, field, "x".repeat(max + 1))).toEqual(refused(field, long(max)));
    expect(await change(ann, field, "a\u0000b")).toEqual(refused(field, NUL));
    for (const value of [true, {}, []]) expect(await change(ann, field, value)).toEqual(refused(field, NO_TEXT));
    const nothing = field.endsWith("name") ? refused(field, "This field may not be null.") : null;
    expect(await change(ann, field, null)).toEqual(nothing);
  });
});

describe("who sees a profile", () => {
  it("is one of four words", async () => {
    const ann = await aPerson();
    for (const level of ["friends", "private", "specific", "public"]) expect(await change(ann, "visibility", level)).toBe(level);
    expect(await change(ann, "visibility", "everybody")).toEqual(refused("visibility", '"everybody" is not a valid choice.'));
    expect(await change(ann, "visibility", "")).toEqual(refused("visibility", '"" is not a valid choice.'));
    expect(await change(ann, "visibility", null)).toEqual(refused("visibility", "This field may not be null."));
  });
});

describe("what stands in one line", () => {
  const UNFIT = ["\u202e\u2066x", "a\nb", "a\tb", "a\u0085b", "a\u2028b"].map((value) => [
    value,
    "Line breaks and control characters are not allowed.",
  ]);
  const UNSEEN = ["\u200b", "\u200d\u200b", "\u3164", "\u2800", "\u00ad"].map((value) => [value, "This field may not be blank."]);

  it.each([...UNFIT, ...UNSEEN] as [string, string][])("may not be %j", async (value, message) => {
    const ann = await aPerson();
    for (const field of ["first_name", "last_name", "profession", "status_line"])
      expect(await change(ann, field, value)).toEqual(refused(field, message));
    expect(await ann.post("/api/friends/groups/", { name: value })).toMatchObject({ status: 400, body: { name: [message] } });
  });

  it("may be in any script, with emoji and joiners; and a bio may have lines", async () => {
    const ann = await aPerson();
    for (const name of ["José", "مریم\u200cگل", "עברית\u200f!", "👩‍💻", "❤️", "e\u0301", "山田 太郎"])
      for (const field of ["first_name", "profession", "status_line"]) expect(await change(ann, field, name)).toBe(name);
    expect(await change(ann, "bio", "a\nb")).toBe("a\nb");
    expect(await change(ann, "first_name", "")).toBe("");
  });

  it("may not be NUL in a search, which would find everybody", async () => {
    const ann = await aPerson();
    expect(await ann.get("/api/users/?search=%00")).toMatchObject({ status: 400, body: { search: [NUL] } });
  });
});
