import type { FC } from "hono/jsx";
import { cursorAddress, type Page } from "../lib/pages";
import * as digests from "../modules/digests/service";
import type { Notice } from "../modules/notifications/schemas";
import * as notifications from "../modules/notifications/service";
import { act, actOn } from "./acts";
import { takeForm } from "./forms";
import { page } from "./layout";
import { Act, Avatar, Empty, FRIENDSHIP, Live, More, NEWS, Time } from "./parts";
import { Answer, personAddress } from "./person-parts";
import { cursorOf } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** What happened while one was not looking. */

const PATH = "/notifications";
const UNREAD = `${PATH}?unread=true`;
const PAGE_SIZE = 30;

const list = members(async (c, me) => {
  const cursor = cursorOf(c);
  const unread = c.req.query("unread") === "true";
  const found = await notifications.notices(me, { cursor, unread, limit: PAGE_SIZE });
  return page(
    c,
    "Notifications",
    <>
      <h1>Notifications</h1>
      <nav class="views" aria-label="Which">
        <a href={PATH} {...(!unread && { "aria-current": "page" })}>
          All
        </a>
        <a href={UNREAD} {...(unread && { "aria-current": "page" })}>
          Unread only
        </a>
      </nav>
      <Live id="notifications" on={[...NEWS, ...FRIENDSHIP]}>
        <List of={found} unread={unread} me={me.caller.userId} />
      </Live>
    </>,
  );
});

interface Listed {
  of: Page<Notice>;
  unread: boolean;
  me: number;
}

const List: FC<Listed> = ({ of: found, unread, me }) =>
  found.items.length === 0 ? (
    <div class="card">
      <Nothing unread={unread} />
    </div>
  ) : (
    <>
      <div class="card flush">
        <ul class="list">
          {found.items.map((notification) => (
            <Row of={notification} me={me} />
          ))}
        </ul>
      </div>
      <More to={cursorAddress(unread ? UNREAD : PATH, found)}>Older</More>
      <div class="acts">
        <Act action={`${PATH}/read-all`} back>
          Mark all as read
        </Act>
        <MailDigest />
        <Act action={`${PATH}/delete-all`} kind="danger" confirm="Delete all of your notifications?">
          Delete all
        </Act>
      </div>
    </>
  );

/** Not waiting for the next digest. */
export const MailDigest: FC = () => (
  <Act action={`${PATH}/digest`} back>
    Mail me what is new
  </Act>
);

const Nothing: FC<{ unread: boolean }> = ({ unread }) =>
  unread ? (
    <Empty title="You have read everything">
      <p>
        <a href={PATH}>Look at all of them</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nothing yet">
      <p>Here you hear of it when somebody asks you to be friends, or answers you.</p>
      <a class="button" href="/people">
        Find people
      </a>
    </Empty>
  );

const Row: FC<{ of: Notice; me: number }> = ({ of: notification, me }) => {
  const { id, sender, sender_seen, text, created_at, is_read, related_request: request, auto_delete } = notification;
  const isMine = request?.receiver.id === me;
  const waits = isMine && request.status === "pending";
  const answered = isMine && !waits && request.status;
  return (
    <li class={is_read ? "row" : "row unread"}>
      {sender && <Avatar of={sender} />}
      <div>
        {sender && sender_seen ? (
          <a class="break" href={personAddress(sender)}>
            {text}
          </a>
        ) : (
          <span class="break">{text}</span>
        )}
        <div class="quiet">
          <Time at={created_at} />
          {answered && `, ${answered} since`}
          {!is_read && <span class="unseen">, unread</span>}
        </div>
      </div>
      <div class="acts">
        {waits ? (
          <Answer request={request.id} username={request.sender.username} />
        ) : (
          <>
            {!is_read && (
              <Act action={`${PATH}/${id}/read`} label={`${auto_delete ? "Got it" : "Mark as read"}: ${text}`} kind="quiet" back>
                {auto_delete ? "Got it" : "Mark as read"}
              </Act>
            )}
            <Act action={`${PATH}/${id}/delete`} label={`Delete: ${text}`} kind="quiet" back>
              Delete
            </Act>
          </>
        )}
      </div>
    </li>
  );
};

const options = { to: PATH, words: { not_found: "This notification is gone already." } };

const read = actOn(async (me, id) => {
  await notifications.markRead(me, id);
  return "Marked as read.";
}, options);

const remove = actOn(async (me, id) => {
  await notifications.remove(me, id);
  return "Deleted.";
}, options);

const readAll = act(async (me) => {
  await notifications.markAllRead(me);
  return "All are marked as read.";
}, options);

const removeAll = act(async (me) => {
  await notifications.removeAll(me);
  return "All are deleted.";
}, options);

const UNREACHABLE = "Confirm your e-mail address first: open the link that we mailed you.";

const digest = act(
  async (me) => ((await digests.mailMine(me)) ? "It is on its way to you." : "There is nothing new that we did not mail you."),
  { ...options, words: { email_not_verified: UNREACHABLE } },
);

export const notificationPages = web()
  .get("/notifications/", list)
  .post("/notifications/read-all/", takeForm, readAll)
  .post("/notifications/delete-all/", takeForm, removeAll)
  .post("/notifications/digest/", takeForm, digest)
  .post("/notifications/:id/read/", takeForm, read)
  .post("/notifications/:id/delete/", takeForm, remove);
