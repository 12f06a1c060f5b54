import type { FC, PropsWithChildren } from "hono/jsx";
import type { Home } from "../modules/home/schemas";
import * as home from "../modules/home/service";
import type { Notification } from "../modules/notifications/schemas";
import type { PendingRequest } from "../modules/people/schemas";
import type { Suggestion } from "../modules/suggestions/schemas";
import type { User } from "../modules/users/schemas";
import { Landing } from "./landing";
import { page } from "./layout";
import { Avatar, Empty, FRIENDSHIP, Live, NEWS, Time } from "./parts";
import { AsksRow, PersonRow, Suggested, THEY_ASK } from "./person-parts";
import { everybody } from "./visitor";
import { web } from "./web";

/** Where one comes in. */

const show = everybody(async (c, me) => {
  if (!me) return page(c, "Welcome", <Landing settings={c.get("scope").settings} />, { width: "wide" });
  return page(c, "Home", <Start of={await home.home(me)} />, { width: "wide" });
});

const Start: FC<{ of: Home }> = ({ of: { me, news, requests, online, suggestions, befriended } }) => (
  <>
    <h1 class="break">Hello, {me.first_name || me.username}</h1>
    {!befriended && <FirstSteps named={me.first_name !== ""} />}
    <div class="sides">
      <div>
        <Live id="waiting" on={FRIENDSHIP}>
          {requests.length > 0 && <Requests of={requests} />}
        </Live>
        <Live id="news" on={[...NEWS, ...FRIENDSHIP]}>
          <News of={news} beside={requests.length > 0} />
        </Live>
      </div>
      <div>
        <Live id="here" on={["friend_update"]}>
          {befriended && <Here friends={online} />}
        </Live>
        <Live id="known" on={["friend_update"]}>
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

const Requests: FC<{ of: PendingRequest[] }> = ({ of }) => (
  <Section title={THEY_ASK} to="/friends" all="All requests">
    {of.map((request) => (
      <AsksRow of={request} />
    ))}
  </Section>
);

const News: FC<{ of: Notification[]; beside: boolean }> = ({ of, beside }) =>
  of.length === 0 ? (
    <section>
      <h2>Notifications</h2>
      <p class="quiet">
        {beside ? "Nothing else is new." : "Nothing new."} <a href="/notifications">What there was</a>
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
        <PersonRow of={friend} />
      ))}
    </Section>
  );

const Known: FC<{ people: Suggestion[] }> = ({ people }) => (
  <Section title="You may know" to="/people" all="More people">
    {people.map((person) => (
      <Suggested person={person} />
    ))}
  </Section>
);

export const homePages = web().get("/", show);
