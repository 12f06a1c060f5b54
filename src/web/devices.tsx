import { type Context, Hono } from "hono";
import { clearSessionCookies } from "../cookies";
import type { AppEnv } from "../http";
import { AppError } from "../lib/errors";
import { pathId } from "../lib/fields";
import type { Session } from "../modules/auth/schemas";
import * as sessions from "../modules/auth/sessions";
import type { MemberScope } from "../scope";
import { page } from "./layout";
import { asVisitor } from "./visitor";

/** Where one is logged in, and the way out of each place. */

const HERE = "/devices/";

const list = async (c: Context<AppEnv>) => {
  const found = await asVisitor(c, sessions.listForPage);
  if (!found) return nobody(c);
  const { sessions: mine, look } = found;
  const others = mine.filter(({ current }) => !current);
  return page(
    c,
    "Devices",
    <>
      <h1>Where you are logged in</h1>
      <div class="card flush">
        <ul class="list">
          {mine.map((session) => (
            <li>
              <Device session={session} />
            </li>
          ))}
        </ul>
      </div>
      {others.length > 0 && (
        <form method="post" action={`${HERE}end-others/`} class="below">
          <button type="submit" class="secondary">
            Log out everywhere else
          </button>
        </form>
      )}
    </>,
    { wide: true, look },
  );
};

const Device = ({ session: { id, current, device, user_agent, country, last_used_at } }: { session: Session }) => (
  <form method="post" action={`${HERE}${id}/end/`} class="row">
    <div>
      <strong>{device ?? (user_agent || "Unknown device")}</strong>
      {current && <span class="badge">this one</span>}
      <div class="quiet">
        {country && `${country}, `}last used <time datetime={last_used_at}>{`${last_used_at.slice(0, 16).replace("T", " ")} UTC`}</time>
      </div>
    </div>
    <button type="submit" class="secondary" aria-label={`Log out ${device ?? "this device"}`}>
      Log out
    </button>
  </form>
);

const nobody = (c: Context<AppEnv>) =>
  page(
    c,
    "Not logged in",
    <div class="card">
      <h1>You are not logged in</h1>
      <p>Log in again where you came from, then come back to this page.</p>
    </div>,
    { status: 401 },
  );

const end = async (c: Context<AppEnv>) => {
  const { success, data: id } = pathId().safeParse(c.req.param("id"));
  if (!success) return c.notFound();
  const ended = await asVisitor(c, async (member) => {
    await sessions.revoke(member, id).catch(unlessOver);
    return id === member.caller.sessionId ? "mine" : "another";
  });
  if (ended === "mine") clearSessionCookies(c);
  return ended === null ? nobody(c) : c.redirect(HERE, 303);
};

/** A page may be older than what it shows. */
function unlessOver(error: unknown): void {
  if (!(error instanceof AppError && error.code === "not_found")) throw error;
}

const endOthers = async (c: Context<AppEnv>) => {
  const done = await asVisitor(c, (member: MemberScope) => sessions.revokeOthers(member).then(() => true));
  return done === null ? nobody(c) : c.redirect(HERE, 303);
};

export const devicePages = new Hono<AppEnv>().get(HERE, list).post("/devices/end-others/", endOthers).post("/devices/:id/end/", end);
