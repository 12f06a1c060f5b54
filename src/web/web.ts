import { Hono } from "hono";
import type { AppEnv } from "../http";
import type { Viewer } from "../modules/viewer/schemas";
import type { MemberScope } from "../scope";
import { answerPage } from "./errors";

/** Beside what every handler has: who looks at the page, once that is known. */
export type WebEnv = AppEnv & { Variables: { viewer?: () => Promise<Viewer | null>; framed?: MemberScope } };

/** A router of pages. */
export const web = () => new Hono<WebEnv>().onError(answerPage);
