import { read } from "../../read";
import type { MemberScope } from "../../scope";
import type { Export } from "./schemas";
import * as rows from "./statements";

/** Everything that is stored about the caller, true at one moment: one transaction reads it all. */
export async function everythingAboutMe(scope: MemberScope): Promise<Export> {
  scope.note({ event: "export", user_id: scope.caller.userId });
  const me = { me: scope.caller.userId };
  const [
    [account],
    [preferences],
    sessions,
    identities,
    links,
    mails,
    friends,
    groups,
    blocks,
    chosen,
    requests,
    notifications,
    events,
    keys,
    activity,
    files,
    audit,
  ] = await read(
    scope,
    rows.account(me),
    rows.myPreferences(me),
    rows.mySessions(me),
    rows.myIdentities(me),
    rows.myLinks(me),
    rows.myMails(me),
    rows.myFriends(me),
    rows.myGroups(me),
    rows.myBlocks(me),
    rows.myChosen(me),
    rows.myRequests(me),
    rows.myNotifications(me),
    rows.myEvents(me),
    rows.myKeys(me),
    rows.myActivity(me),
    rows.myFiles(me),
    rows.myAudit(me),
  );
  return {
    exported_at: scope.now.toISOString(),
    account: account!,
    preferences: preferences!,
    sessions,
    identities,
    email_links: links,
    mails,
    friends,
    groups,
    blocks,
    chosen,
    friend_requests: requests,
    notifications,
    events,
    idempotency_keys: keys,
    activity,
    files,
    audit,
  };
}

/** What its file is called. */
export const fileNameOf = ({ account, exported_at }: Export): string => `kith-${account.id}-${exported_at.slice(0, 10)}.json`;
