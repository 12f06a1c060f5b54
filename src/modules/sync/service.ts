import { above, below, cursorAddress, type Page, page, slice } from "../../lib/pages";
import { read } from "../../read";
import { logBounds } from "../../realtime/statements";
import { at, type MemberScope } from "../../scope";
import * as friends from "../friends/statements";
import * as notifications from "../notifications/statements";
import * as preferences from "../preferences/statements";
import * as users from "../users/statements";
import type { Sync } from "./schemas";

const id = (item: { id: number }) => item.id;

/** What a client needs to start, or to start over: its state and the `seq` that it is true at, from one transaction. */
export async function sync(scope: MemberScope): Promise<Sync> {
  const me = scope.caller.userId;
  const part = slice({});
  const slots = { me, ...at(scope), offset: 0, limit: part.size + 1 };
  const newest = { ...slots, after: below(part) };
  const [[log], [user], [settings], [unread], noted, befriended, received, sent] = await read(
    scope,
    logBounds({ userId: me }),
    users.myself({ id: me, ...at(scope) }),
    preferences.myPreferences({ me, now: slots.now }),
    notifications.countMyUnread({ me }),
    notifications.mine(newest),
    friends.friendsOf({ ...slots, of: me, after: above(part) }),
    friends.incoming(newest),
    friends.outgoing(newest),
  );
  const cut = <Item extends { id: number }>(rows: Item[]): Page<Item> => page(rows, part, id, null);
  const lists = { notifications: cut(noted), friends: cut(befriended), incoming: cut(received), outgoing: cut(sent) };
  return {
    seq: log!.head,
    user: user!,
    preferences: settings!,
    unread: unread!.total,
    notifications: lists.notifications.items,
    friends: lists.friends.items,
    incoming: lists.incoming.items,
    outgoing: lists.outgoing.items,
    more: {
      notifications: cursorAddress("/api/notifications/", lists.notifications),
      friends: cursorAddress("/api/friends/", lists.friends),
      incoming: cursorAddress("/api/friends/requests/", lists.incoming),
      outgoing: cursorAddress("/api/friends/requests/?direction=outgoing", lists.outgoing),
    },
  };
}
