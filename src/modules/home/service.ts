import { below, slice } from "../../lib/pages";
import { read } from "../../read";
import { at, type MemberScope } from "../../scope";
import * as people from "../people/statements";
import { first } from "../suggestions/service";
import * as users from "../users/statements";
import type { Home } from "./schemas";
import * as rows from "./statements";

const FEW = 5;
const ONLINE = 12;

/** All that is on somebody's start page, in one round trip. */
export async function home(scope: MemberScope): Promise<Home> {
  const me = scope.caller.userId;
  const slots = { me, ...at(scope) };
  const newest = { ...slots, after: below(slice({})), offset: 0, limit: FEW };
  const [[self], news, requests, online, suggestions, [befriended]] = await read(
    scope,
    users.myself({ id: me, ...at(scope) }),
    rows.news(newest),
    people.incoming(newest),
    rows.friendsOnline({ ...slots, limit: ONLINE }),
    first(scope, FEW),
    rows.hasFriends({ me }),
  );
  return { me: self!, news, requests, online, suggestions, befriended: befriended!.found === 1 };
}
