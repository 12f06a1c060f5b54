import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { Acquaintance, PendingRequest } from "../modules/people/schemas";
import type { Suggestion } from "../modules/suggestions/schemas";
import type { Person, User } from "../modules/users/schemas";
import { Act, Avatar, Presence, Time } from "./parts";

/** People in lists, and what one may do with them. */

export const personAddress = ({ id }: { id: number }) => `/people/${id}`;

/** As they show it: their name, or else their username. */
export const nameOf = (of: Person | User): string => ("first_name" in of && `${of.first_name} ${of.last_name}`.trim()) || of.username;

/** What they go by, beside their name; who shows none goes by it already. */
export const Handle: FC<{ of: Person | User }> = ({ of }) =>
  nameOf(of) === of.username ? null : <span class="quiet break">@{of.username}</span>;

/** A person in a list; in it what one may do. */
export const PersonRow: FC<PropsWithChildren<{ of: Person | User; about?: Child; hides?: boolean }>> = ({ of, about, hides, children }) => (
  <li class="row">
    <Avatar of={of} />
    <div>
      {hides ? (
        <strong>{of.username}</strong>
      ) : (
        <a href={personAddress(of)}>
          <strong>{nameOf(of)}</strong>
        </a>
      )}{" "}
      <Handle of={of} />
      {about && <div class="quiet break">{about}</div>}
      {!hides && (
        <div>
          <Presence of={of} />
        </div>
      )}
    </div>
    {children && <div class="acts">{children}</div>}
  </li>
);

interface StandingProps {
  of: Acquaintance;
}

/** Where two stand, and the next step between them. */
export const Standing: FC<StandingProps> = ({ of }) => {
  switch (of.standing) {
    case "self":
      return <span class="badge">you</span>;
    case "friends":
      return <span class="badge">friends</span>;
    case "asked":
      return (
        <>
          <span class="quiet">Asked</span>
          <Cancel request={of.request!} username={of.username} />
        </>
      );
    case "asks":
      return <Answer request={of.request!} username={of.username} />;
    default:
      return <AddFriend of={of} />;
  }
};

type Named = { id: number; username: string };

const AddFriend: FC<{ of: Named }> = ({ of }) => (
  <Act action={`${personAddress(of)}/ask`} label={`Add friend: ${of.username}`} kind="primary" back>
    Add friend
  </Act>
);

/** Without `back` it leads to one's friends: the page that it is on may be gone. */
export const Unfriend: FC<{ of: Named; back?: boolean }> = ({ of, back = false }) => (
  <Act
    action={`${personAddress(of)}/unfriend`}
    label={`Unfriend ${of.username}`}
    kind={back ? "quiet" : "secondary"}
    back={back}
    confirm={`End your friendship with ${of.username}?`}
  >
    Unfriend
  </Act>
);

/** As above. */
export const Unblock: FC<{ of: Named; back?: boolean }> = ({ of, back = false }) => (
  <Act action={`${personAddress(of)}/unblock`} label={`Unblock ${of.username}`} back={back}>
    Unblock
  </Act>
);

interface Asking {
  request: number;
  username: string;
}

export const Answer: FC<Asking> = ({ request, username }) => (
  <>
    <Act action={`/friends/requests/${request}/accept`} label={`Accept ${username}`} kind="primary" back>
      Accept
    </Act>
    <Act action={`/friends/requests/${request}/reject`} label={`Reject ${username}`} back>
      Reject
    </Act>
  </>
);

export const Cancel: FC<Asking> = ({ request, username }) => (
  <Act action={`/friends/requests/${request}/cancel`} label={`Take back your request to ${username}`} back>
    Take back
  </Act>
);

/** What stands above those who ask. */
export const THEY_ASK = "They would like to be friends";

export const AsksRow: FC<{ of: PendingRequest }> = ({ of: { id, sender, person, created_at } }) => (
  <PersonRow of={person ?? sender} hides={!person} about={<Time at={created_at} />}>
    <Answer request={id} username={sender.username} />
  </PersonRow>
);

/** A day as such, which is the same in every zone: "2001-12-31". */
export const Day: FC<{ on: string }> = ({ on }) => (
  <time datetime={on}>{new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(on))}</time>
);

/** Somebody who may be known, by whom. */
export const Suggested: FC<{ person: User & Suggestion }> = ({ person }) => (
  <PersonRow of={person} about={<Mutual of={person} />}>
    <AddFriend of={person} />
  </PersonRow>
);

const Mutual: FC<{ of: Suggestion }> = ({ of: { mutual_friends, through } }) => {
  const others = mutual_friends - through.length;
  return (
    <>
      {mutual_friends === 1 ? "A friend in common: " : `${mutual_friends} friends in common: `}
      {through.map((friend, i) => (
        <>
          {i > 0 && ", "}
          <a href={personAddress(friend)}>{friend.username}</a>
        </>
      ))}
      {others > 0 && " and others"}
    </>
  );
};
