import type { Child, FC } from "hono/jsx";
import { cursorAddress } from "../lib/pages";
import type { Blocked } from "../modules/blocks/schemas";
import * as blocks from "../modules/blocks/service";
import * as friends from "../modules/friends/service";
import * as groups from "../modules/groups/service";
import type { Acquaintance, Acquainted, Membership } from "../modules/people/schemas";
import * as people from "../modules/people/service";
import { actOn } from "./acts";
import { Check } from "./fields";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Act, Avatar, Back, Empty, Form, FRIENDSHIP, Live, More, Presence, Time } from "./parts";
import { Day, Handle, nameOf, PersonRow, personAddress, Standing, Unblock, Unfriend } from "./person-parts";
import { cursorOf, idIn } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** Somebody, as far as they show themselves, and what one may do with them. */

const PAGE_SIZE = 30;

const show = members(async (c, me) => {
  const found = await people.one(me, idIn(c));
  if ("blocked" in found) return page(c, found.blocked.username, <BlockedCard of={found.blocked} />, { width: "narrow" });
  const { person } = found;
  return page(
    c,
    nameOf(person),
    <Live id="person" on={FRIENDSHIP}>
      <Head of={person} />
      <Facts of={person} />
      {person.standing === "friends" && <Groups of={person} groups={found.groups} />}
      <Friends of={found} />
      {person.standing !== "self" && <Ending of={person} />}
    </Live>,
  );
});

const BlockedCard: FC<{ of: Blocked }> = ({ of: { id, username, since } }) => (
  <div class="card">
    <h1 class="break">{username}</h1>
    <p>
      You blocked them on <Time at={since} dateOnly />. Neither of you is there for the other.
    </p>
    <Unblock of={{ id, username }} />
  </div>
);

const Head: FC<{ of: Acquaintance }> = ({ of: person }) => (
  <div class="card profile">
    <Avatar of={person} size={96} />
    <div>
      <h1 class="break">{nameOf(person)}</h1>
      <p class="quiet break">
        <Handle of={person} /> <Presence of={person} />
        {!person.is_online && person.last_online && (
          <>
            , last seen <Time at={person.last_online} />
          </>
        )}
      </p>
      {person.status_line && <p class="break">{person.status_line}</p>}
      <div class="acts">
        {person.standing === "self" ? (
          <a class="button secondary" href="/profilepage">
            Your profile
          </a>
        ) : (
          <Standing of={person} />
        )}
        {person.since && (
          <span class="quiet">
            since <Time at={person.since} dateOnly />
          </span>
        )}
      </div>
    </div>
  </div>
);

