import type { FC, PropsWithChildren } from "hono/jsx";
import type { FriendRequest } from "../modules/friends/schemas";
import type { Home } from "../modules/home/schemas";
import * as home from "../modules/home/service";
import type { Notification } from "../modules/notifications/schemas";
import type { Suggestion } from "../modules/suggestions/schemas";
import type { User } from "../modules/users/schemas";
import type { Settings } from "../settings";
import { asset } from "./assets";
import { page } from "./layout";
import { Act, Avatar, Empty, Live, Presence, Time } from "./parts";
import { Answer } from "./person-parts";
import { everybody } from "./visitor";
import { web } from "./web";

/** Where one comes in. */

const HERE = "/";

const show = everybody(async (c, me) => {
  if (!me) return page(c, "Welcome", <Landing settings={c.get("scope").settings} />, { width: "wide" });
  return page(c, "Home", <Start of={await home.home(me)} />, { width: "wide" });
});

const Landing: FC<{ settings: Settings }> = ({ settings: { appName, docs } }) => (
  <>
    <div class="landing">
      <img src={asset("icon.svg")} alt="" width="72" height="72" />
      <h1>{appName}</h1>
      <p class="lead">
        Your people, and nobody else's business: friends, live notifications, and a profile that shows what you choose to whom you choose.
      </p>
      <div class="acts">
        <a class="button" href="/registration">
          Sign up
        </a>
        <a class="button secondary" href="/login">
          Log in
        </a>
      </div>
      {docs && (
        <p class="quiet">
          You write code? Everything here is an API too: <a href="/api/redoc/">read how to use it</a>.
        </p>
      )}
    </div>
    <div class="grid">
      <section class="card">
        <h2>You hear of it at once</h2>
        <p>Requests, answers and who is there arrive while you look, on all your devices, and wait for you while you do not.</p>
      </section>
      <section class="card">
        <h2>You say who sees what</h2>
        <p>Everybody, friends, some of them or nobody: for your profile, and for each thing that stands in it.</p>
      </section>
      <section class="card">
        <h2>Out means out</h2>
        <p>See where you are logged in and end it there. Take all your data along, or delete it, whenever you like.</p>
      </section>
    </div>
  </>
);

/** What waits for an answer stands above. */
const isNews = ({ related_request, type }: Notification) => !(type === "friend_request" && related_request?.status === "pending");

const Start: FC<{ of: Home }> = ({ of: { me, notifications, requests, online, suggestions, befriended } }) => (
  <>
    <h1 class="break">Hello, {me.first_name || me.username}</h1>
    {!befriended && <FirstSteps named={me.first_name !== ""} />}
    <div class="sides">
      <div>
        <Live id="waiting" on="friend_request friend_update">
          {requests.length > 0 && <Requests of={requests} />}
        </Live>
        <Live id="news" on="notification notification_update notification_delete notifications_clear friend_update">
          <News of={notifications.filter(isNews)} />
        </Live>
      </div>
      <div>
        <Live id="here" on="friend_update">
          {befriended && <Here friends={online} />}
        </Live>
        <Live id="known" on="friend_update">
          {suggestions.length > 0 && <Known people={suggestions} />}
        </Live>
      </div>
    </div>
  </>
);

const FirstSteps: FC<{ named: boolean }> = ({ named }) => (
  <div class="card">
    <Empty title="You are here. Now for the others.">
      <p>Look for people whom you know and ask them to be friends.</p>
      <div class="acts">
        <a class="button" href="/people">
          Find people
        </a>
        {!named && (
          <a class="button secondary" href="/settings">
            Say who you are
          </a>
        )}
      </div>
    </Empty>
  </div>
);

const Section: FC<PropsWithChildren<{ title: string; to: string; all: string }>> = ({ title, to, all, children }) => (
  <section>
    <div class="heading">
      <h2>{title}</h2>
      <a href={to}>{all}</a>
    </div>
    <div class="card flush">
      <ul class="list">{children}</ul>
    </div>
  </section>
);

const Name: FC<{ of: Pick<User, "id" | "username"> }> = ({ of: { id, username } }) => (
  <a href={`/people/${id}`}>
    <strong>{username}</strong>
  </a>
);

const Requests: FC<{ of: FriendRequest[] }> = ({ of }) => (
  <Section title="They would like to be friends" to="/friends" all="All requests">
    {of.map(({ id, sender, created_at }) => (
      <li class="row">
        <Avatar of={sender} />
        <div>
          <Name of={sender} />
          <div class="quiet">
            <Time at={created_at} />
          </div>
        </div>
        <div class="acts">
          <Answer request={id} username={sender.username} back={HERE} />
        </div>
      </li>
    ))}
  </Section>
);

const News: FC<{ of: Notification[] }> = ({ of }) =>
  of.length === 0 ? (
    <section>
      <h2>Notifications</h2>
      <p class="quiet">
        Nothing new. <a href="/notifications">What there was</a>
      </p>
    </section>
  ) : (
    <Section title="Notifications" to="/notifications" all="All notifications">
      {of.map(({ sender, text, created_at }) => (
        <li class="row unread">
          {sender && <Avatar of={sender} size={36} />}
          <div>
            {text}
            <div class="quiet">
              <Time at={created_at} />
            </div>
          </div>
        </li>
      ))}
    </Section>
  );

const Here: FC<{ friends: User[] }> = ({ friends }) =>
  friends.length === 0 ? (
    <section>
      <h2>Online</h2>
      <p class="quiet">
        None of your friends is here right now. <a href="/friends">Your friends</a>
      </p>
    </section>
  ) : (
    <Section title="Online" to="/friends" all="All friends">
      {friends.map((friend) => (
        <li class="row">
          <Avatar of={friend} size={36} />
          <Name of={friend} />
          <Presence of={friend} />
        </li>
      ))}
    </Section>
  );

const Known: FC<{ people: Suggestion[] }> = ({ people }) => (
  <Section title="You may know" to="/people" all="More people">
    {people.map((person) => (
      <li class="row">
        <Avatar of={person} />
        <div>
          <Name of={person} />
          <div class="quiet break">{through(person)}</div>
        </div>
        <Act action={`/people/${person.id}/ask`} label={`Add friend: ${person.username}`} fields={{ back: HERE }}>
          Add friend
        </Act>
      </li>
    ))}
  </Section>
);

/** "2 friends in common: ann, bob" */
function through({ mutual_friends, through }: Suggestion): string {
  const count = `${mutual_friends} ${mutual_friends === 1 ? "friend" : "friends"} in common`;
  return through.length === 0 ? count : `${count}: ${through.map(({ username }) => username).join(", ")}`;
}

export const homePages = web().get("/", show);
