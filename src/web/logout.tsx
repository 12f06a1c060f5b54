import type { Context } from "hono";
import { clearSessionCookies, renewFormSecret } from "../cookies";
import { AppError } from "../lib/errors";
import { presentedTokens } from "../middleware/authenticate";
import * as sessions from "../modules/auth/sessions";
import type { MemberScope } from "../scope";
import { wantsJson } from "./accept";
import { flash } from "./flash";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Form } from "./parts";
import { members } from "./visitor";
import { type WebEnv, web } from "./web";

/** Logging out (contracts §4): by a link, because clients of the profile page have one, and by a form. */

const HERE = "/logout";
/** Whoever is at the browser followed a link of ours, or typed the address. */
const OWN: ReadonlySet<string | undefined> = new Set(["same-origin", "none", undefined]);

/** Another site led here, or the browser only looks ahead: that must not log anybody out. */
function isUnasked({ req }: Context): boolean {
  const ahead = `${req.header("sec-purpose") ?? ""} ${req.header("purpose") ?? ""}`;
  return req.method === "HEAD" || !OWN.has(req.header("sec-fetch-site")) || /\b(prefetch|prerender|preview)\b/i.test(ahead);
}

const leaveByLink = members((c, me) => {
  if (!isUnasked(c)) return leave(c, me);
  if (wantsJson(c)) throw new AppError("csrf_failed");
  return page(
    c,
    "Log out",
    <Form action={HERE} class="card">
      <h1>Log out?</h1>
      <button type="submit">Log out</button>
    </Form>,
    { width: "narrow" },
  );
});

/** Ends what this browser has, at once; a session that is over already is no reason to stay. */
async function leave(c: Context<WebEnv>, me: MemberScope): Promise<Response> {
  await sessions.logout({ ...me, caller: null }, presentedTokens(c.req.raw));
  clearSessionCookies(c);
  renewFormSecret(c);
  if (wantsJson(c)) return c.json({ detail: "Successfully logged out." });
  flash(c, "good", "You are logged out.");
  return c.redirect("/login");
}

export const logoutPages = web().get("/logout/", leaveByLink).post("/logout/", takeForm, members(leave));