const Facts: FC<{ of: Acquaintance }> = ({ of: { bio, profession, birth_date, age, email, phone_number } }) => {
  const facts: [string, Child][] = [
    ["Profession", profession],
    ["Age", age],
    ["Birth date", birth_date && <Day on={birth_date} />],
    ["E-mail", email && <a href={`mailto:${email}`}>{email}</a>],
    ["Phone", phone_number && <a href={`tel:${phone_number}`}>{phone_number}</a>],
  ];
  const told = facts.filter(([, value]) => value !== null && value !== "");
  return told.length === 0 && !bio ? null : (
    <div class="card">
      <h2>About</h2>
      {bio && <p class="lines">{bio}</p>}
      {told.length > 0 && (
        <dl>
          {told.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      )}
    </div>
  );
};

const Groups: FC<{ of: Acquaintance; groups: Membership[] }> = ({ of: { id, username }, groups }) => (
  <section class="card" aria-labelledby="groups">
    <h2 id="groups">Your groups</h2>
    {groups.length === 0 ? (
      <p>
        With groups you choose who sees what of you. <a href="/settings/groups">Make the first one</a>
      </p>
    ) : (
      <Form action={`/people/${id}/groups`} inPlace>
        {groups.map((group) => (
          <Check name={`group_${group.id}`} label={group.name} checked={group.is_in} />
        ))}
        <button type="submit" class="secondary" aria-label={`Save the groups of ${username}`}>
          Save
        </button>
      </Form>
    )}
  </section>
);

const Friends: FC<{ of: Acquainted }> = ({ of: { person, friends } }) =>
  friends.items.length === 0 ? null : (
    <section aria-labelledby="friends">
      <h2 id="friends">Friends</h2>
      <FriendList of={friends.items} />
      <More to={friends.next === null ? null : `${personAddress(person)}/friends`}>All their friends</More>
    </section>
  );

const FriendList: FC<{ of: Acquaintance[] }> = ({ of }) => (
  <div class="card flush">
    <ul class="list">
      {of.map((friend) => (
        <PersonRow of={friend} about={friend.profession}>
          <Standing of={friend} />
        </PersonRow>
      ))}
    </ul>
  </div>
);

const Ending: FC<{ of: Acquaintance }> = ({ of: person }) => (
  <div class="acts">
    {person.standing === "friends" && <Unfriend of={person} />}
    <Act
      action={`${personAddress(person)}/block`}
      label={`Block ${person.username}`}
      kind="danger"
      confirm={`Block ${person.username}? Neither of you is then there for the other, and what is between you ends.`}
    >
      Block
    </Act>
  </div>
);

const friendsPage = members(async (c, me) => {
  const id = idIn(c);
  const { person, friends } = await people.friendsOf(me, id, { cursor: cursorOf(c), limit: PAGE_SIZE });
  const title = `Friends of ${nameOf(person)}`;
  return page(
    c,
    title,
    <>
      <Back to={personAddress(person)}>{nameOf(person)}</Back>
      <h1 class="break">{title}</h1>
      <Live id="friends" on={FRIENDSHIP}>
        {friends.items.length > 0 ? (
          <FriendList of={friends.items} />
        ) : (
          <Empty title="Nobody to see">
            <p>They have no friends here, or keep them to themselves.</p>
          </Empty>
        )}
        <More to={cursorAddress(`${personAddress(person)}/friends`, friends)} />
      </Live>
    </>,
  );
});

const NOBODY = "There is no such person.";
const options = { to: (id: number) => `/people/${id}`, gone: "/people", words: { no_such_user: NOBODY, not_found: NOBODY } };

/** Where whom it was about may be there no more. */
const away = { ...options, to: "/friends" };

const ask = actOn(async (me, id) => {
  const { status, receiver, sender } = await friends.sendRequest(me, { id, username: null });
  // Who had asked first has their answer.
  return status === "accepted" ? `You and ${sender.username} are friends now.` : `You asked ${receiver.username} to be friends.`;
}, options);

const unfriend = actOn(async (me, id) => {
  await friends.unfriend(me, id);
  return "You are no longer friends.";
}, away);

const block = actOn(async (me, id) => {
  const { username } = await blocks.block(me, id);
  return `${username} is blocked.`;
}, options);

const unblock = actOn(async (me, id) => {
  await blocks.unblock(me, id);
  return "The block is gone.";
}, away);

const choose = actOn(
  async (me, id, body) => {
    const chosen = (yes: string) =>
      Object.entries(body).flatMap(([name, value]) => {
        const group = /^group_([1-9]\d{0,14})$/.exec(name)?.[1];
        return group !== undefined && value === yes ? [Number(group)] : [];
      });
    await groups.place(me, id, { into: chosen("true"), outOf: chosen("false") });
    return "The groups are saved.";
  },
  { to: options.to, words: { not_found: "One of these groups is gone. Look again." } },
);

export const personPages = web()
  .get("/people/:id/", show)
  .get("/people/:id/friends/", friendsPage)
  .post("/people/:id/ask/", takeForm, ask)
  .post("/people/:id/unfriend/", takeForm, unfriend)
  .post("/people/:id/block/", takeForm, block)
  .post("/people/:id/unblock/", takeForm, unblock)
  .post("/people/:id/groups/", takeForm, choose);
