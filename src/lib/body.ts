import { AppError, ValidationError } from "./errors";

const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data"];

/**
 * Reads a request's body as one dictionary, whichever of JSON, urlencoded and multipart it came in (contracts §1). An empty body is
 * `{}`, so that it gets field errors and not a parse error. Of a field that a form repeats, the last value counts, as in Django.
 *
 * @throws AppError `unsupported_media_type`, `parse_error`; ValidationError for JSON that is no dictionary
 */
export async function readBody(request: Request): Promise<Record<string, unknown>> {
  const type = mediaType(request);
  if (FORM_TYPES.includes(type)) return readForm(request);
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength === 0) return {};
  if (type !== "application/json")
    throw new AppError("unsupported_media_type", {
      detail: `Unsupported media type "${request.headers.get("content-type") ?? ""}" in request.`,
    });
  return asDictionary(parse(bytes));
}

/**
 * The same for a body with dictionaries in it, which a form writes as Django REST framework reads them: `fields.bio=private` is
 * `{"fields": {"bio": "private"}}`. A name that ends with one of `lists` is a list of all its values; without any, as forms send what
 * nothing was chosen in, an empty one.
 */
export const readNestedBody =
  (lists: readonly string[]) =>
  async (request: Request): Promise<Record<string, unknown>> => {
    if (!FORM_TYPES.includes(mediaType(request))) return readBody(request);
    const form = await formOf(request);
    const body: Record<string, unknown> = {};
    for (const name of new Set(form.keys())) {
      const values = form.getAll(name);
      const path = name.split(".");
      put(body, name, path, lists.includes(path.at(-1)!) ? values.filter((value) => value !== "") : values.at(-1));
    }
    return body;
  };

/** @throws ValidationError where the form says something else of a whole of which it also says a part */
function put(body: Record<string, unknown>, name: string, path: string[], value: unknown): void {
  const last = path.pop()!;
  let within = body;
  for (const part of path) {
    if (!Object.hasOwn(within, part)) define(within, part, {});
    const next = within[part];
    if (!isDictionary(next)) throw bothWays(name);
    within = next;
  }
  if (Object.hasOwn(within, last)) throw bothWays(name);
  define(within, last, value);
}

/** An assignment to `__proto__` would make no field. */
const define = (object: object, name: string, value: unknown) =>
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });

const bothWays = (name: string) => new ValidationError({ [name]: ["Give either the whole or its parts."] });

/** An image as it is; some clients do not say so, and its bytes do. */
const AS_IT_IS = /^(image\/.*|application\/octet-stream|)$/;

/** The same, or an image as it is, which becomes what a form with it in a file named `image` is. */
export async function readImageBody(request: Request): Promise<Record<string, unknown>> {
  if (!AS_IT_IS.test(mediaType(request))) return readBody(request);
  return { image: new File([await request.arrayBuffer()], "image") };
}

const mediaType = (request: Request) => (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();

const readForm = async (request: Request): Promise<Record<string, unknown>> => Object.fromEntries((await formOf(request)).entries());

const formOf = (request: Request): Promise<FormData> =>
  request.formData().catch(() => {
    throw new AppError("parse_error", { detail: "Form parse error - the body does not match its Content-Type." });
  });

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
  if (isDictionary(value)) return value;
  throw new ValidationError({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`] });
}

const isDictionary = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof File);

/** What Python calls the value: clients match on DRF's sentence. */
function pythonType(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}
