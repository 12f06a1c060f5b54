import { z } from "@hono/zod-openapi";
import type { FieldErrors } from "./errors";
import { e164 } from "./phone";

/**
 * Input fields that take what DRF's serializer fields take and refuse in DRF's words (contracts §1). Texts are trimmed, numbers
 * become texts, booleans come in many spellings.
 */

const NUL = "\u0000";
const TRUE: ReadonlySet<unknown> = new Set([true, 1, "1", "t", "true", "y", "yes", "on"]);
const FALSE: ReadonlySet<unknown> = new Set([false, 0, "0", "f", "false", "n", "no", "off"]);

const asText = (value: unknown) => (typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : value);
export const noNul = (text: string) => !text.includes(NUL);
export const NUL_MESSAGE = "Null characters are not allowed.";

/** A CharField: trimmed, not blank. */
export const text = (max: number) => z.preprocess(asText, z.string().min(1).max(max).refine(noNul, NUL_MESSAGE).transform(wellFormed));

/** A CharField that may be blank. */
export const blankable = (max: number) => z.preprocess(asText, z.string().max(max).refine(noNul, NUL_MESSAGE).transform(wellFormed));

/** The same, where null counts as blank. */
export const optionalText = (max: number) =>
  z.preprocess(asText, z.string().max(max).refine(noNul, NUL_MESSAGE).transform(wellFormed).nullable());

/** Characters that show as something that they are not: line breaks and other controls, and what turns the direction of writing. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** Something of it can be seen. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** What stands in one line beside what others say, a name above all: nothing that disturbs the line, and not only what nobody sees. */
export const line = <Schema extends z.ZodType<string>>(schema: Schema) =>
  schema
    .refine((said) => !NOT_IN_A_LINE.test(said), "Line breaks and control characters are not allowed.")
    .refine((said) => said === "" || VISIBLE.test(said), "This field may not be blank.");

/** A password: never trimmed. Its strength is the password policy's business. */
export const secret = () =>
  z.preprocess((value) => (typeof value === "number" ? String(value) : value), z.string().min(1).max(4096).refine(noNul, NUL_MESSAGE));

export const MAX_EMAIL = 254;

/** An e-mail address, lower case. */
export const email = () => z.preprocess(asText, z.string().min(1).max(MAX_EMAIL).toLowerCase().pipe(z.email()));

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(words: Words) => z.preprocess(asText, z.enum(words));

/** A BooleanField: its words in any case, as in Django. */
export const boolean = () =>
  z.preprocess((value) => {
    const word = typeof value === "string" ? value.toLowerCase() : value;
    return TRUE.has(word) ? true : FALSE.has(word) ? false : value;
  }, z.boolean());

/** A DateField: "2001-12-31", a day that there was or will be. */
export const date = () =>
  z.preprocess(asText, z.string().refine(isDate, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."));

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  // The 30th of February would quietly become a day of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const EARLIEST_BIRTH = "1900-01-01";

/** The day that somebody was born. */
export const birthDate = () =>
  date().pipe(
    z
      .string()
      .refine((day) => day <= new Date().toISOString().slice(0, 10), "A birth date lies in the past.")
      .refine((day) => day >= EARLIEST_BIRTH, "A birth date lies in 1900 or later."),
  );

/** An IntegerField: a whole number, or a text that is one. */
export const integer = (min: number, max: number) => z.preprocess(asNumber, z.int().min(min).max(max));

function asNumber(value: unknown): unknown {
  if (typeof value === "string" && /^\s*[+-]?\d{1,15}(\.0*)?\s*$/.test(value)) return Number(value);
  return typeof value === "number" && !Number.isSafeInteger(value) ? String(value) : value;
}

/** A telephone number with its country code, as people write them; E.164 comes out. */
export const phoneNumber = () =>
  z.preprocess(
    asText,
    z.string().transform((typed, context) => {
      const number = e164(typed);
      if (number !== null) return number;
      context.addIssue({ code: "custom", message: "Enter a valid phone number with its country code, like +49 151 1234567." });
      return z.NEVER;
    }),
  );

/** A field that null takes away, and nothing but spaces as well: forms have no null. */
export const clearable = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (typeof value === "string" && value.trim() === "" ? null : value), schema.nullable());

/** An id of a row, as a number or a numeric text. */
export const id = () =>
  z.preprocess((value) => (typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value), z.int().min(1));

/** A lone surrogate has no UTF-8: it would come back from the database as something else. */
function wellFormed(value: string): string {
  return value.toWellFormed();
}

/** DRF's words for what zod found. Installed as zod's global error map, so that every schema speaks them. */
export function drfMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return "This field is required.";
  if (issue.input === null && issue.code !== "custom") return "This field may not be null.";
  switch (issue.code) {
    case "unrecognized_keys":
      return "There is no such field.";
    case "invalid_type":
      if (issue.expected === "string") return "Not a valid string.";
      if (issue.expected === "boolean") return "Must be a valid boolean.";
      if (issue.expected === "array") return "Expected a list of items.";
      if (issue.expected === "object") return "Invalid data. Expected a dictionary.";
      return "A valid integer is required.";
    case "too_small":
      return issue.origin === "string" ? "This field may not be blank." : `Ensure this value is greater than or equal to ${issue.minimum}.`;
    case "too_big":
      if (issue.origin === "string") return `Ensure this field has no more than ${issue.maximum} characters.`;
      if (issue.origin === "array") return `Ensure this field has no more than ${issue.maximum} elements.`;
      return `Ensure this value is less than or equal to ${issue.maximum}.`;
    case "invalid_format":
      return issue.format === "email" ? "Enter a valid email address." : "Enter a valid value.";
    case "invalid_value":
      // A list or an object is not quoted: it may say itself how it turns into text, or be deep enough to overflow the stack.
      return typeof issue.input === "object" ? "Not a valid string." : `"${String(issue.input)}" is not a valid choice.`;
    default:
      return undefined;
  }
}
z.config({ customError: drfMessage });

/** All bad fields at once, in field order; one message a field is enough to act on. A field within another is named with a dot. */
export function fieldErrors(error: z.core.$ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const path = issue.path.filter((part) => typeof part === "string");
    const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
    for (const named of paths) fields[named.join(".") || "non_field_errors"] ??= [issue.message];
  }
  return fields;
}

/** An id in a path. What is no plain number names nothing. */
export const pathId = () => z.preprocess((text) => (/^\d{1,15}$/.test(String(text)) ? Number(text) : undefined), z.int().positive());

/** A field that may be left out; empty and null, as forms and some clients send what was not filled in, are the same. */
export const ifGiven = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === null || (typeof value === "string" && value.trim() === "") ? undefined : value), schema.optional());
