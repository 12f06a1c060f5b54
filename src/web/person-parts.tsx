import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { Acquaintance } from "../modules/people/schemas";
import type { Suggestion } from "../modules/suggestions/schemas";
import type { Person, User } from "../modules/users/schemas";
import { Act, Avatar, Presence } from "./parts";

/** People in lists, and what one may do with them. */

export const personAddress = ({ id }: { id: number }) => `/people/${id}`;

/** As they show it: their name, or else their username. */
export const nameOf = (of: Person | User): string => ("first_name" in of && `${of.first_name} ${of.last_name}`.trim()) || of.username;

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
      )}
      {nameOf(of) !== of.username && <span class="quiet break"> @{of.username}</span>}
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

interface Standing {
  of: Acquaintance;
  /** The page that the buttons are on, see acts.ts. */
  back: string;
}

/** Where two stand, and the next step between them. */
export const Standing: FC<Standing> = ({ of: { id, username, standing, request }, back }) => {
  switch (standing) {
    case "self":
      return <span class="badge">you</span>;
    case "friends":
      return <span class="badge">friends</span>;
    case "asked":
      return (
        <>
          <span class="quiet">Asked</span>
          <Cancel request={request!} username={username} back={back} />
        </>
      );
    case "asks":
      return <Answer request={request!} username={username} back={back} />;
    default:
      return (
        <Act action={`/people/${id}/ask`} label={`Add friend: ${username}`} kind="primary" fields={{ back }}>
          Add friend
        </Act>
      );
  }
};

interface Asking {
  request: number;
  username: string;
  back: string;
}

export const Answer: FC<Asking> = ({ request, username, back }) => (
  <>
    <Act action={`/friends/requests/${request}/accept`} label={`Accept ${username}`} kind="primary" fields={{ back }}>
      Accept
    </Act>
    <Act action={`/friends/requests/${request}/reject`} label={`Reject ${username}`} fields={{ back }}>
      Reject
    </Act>
  </>
);

export const Cancel: FC<Asking> = ({ request, username, back }) => (
  <Act action={`/friends/requests/${request}/cancel`} label={`Take back your request to ${username}`} fields={{ back }}>
    Take back
  </Act>
);

/** A day as such, which is the same in every zone: "2001-12-31". */
export const Day: FC<{ on: string }> = ({ on }) => (
  <time datetime={on}>{new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(on))}</time>
);

/** Somebody who may be known, by whom. */
export const Suggested: FC<{ person: User & Suggestion; back: string }> = ({ person, back }) => (
  <PersonRow of={person} about={<Mutual of={person} />}>
    <Act action={`${personAddress(person)}/ask`} label={`Add friend: ${person.username}`} kind="primary" fields={{ back }}>
      Add friend
    </Act>
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
