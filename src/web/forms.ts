import type { z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { AppError, type ErrorCode, type FieldErrors, ValidationError } from "../lib/errors";
import { fieldErrors } from "../lib/fields";
import { takeAnyBody, takeNestedBody, takeUpload } from "../middleware/body";
import { takeCredentials } from "../middleware/shield";
import { wantsJson } from "./accept";
import { CSRF_FIELD, requireFormToken } from "./csrf";
import { flash, type Given } from "./flash";
import type { WebEnv } from "./web";

/** What every form that is posted goes through. */

/** Asked before the body is taken, for that relabels it. */
const asked = createMiddleware<WebEnv>(async function asked(c, next) {
  wantsJson(c);
  await next();
});

const withToken = createMiddleware<WebEnv>(async function withToken(c, next) {
  // What asks for JSON is script of ours or no browser: a form of another site cannot, and its requests are refused before (middleware/forgery.ts).
  if (!wantsJson(c)) requireFormToken(c, ((await c.req.json()) as Record<string, unknown>)[CSRF_FIELD]);
  await next();
});

/** Where the website is switched off, its forms are as if there were none. */
const onWebsite = createMiddleware<WebEnv>(async function onWebsite(c, next) {
  if (!c.get("scope").settings.pages) return c.notFound();
  await next();
});

/** Takes a form of the website. */
export const takeForm: MiddlewareHandler = every(onWebsite, asked, takeAnyBody, withToken);
/** One in which these may be chosen several times, and names with dots are parts of a whole. */
export const takeListForm = (lists: readonly string[]): MiddlewareHandler => every(onWebsite, asked, takeNestedBody(lists), withToken);
/** One with a file in it. */
export const takeUploadForm: MiddlewareHandler = every(onWebsite, asked, takeUpload, withToken);
/** One that a mail leads to, or that sends one, also where there is no website: it can be posted only so often from one address. */
export const takeMailForm: MiddlewareHandler = every(asked, takeCredentials, withToken);
/** The same of the website: one that takes credentials. */
export const takeCredentialForm: MiddlewareHandler = every(onWebsite, takeMailForm);

interface Form<Input, Result> {
  schema: z.ZodType<Input>;
  /** The verb behind the form; its ValidationErrors are shown in the form. `given` is the form as it was sent. */
  act: (input: Input, given: Given) => Promise<Result>;
  /** The form again, with what is wrong. */
  again: (errors: FieldErrors, given: Given) => Response | Promise<Response>;
  /** What else may be refused, and has an answer of its own. */
  refuse?: Partial<Record<ErrorCode, (error: AppError, given: Given) => Response | Promise<Response>>>;
  /** Where it leads, so that a reload does not post again. */
  done: Told<Input, Result>;
  /** 302 where clients of the profile page look for it (contracts §4). */
  by?: 302 | 303;
  /** What is said there. */
  said?: Told<Input, Result, string | undefined>;
  /** What script gets instead, where that is more than that it worked. */
  json?: (result: Result) => Response;
}

type Told<Input, Result, Text = string> = Text | ((input: Input, result: Result) => Text);

/** Handles the post of a form: behind one of the above. Any other refusal is answered as every page's is (errors.tsx). */
export async function submit<Input, Result = unknown>(
  c: Context<WebEnv>,
  { schema, act, again, refuse = {}, done, by = 303, said, json = () => c.json({ detail: "ok" }) }: Form<Input, Result>,
): Promise<Response> {
  const body: Record<string, unknown> = await c.req.json();
  try {
    const { data, error } = await schema.safeParseAsync(body);
    if (error) throw new ValidationError(fieldErrors(error));
    const result = await act(data, textsOf(body));
    if (wantsJson(c)) return json(result);
    const text = resolved(said, data, result);
    if (text !== undefined) flash(c, "good", text);
    return c.redirect(resolved(done, data, result), by);
  } catch (error) {
    if (wantsJson(c) || !(error instanceof AppError)) throw error;
    c.error = error; // for the log, to which the form's page would look like a success
    if (error instanceof ValidationError) return again(error.body, textsOf(body));
    const own = refuse[error.code];
    if (!own) throw error;
    return own(error, textsOf(body));
  }
}

function resolved<Input, Result, Text extends string | undefined>(told: Told<Input, Result, Text>, input: Input, result: Result): Text {
  return typeof told === "function" ? told(input, result) : told;
}

/** What a form could have posted; files are not given back. */
const textsOf = (body: Record<string, unknown>): Given =>
  Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
