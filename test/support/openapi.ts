import { call } from "./people";

export interface Schema {
  [keyword: string]: any;
}

export interface Operation {
  /** "POST /api/users/{id}/update-status/" */
  name: string;
  method: string;
  path: string;
  security: object[];
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Document {
  openapi: string;
  paths: Record<string, Record<string, Omit<Operation, "name" | "method" | "path">>>;
  components: { schemas: Record<string, Schema> };
}

let known: Promise<Document> | undefined;

/** The document as the Worker serves it. It says nothing about data, so one reading serves every test. */
export function openApi(): Promise<Document> {
  known ??= call("GET", "/api/schema/").then(({ body }) => body);
  return known;
}

export function operations({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([bare, item]) =>
    Object.entries(item).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      const path = `${bare}/`; // as the routes are written
      return { ...operation, name: `${method} ${path}`, method, path, parameters: operation.parameters ?? [] };
    }),
  );
}

export const resolve = (document: Document, schema: Schema): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.replace("#/components/schemas/", "")]! : schema;

/** The fields that an operation takes in its body, with what each may be. */
export function bodyFields(document: Document, { requestBody }: Operation): Record<string, Schema> {
  const schema = requestBody?.content["application/json"]?.schema;
  return schema ? fieldsOf(document, schema) : {};
}

/** Of each of its forms, where it has several. */
function fieldsOf(document: Document, schema: Schema): Record<string, Schema> {
  const { properties, anyOf = [] } = resolve(document, schema);
  return Object.assign({}, properties, ...anyOf.map((one: Schema) => fieldsOf(document, one)));
}

const ANNOTATIONS = ["description", "default", "examples", "title"];
const KNOWN = ["$ref", "anyOf", "type", "enum", "properties", "required", "items", "additionalProperties", "format", ...ANNOTATIONS];

/**
 * Where a value is not what a schema of the document promises. An object may only have keys that its schema names, unless the schema
 * says that it is open. A keyword that is not understood here is an error and not a promise kept.
 */
export function mismatches(document: Document, schema: Schema, value: any, at = "$"): string[] {
  const strange = Object.keys(schema).filter((keyword) => !KNOWN.includes(keyword));
  if (strange.length > 0) throw new Error(`mismatches() does not know ${strange} at ${at}`);
  const check = (part: Schema, item: unknown, where: string) => mismatches(document, part, item, where);
  if (schema.$ref) return check(resolve(document, schema), value, at);
  if (schema.anyOf) {
    const found: string[][] = schema.anyOf.map((option: Schema) => check(option, value, at));
    return found.some((problems) => problems.length === 0) ? [] : found.flat();
  }
  const types: string[] = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) return [`${at} is no ${types.join(" or ")}: ${JSON.stringify(value)}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is none of ${schema.enum}: ${JSON.stringify(value)}`];
  if (schema.format && typeof value === "string" && !FORMATS[schema.format]!(value)) return [`${at} is no ${schema.format}: ${value}`];
  if (Array.isArray(value)) return value.flatMap((item, i) => check(schema.items ?? {}, item, `${at}[${i}]`));
  const anything = schema.type === undefined && schema.properties === undefined;
  if (anything || value === null || typeof value !== "object") return [];
  const named: Record<string, Schema> = schema.properties ?? {};
  const rest: Schema | undefined = schema.additionalProperties;
  return [
    ...(schema.required ?? []).filter((key: string) => !(key in value)).map((key: string) => `${at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const part = named[key] ?? rest;
      return part ? check(part, item, `${at}.${key}`) : [`${at}.${key} is not in the document`];
    }),
  ];
}

const FORMATS: Record<string, (text: string) => boolean> = {
  "date-time": (text) => text.endsWith("Z") && !Number.isNaN(Date.parse(text)),
  uri: (text) => URL.canParse(text),
};

function isOf(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isSafeInteger(value);
  return typeof value === type;
}
