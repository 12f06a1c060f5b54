import type { FC } from "hono/jsx";
import { cursorAddress, type Page } from "../lib/pages";
import type { Blocked } from "../modules/blocks/schemas";
import * as friends from "../modules/friends/service";
import * as notifications from "../modules/notifications/service";
import type { Circle, Friend, PendingRequest, Section } from "../modules/people/schemas";
import { SECTIONS } from "../modules/people/schemas";
import * as people from "../modules/people/service";
import { actOn } from "./acts";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Back, Empty, FRIENDSHIP, Live, More, Time } from "./parts";
import { AsksRow, Cancel, PersonRow, THEY_ASK, Unblock, Unfriend } from "./person-parts";
import { cursorOf } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** One's friends, who wants to be one, and who never again. */

const PATH = "/friends";
const PAGE_SIZE = 20;

const TITLES: Record<Section, string> = {
  incoming: THEY_ASK,
  friends: "Your friends",
  outgoing: "You asked them",
  blocked: "Blocked",
};

const show = members(async (c, me) => {
  const only = SECTIONS.find((section) => section === c.req.query("show"));
  const cursor = cursorOf(c);
  const circle = await people.circle(me, { cursor: only && cursor, limit: PAGE_SIZE }, only);
  return page(
    c,
    "Friends",
    <>
      <h1>Friends</h1>
      {only && <Back to={PATH}>All of it</Back>}
      <Live id="circle" on={FRIENDSHIP}>
        {(only ? [only] : ORDER).map((section) => (
          <Part of={circle} section={section} whole={only !== undefined} />
        ))}
      </Live>
    </>,
  );
});

/** What waits for an answer comes first. */
const ORDER: Section[] = ["incoming", "friends", "outgoing", "blocked"];

interface PartProps {
  of: Circle;
  section: Section;
  /** It is all that is on the page, and says so where it is empty. */
  whole: boolean;
}

const Part: FC<PartProps> = ({ of: circle, section, whole }) => {
  const { items } = circle[section];
  if (items.length === 0) return whole || section === "friends" ? <Nothing in={section} /> : null;
  return (
    <section aria-labelledby={section}>
      <h2 id={section}>{TITLES[section]}</h2>
      <div class="card flush">
        <ul class="list">{rowsOf(circle, section)}</ul>
      </div>
      <More to={cursorAddress(`${PATH}?show=${section}`, circle[section] as Page<unknown>)}>{`More: ${TITLES[section]}`}</More>
    </section>
  );
};

const Nothing: FC<{ in: Section }> = ({ in: section }) => (
  <section aria-labelledby={section}>
    <h2 id={section}>{TITLES[section]}</h2>
    <div class="card">
      {section === "friends" ? (
        <Empty title="Nobody yet">
          <p>Find somebody you know, and ask them to be friends.</p>
          <a class="button" href="/people">
            Find people
          </a>
        </Empty>
      ) : (
        <Empty title="Nobody" />
      )}
    </div>
  </section>
);

function rowsOf({ friends, incoming, outgoing, blocked }: Circle, section: Section) {
  switch (section) {
    case "friends":
      return friends.items.map((friend) => <FriendRow of={friend} />);
    case "incoming":
      return incoming.items.map((request) => <AsksRow of={request} />);
    case "outgoing":
      return outgoing.items.map((request) => <AskedRow of={request} />);
    case "blocked":
      return blocked.items.map((one) => <BlockedRow of={one} />);
  }
}

const FriendRow: FC<{ of: Friend }> = ({ of: friend }) => (
  <PersonRow of={friend} about={friend.groups.length > 0 && `In your groups: ${friend.groups.join(", ")}`}>
    <Unfriend of={friend} back />
  </PersonRow>
);

const AskedRow: FC<{ of: PendingRequest }> = ({ of: { id, receiver, person, created_at } }) => (
  <PersonRow of={person ?? receiver} about={<Time at={created_at} />}>
    <Cancel request={id} username={receiver.username} />
  </PersonRow>
);

const BlockedRow: FC<{ of: Blocked }> = ({ of: blocked }) => (
  <li class="row">
    <div>
      <strong>{blocked.username}</strong>
      <div class="quiet">
        since <Time at={blocked.since} dateOnly />
      </div>
    </div>
    <Unblock of={blocked} back />
  </li>
);

const options = { to: PATH, words: { no_such_request: "This request is gone: it was answered or taken back." } };

const accept = actOn(async (me, id) => {
  const { sender } = await friends.accept(me, id);
  await notifications.markReadAbout(me, id);
  return `You and ${sender.username} are friends now.`;
}, options);

const reject = actOn(async (me, id) => {
  const { sender } = await friends.reject(me, id);
  await notifications.markReadAbout(me, id);
  return `You rejected the request of ${sender.username}.`;
}, options);

const cancel = actOn(async (me, id) => {
  await friends.cancel(me, id);
  return "Your request is taken back.";
}, options);

export const friendPages = web()
  .get("/friends/", show)
  .post("/friends/requests/:id/accept/", takeForm, accept)
  .post("/friends/requests/:id/reject/", takeForm, reject)
  .post("/friends/requests/:id/cancel/", takeForm, cancel);
