import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { AppError, type ErrorCode } from "../lib/errors";
import { answerError } from "../middleware/errors";
import { wantsJson, wantsPage } from "./accept";
import { page } from "./layout";
import { lookOn } from "./visitor";
import type { WebEnv } from "./web";

/** Refusals and failures as pages. */

const TITLES: Partial<Record<number, string>> = {
  403: "Not allowed",
  404: "There is nothing here",
  405: "Not this way",
  413: "Too large",
  429: "Too many tries",
  500: "Something went wrong",
  503: "Out of order",
};

/** What to do next. */
const ADVICE: Partial<Record<number, string>> = {
  403: "You may not open or do this. If you think that you should, ask whoever runs this site.",
  404: "The address may be wrong, or what was here is gone or hidden.",
  405: "Nothing opens at this address. Go back, and try from the page that led here.",
  413: "Go back, and choose a smaller file or write less.",
  429: "Please wait a while, then try again.",
  500: "It is our fault, and nothing of yours is lost. Try again; if it stays so, tell whoever runs this site the number below.",
  503: "Something that we need is out of order. Try again in a few minutes.",
};

const ADVICE_FOR: Partial<Record<ErrorCode, string>> = {
  csrf_failed: "This came from another site, so nothing was done. Go to the page itself and try there.",
  csrf_missing: `${new AppError("csrf_missing").body.detail} This page was open for too long, or your browser keeps no cookies. Go back, reload it, and try again.`,
};

/** A page's error: a page, unless script asked for JSON. */
export const answerPage: ErrorHandler<WebEnv> = async (error, c) => {
  if (wantsJson(c)) return answerError(error, c);
  const answer = await answerError(error, c);
  const known = error instanceof AppError ? error : new AppError("internal");
  return errorPage(c, answer.status, known);
};

/** Any other's: a page if a browser is on its way there. */
export const answerAnyError: ErrorHandler<WebEnv> = (error, c) => (wantsPage(c) ? answerPage(error, c) : answerError(error, c));

/** The same where no route is, after `answer` has said why. */
export const orPage =
  (answer: NotFoundHandler<WebEnv>): NotFoundHandler<WebEnv> =>
  async (c) => {
    const refused = await answer(c);
    return wantsPage(c) && c.error instanceof AppError ? errorPage(c, refused.status, c.error) : refused;
  };

async function errorPage(c: Context<WebEnv>, status: number, error: AppError): Promise<Response> {
  const content = (
    <div class="card">
      <h1>{TITLES[status] ?? "That did not work"}</h1>
      <p>{ADVICE_FOR[error.code] ?? ADVICE[status] ?? `${error.body.detail ?? ""} Go back and try again.`.trim()}</p>
      {status >= 500 && <p class="quiet break">{c.get("requestId")}</p>}
      <a class="button" href="/">
        To the start
      </a>
    </div>
  );
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  await lookOn(c).catch(() => {});
  const answer = () => page(c, TITLES[status] ?? "That did not work", content, { status: status as 400, width: "narrow" });
  return answer().catch(() => {
    // What failed may fail the frame too: then it is everybody's.
    c.set("viewer", async () => null);
    return answer();
  });
}
