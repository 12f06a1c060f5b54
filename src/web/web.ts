import { Hono } from "hono";
import type { AppEnv } from "../http";
import type { Viewer } from "../modules/viewer/schemas";
import type { MemberScope } from "../scope";
import { answerPage } from "./errors";

/** Beside what every handler has. */
export type WebEnv = AppEnv & {
  Variables: {
    /** Who looks at the page, once that is known. */
    viewer?: () => Promise<Viewer | null>;
    framed?: MemberScope;
    /** Kept, because what takes a body relabels it. */
    wantsJson?: boolean;
    /** Whom a log-in at an address of both is for. */
    whose?: "page" | "api" | "either";
  };
};

/** A router of pages. */
export const web = () => new Hono<WebEnv>().onError(answerPage);
