import { AppError, ValidationError } from "./errors";

const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data"];

/**
 * Reads a request's body as one dictionary, whichever of JSON, urlencoded and multipart it came in (contracts §1). An empty body is
 * `{}`, so that it gets field errors and not a parse error. Of a field that a form repeats, the last value counts, as in Django.
 *
 * @throws AppError `unsupported_media_type`, `parse_error`; ValidationError for JSON that is no dictionary
 */
export async function readBody(request: Request): Promise<Record<string, unknown>> {
  const declared = request.headers.get("content-type") ?? "";
  const type = declared.split(";", 1)[0]!.trim().toLowerCase();
  if (FORM_TYPES.includes(type)) return readForm(request);
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength === 0) return {};
  if (type !== "application/json")
    throw new AppError("unsupported_media_type", { detail: `Unsupported media type "${declared}" in request.` });
  return asDictionary(parse(bytes));
}

/** The same, or an image as it is, which becomes what a form with it in a file named `image` is. */
export async function readImageBody(request: Request): Promise<Record<string, unknown>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^\s*image\//i.test(type)) return readBody(request);
  return { image: new File([await request.arrayBuffer()], "image") };
}

async function readForm(request: Request): Promise<Record<string, unknown>> {
  const form = await request.formData().catch(() => {
    throw new AppError("parse_error", { detail: "Form parse error - the body does not match its Content-Type." });
  });
  return Object.fromEntries(form.entries());
}

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    // V8's message quotes the body, which may hold a password.
    throw new AppError("parse_error", { detail: "JSON parse error - the body is not valid JSON." });
  }
}

function asDictionary(value: unknown): Record<string, unknown> {
  if (value === null) throw new ValidationError({ non_field_errors: ["No data provided"] });
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ValidationError({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`] });
}

/** What Python calls the value: clients match on DRF's sentence. */
function pythonType(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}
