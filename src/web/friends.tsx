import type { FC } from "hono/jsx";
import { cursorAddress, type Page } from "../lib/pages";
import type { Blocked } from "../modules/blocks/schemas";
import * as friends from "../modules/friends/service";
import * as notifications from "../modules/notifications/service";
import type { Circle, Friend, PendingRequest, Section } from "../modules/people/schemas";
import { SECTIONS } from "../modules/people/schemas";
import * as people from "../modules/people/service";
import { actOn, here } from "./acts";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Act, Empty, Live, More, Time } from "./parts";
import { Answer, Cancel, PersonRow } from "./person-parts";
import { cursorOf } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** One's friends, who wants to be one, and who never again. */

const PATH = "/friends";
const PAGE_SIZE = 20;

const TITLES: Record<Section, string> = {
  incoming: "They ask you",
  friends: "Your friends",
  outgoing: "You asked them",
  blocked: "Blocked",
};

const show = members(async (c, me) => {
  const only = SECTIONS.find((section) => section === c.req.query("show"));
  const cursor = cursorOf(c);
  const circle = await people.circle(me, { cursor: only && cursor, limit: PAGE_SIZE }, only);
  const { back } = here(c);
  return page(
    c,
    "Friends",
    <>
      <h1>Friends</h1>
      {only && (
        <p class="back">
          <a href={PATH}>All of it</a>
        </p>
      )}
      <Live id="circle" on="friend_request friend_update">
        {(only ? [only] : ORDER).map((section) => (
          <Part of={circle} section={section} back={back} whole={only !== undefined} />
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
  back: string;
  /** It is all that is on the page, and says so where it is empty. */
  whole: boolean;
}

const Part: FC<PartProps> = ({ of: circle, section, back, whole }) => {
  const { items } = circle[section];
  if (items.length === 0) return whole || section === "friends" ? <Nothing in={section} /> : null;
  return (
    <section aria-labelledby={section}>
      <h2 id={section}>{TITLES[section]}</h2>
      <div class="card flush">
        <ul class="list">{rowsOf(circle, section, back)}</ul>
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

function rowsOf({ friends, incoming, outgoing, blocked }: Circle, section: Section, back: string) {
  switch (section) {
    case "friends":
      return friends.items.map((friend) => <FriendRow of={friend} back={back} />);
    case "incoming":
      return incoming.items.map((request) => <Incoming of={request} back={back} />);
    case "outgoing":
      return outgoing.items.map((request) => <Outgoing of={request} back={back} />);
    case "blocked":
      return blocked.items.map((one) => <BlockedRow of={one} back={back} />);
  }
}

const FriendRow: FC<{ of: Friend; back: string }> = ({ of: friend, back }) => (
  <PersonRow of={friend} about={friend.groups.length > 0 && `In your groups: ${friend.groups.join(", ")}`}>
    <Act
      action={`/people/${friend.id}/unfriend`}
      label={`Unfriend ${friend.username}`}
      kind="quiet"
      fields={{ back }}
      confirm={`End your friendship with ${friend.username}?`}
    >
      Unfriend
    </Act>
  </PersonRow>
);

const Incoming: FC<{ of: PendingRequest; back: string }> = ({ of: { id, sender, person, created_at }, back }) => (
  <PersonRow of={person ?? sender} hides={!person} about={<Time at={created_at} />}>
    <Answer request={id} username={sender.username} back={back} />
  </PersonRow>
);

const Outgoing: FC<{ of: PendingRequest; back: string }> = ({ of: { id, receiver, person, created_at }, back }) => (
  <PersonRow of={person ?? receiver} about={<Time at={created_at} />}>
    <Cancel request={id} username={receiver.username} back={back} />
  </PersonRow>
);

const BlockedRow: FC<{ of: Blocked; back: string }> = ({ of: { id, username, since }, back }) => (
  <li class="row">
    <div>
      <strong>{username}</strong>
      <div class="quiet">
        since <Time at={since} dateOnly />
      </div>
    </div>
    <Act action={`/people/${id}/unblock`} label={`Unblock ${username}`} fields={{ back }}>
      Unblock
    </Act>
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
