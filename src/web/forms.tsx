import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http";
import { AppError, type ErrorCode, type FieldErrors, ValidationError } from "../lib/errors";
import { fieldErrors } from "../lib/fields";
import { takeCredentials } from "../middleware/shield";
import { page } from "./layout";

/** What was filled in, for who has to correct it. Passwords are not given back. */
export type Given = Record<string, string | undefined>;

/** Script asks a form's address for JSON; then refusals and answers are those of the API (contracts §8). */
const wantsJson = (c: Context) => (c.req.header("accept") ?? "").startsWith("application/json");

interface Form<Input> {
  schema: z.ZodType<Input>;
  /** The verb behind the form; its ValidationErrors are shown in the form. */
  act: (input: Input) => Promise<void>;
  /** The form again, with what is wrong. */
  again: (errors: FieldErrors, given: Given) => Response | Promise<Response>;
  /** What else may be refused, and has a page of its own. */
  refuse?: Partial<Record<ErrorCode, () => Promise<Response>>>;
  /** Where it leads, so that a reload does not post again. */
  done: string | ((input: Input) => string);
}

/** Takes what a form posts, as `takeCredentials` does; who is refused already there sees a page, too. */
export const takeForm = createMiddleware<AppEnv>(async function takeForm(c, next) {
  try {
    await takeCredentials(c, next);
  } catch (error) {
    if (wantsJson(c) || !(error instanceof AppError)) throw error;
    c.error = error;
    return refused(c, error);
  }
});

/** Handles the post of a form: behind `takeForm`. */
export async function submit<Input>(c: Context<AppEnv>, { schema, act, again, refuse = {}, done }: Form<Input>): Promise<Response> {
  const body: Record<string, unknown> = await c.req.json();
  try {
    const { data, error } = schema.safeParse(body);
    if (error) throw new ValidationError(fieldErrors(error));
    await act(data);
    return wantsJson(c) ? c.json({ detail: "ok" }) : c.redirect(typeof done === "string" ? done : done(data), 303);
  } catch (error) {
    if (wantsJson(c) || !(error instanceof AppError)) throw error;
    if (error instanceof ValidationError) return again(error.body, textsOf(body));
    return (refuse[error.code] ?? (() => refused(c, error)))();
  }
}

/** Of JSON only what a form could have posted. */
const textsOf = (body: Record<string, unknown>): Given =>
  Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

/** Any other refusal, as a page. */
function refused(c: Context<AppEnv>, error: AppError): Promise<Response> {
  const tooOften = error.status === 429;
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return page(
    c,
    tooOften ? "Too many tries" : "That did not work",
    <div class="card">
      <h1>{tooOften ? "Too many tries" : "That did not work"}</h1>
      <p>{tooOften ? "Please wait a while, then try again." : String(error.body.detail)}</p>
    </div>,
    { status: error.status },
  );
}
