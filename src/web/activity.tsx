import type { FC } from "hono/jsx";
import { cursorAddress } from "../lib/pages";
import type { Activity } from "../modules/activity/schemas";
import * as activity from "../modules/activity/service";
import { act, actOn } from "./acts";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Act, Empty, Live, More, Time } from "./parts";
import { cursorOf } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** What one has done, and where (contracts §4). */

const HERE = "/activity";
const SHOWN = 25;

const list = members(async (c, me) => {
  const found = await activity.list(me, { limit: SHOWN, cursor: cursorOf(c) });
  return page(
    c,
    "Activity",
    <>
      <h1>Activity</h1>
      <p class="quiet">
        What you did, newest first. Nobody else sees this. Was it not you? Look at your <a href="/devices">devices</a>.
      </p>
      <Live id="history" on={["profile_update", "preferences_update", "friend_update"]}>
        {found.items.length === 0 ? (
          <Empty title="Nothing here">
            <p>What you do from now on is listed here.</p>
          </Empty>
        ) : (
          <div class="card flush">
            <ul class="list">
              {found.items.map((done) => (
                <li>
                  <Entry of={done} />
                </li>
              ))}
            </ul>
          </div>
        )}
        <More to={cursorAddress(HERE, found)}>Older</More>
        {found.items.length > 0 && (
          <Act action={`${HERE}/hide-all`} kind="danger" confirm="Hide all that you did? It does not come back.">
            Hide all of it
          </Act>
        )}
      </Live>
    </>,
  );
});

const Entry: FC<{ of: Activity }> = ({ of: { id, details, person, created_at, device, country } }) => (
  <div class="row">
    <div>
      <strong>{details}</strong>
      {person && (
        <>
          : <a href={`/people/${person.id}`}>{person.username}</a>
        </>
      )}
      <div class="quiet">
        {device && `${device}, `}
        {country && `${country}, `}
        <Time at={created_at} />
      </div>
    </div>
    <Act action={`${HERE}/${id}/hide`} label={`Hide: ${details}`} kind="quiet" back>
      Hide
    </Act>
  </div>
);

const hide = actOn(
  async (me, id) => {
    await activity.hide(me, id);
    return "It is hidden.";
  },
  { to: HERE, words: { not_found: "It is hidden already." } },
);

const hideAll = act(
  async (me) => {
    await activity.hideAll(me);
    return "Your activity is hidden.";
  },
  { to: HERE },
);

export const activityPages = web()
  .get("/activity/", list)
  .post("/activity/hide-all/", takeForm, hideAll)
  .post("/activity/:id/hide/", takeForm, hide);
