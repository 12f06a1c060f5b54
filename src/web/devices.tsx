import type { FC } from "hono/jsx";
import { clearSessionCookies } from "../cookies";
import { countryName } from "../lib/device";
import { AppError } from "../lib/errors";
import type { Session } from "../modules/auth/schemas";
import * as sessions from "../modules/auth/sessions";
import { act } from "./acts";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Act, Time } from "./parts";
import { Settings } from "./settings-frame";
import { about, members } from "./visitor";
import { web } from "./web";

/** Where one is logged in, and the way out of each place. */

const HERE = "/devices";

const list = members(async (c, me) => {
  const mine = await sessions.list(me);
  const others = mine.filter(({ current }) => !current);
  return page(
    c,
    "Devices",
    <Settings>
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
        <Act action={`${HERE}/end-others`} confirm="Log out everywhere but here?">
          Log out everywhere else
        </Act>
      )}
    </Settings>,
  );
});

const Device: FC<{ session: Session }> = ({ session: { id, current, device, user_agent, country, created_at, last_used_at } }) => (
  <div class="row">
    <div>
      <strong>{device ?? (user_agent || "Unknown device")}</strong> {current && <span class="badge">this one</span>}
      <div class="quiet">
        {country && `${countryName(country)}, `}last used <Time at={last_used_at} />, since <Time at={created_at} dateOnly />
      </div>
    </div>
    <Act action={`${HERE}/${id}/end`} label={`Log out ${device ?? "this device"}`}>
      Log out
    </Act>
  </div>
);

const end = about(async (c, me, id) => {
  await sessions.revoke(me, id).catch(unlessOver);
  if (id !== me.caller.sessionId) return c.redirect(HERE, 303);
  clearSessionCookies(c);
  return c.redirect("/login", 303);
});

/** A page may be older than what it shows. */
function unlessOver(error: unknown): void {
  if (!(error instanceof AppError && error.code === "not_found")) throw error;
}

const endOthers = act(
  async (me) => {
    await sessions.revokeOthers(me);
    return "You are logged out everywhere else.";
  },
  { to: HERE },
);

export const devicePages = web()
  .get("/devices/", list)
  .post("/devices/end-others/", takeForm, endOthers)
  .post("/devices/:id/end/", takeForm, end);
