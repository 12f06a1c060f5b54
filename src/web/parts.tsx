import type { FC, PropsWithChildren } from "hono/jsx";
import type { DurableType } from "../realtime/events";
import { CSRF_FIELD } from "./csrf";
import { useFrame } from "./frame";
import { BACK_FIELD } from "./next";

/** What pages are made of. */

const TONES = 8;

interface Pictured {
  id: number;
  username: string | null;
  avatar?: string | null;
}

/** Somebody's picture, or their initials on a colour that is theirs. Decoration: their name stands beside it. */
export const Avatar: FC<{ of: Pictured; size?: 24 | 36 | 48 | 96 }> = ({ of: { id, username, avatar }, size = 48 }) =>
  avatar ? (
    <img class={`avatar s${size}`} src={pathOf(avatar)} alt="" width={size} height={size} loading="lazy" decoding="async" />
  ) : (
    <span class={`avatar s${size} tone${id % TONES}`} aria-hidden="true">
      {initials(username)}
    </span>
  );

/** Pages load from where they are, whatever name the address was made with. */
const pathOf = (address: string) => new URL(address).pathname;

/** "ada.lovelace" is "AL"; whoever has no name any more is "?". */
function initials(name: string | null): string {
  const words = (name ?? "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!].map((word) => [...word][0]!) : [...(words[0] ?? "?")].slice(0, 1);
  return letters.join("").toUpperCase();
}

/** How somebody is, as a dot. Kept true by sockets while script runs; a person who shows nothing has none. */
export const Presence: FC<{ of: { id: number; status: string; is_online: boolean } }> = ({ of: { id, status, is_online } }) => {
  const shown = is_online ? status : "offline";
  return (
    <span class="presence" data-presence={id} data-status={shown}>
      <span class="dot" aria-hidden="true" />
      <span class="word">{shown}</span>
    </span>
  );
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ago = new Intl.RelativeTimeFormat("en", { style: "short" });

/** What has just been is told by how long ago, in the words that script keeps true (times.client.js). Null if it is longer ago. */
function agoText(age: number): string | null {
  if (age < -MINUTE_MS || age >= DAY_MS) return null;
  if (age < MINUTE_MS) return "just now";
  return age < HOUR_MS ? ago.format(-Math.floor(age / MINUTE_MS), "minute") : ago.format(-Math.floor(age / HOUR_MS), "hour");
}

/** A moment, by the clock of whoever looks; script sets it to their machine's zone. */
export const Time: FC<{ at: string; dateOnly?: boolean }> = ({ at, dateOnly = false }) => {
  const { viewer, now } = useFrame();
  const isMoment = at.includes("T");
  // A date of the calendar is that date everywhere.
  const timeZone = (isMoment && viewer?.time_zone) || "UTC";
  const style = dateOnly ? ({ dateStyle: "medium" } as const) : ({ dateStyle: "medium", timeStyle: "short" } as const);
  const text = new Intl.DateTimeFormat("en-GB", { ...style, timeZone }).format(new Date(at));
  const full = viewer || !isMoment ? text : `${text} UTC`;
  return (
    <time datetime={at} data-time={dateOnly ? "date" : "moment"} title={dateOnly ? undefined : full}>
      {(dateOnly ? null : agoText(now.getTime() - Date.parse(at))) ?? full}
    </time>
  );
};

/** Where there is nothing yet: says so, and what to do. */
export const Empty: FC<PropsWithChildren<{ title: string }>> = ({ title, children }) => (
  <div class="empty">
    <p class="title">{title}</p>
    {children}
  </div>
);

/** The way back to what a page is a part of. */
export const Back: FC<{ to: string; children: string }> = ({ to, children }) => (
  <p class="back">
    <a href={to}>{children}</a>
  </p>
);

/** The way on from a page that mails lead to; where there is no website, what to do instead. */
export const Onward: FC<{ to: string; title: string; else: string }> = ({ to, title, else: instead }) =>
  useFrame().website ? (
    <a class="button" href={to}>
      {title}
    </a>
  ) : (
    <p>{instead}</p>
  );

/** The way on through a list. */
export const More: FC<{ to: string | null; children?: string }> = ({ to, children = "More" }) =>
  to === null ? null : (
    <nav class="more" aria-label={children}>
      <a class="button secondary" href={to} rel="next">
        {children}
      </a>
    </nav>
  );

export type Events = readonly DurableType[];
/** What tells of friends and requests. */
export const FRIENDSHIP: Events = ["friend_request", "friend_update"];
/** What tells of notifications. */
export const NEWS: Events = ["notification", "notification_update", "notification_delete", "notifications_clear"];

/** A part of a page that comes alive: while script runs it is fetched anew when one of the events `on` comes. Its id is its own on the page. */
export const Live: FC<PropsWithChildren<{ id: string; on: Events; class?: string }>> = ({ id, on, class: className, children }) => (
  <div id={id} data-live={on.join(" ")} class={className}>
    {children}
  </div>
);

interface FormProps {
  action: string;
  class?: string;
  upload?: boolean;
  /** With script, the page that it leads to is shown without leaving this one, where they are the same. */
  inPlace?: boolean;
  /** What script asks before it is sent. */
  confirm?: string | undefined;
}

/** A form that posts. */
export const Form: FC<PropsWithChildren<FormProps>> = ({
  action,
  class: className,
  upload = false,
  inPlace = false,
  confirm,
  children,
}) => (
  <form
    method="post"
    action={action}
    class={className}
    {...(upload && { enctype: "multipart/form-data" })}
    {...(inPlace && { "data-in-place": "" })}
    {...(confirm && { "data-confirm": confirm })}
  >
    <input type="hidden" name={CSRF_FIELD} value={useFrame().formToken} />
    {children}
  </form>
);

/** A form that is one button: an act on something that is shown. `label` says of what, where the button alone does not. */
export const Act: FC<{
  action: string;
  label?: string;
  /** Quiet: what one seldom does, beside what one does. */
  kind?: "primary" | "secondary" | "danger" | "quiet";
  /** It leads back to the page that it is on; left out: to where it always does. */
  back?: boolean;
  fields?: Record<string, string>;
  confirm?: string;
  children: string;
}> = ({ action, label, kind = "secondary", back = false, fields = {}, confirm, children }) => (
  <Form action={action} class="act" inPlace confirm={confirm}>
    {back && <BackField />}
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <button type="submit" class={kind} {...(label && { "aria-label": label })}>
      {children}
    </button>
  </Form>
);

const BackField: FC = () => {
  const { address } = useFrame();
  return address === null ? null : <input type="hidden" name={BACK_FIELD} value={address} />;
};
