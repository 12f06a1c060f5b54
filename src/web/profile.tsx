import type { Child, FC } from "hono/jsx";
import type { Me } from "../modules/users/schemas";
import * as users from "../modules/users/service";
import { page } from "./layout";
import { Avatar, Live, Presence } from "./parts";
import { Day, Handle, nameOf } from "./person-parts";
import { members } from "./visitor";
import { web } from "./web";

/** One's own profile, as one sees it oneself (contracts §4). */

const show = members(async (c, me) => {
  const mine = await users.self(me);
  return page(
    c,
    "Profile",
    <Live id="profile" on={["profile_update"]}>
      <Head of={mine} />
      <Fields of={mine} />
    </Live>,
  );
});

const Head: FC<{ of: Me }> = ({ of: mine }) => (
  <div class="card profile">
    <Avatar of={mine} size={96} />
    <div>
      <h1 class="break">{nameOf(mine)}</h1>
      <p class="quiet break">
        <Handle of={mine} /> <Presence of={mine} />
      </p>
      {mine.status_line && <p class="break">{mine.status_line}</p>}
      <div class="acts">
        <a class="button" href="/settings">
          Edit profile
        </a>
        <a class="button secondary" href="/settings/privacy">
          Who sees what
        </a>
        <a class="button secondary" href="/activity">
          Activity
        </a>
      </div>
    </div>
  </div>
);

const Fields: FC<{ of: Me }> = ({ of: mine }) => (
  <div class="card">
    <h2>About me</h2>
    <p class="lines">{mine.bio || <NotSaid />}</p>
    <dl>
      {fieldsOf(mine).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value || <NotSaid />}</dd>
        </>
      ))}
    </dl>
  </div>
);

const NotSaid: FC = () => <span class="quiet">not said</span>;

const Address: FC<{ of: Me }> = ({ of: { email, email_verified } }) => (
  <>
    {email}
    {!email_verified && (
      <>
        {" "}
        <span class="quiet">
          not confirmed yet: <a href="/resend-email">mail me a link</a>
        </span>
      </>
    )}
  </>
);

const fieldsOf = (mine: Me): [string, Child][] => [
  ["Name", mine.first_name],
  ["Surname", mine.last_name],
  ["E-mail", <Address of={mine} />],
  ["Age", mine.age === null ? null : String(mine.age)],
  ["Birth date", mine.birth_date && <Day on={mine.birth_date} />],
  ["Phone", mine.phone_number],
  ["Profession", mine.profession],
];

export const profilePages = web().get("/profilepage/", show);
