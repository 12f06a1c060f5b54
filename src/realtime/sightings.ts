import { type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { friendships } from "../db/schema/friends";
import { users } from "../db/schema/users";
import { type Query, statement } from "../db/statement";
import { areFriends, seesField } from "../visibility/sql";
import type { EphemeralFrame, Status } from "./events";
import { isOnline, MAX_TOLD, shownStatus } from "./presence";

/** How a person looks to a friend who listens, at one point of a batch. `commit` tells the friend if it looks different at the end. */
export class Sighting {
  constructor(
    readonly of: number,
    readonly by: number,
    readonly status: Status,
    readonly isOnline: boolean,
  ) {}
}

const person = alias(users, "person");
const friend = alias(users, "friend");

const seen = (shown: SQLWrapper, now: SQLWrapper) => sql`${person.id} as person, ${friend.id} as friend,
    iif(${shown}, ${shownStatus(person, now)}, 'offline') as status, ${shown} and ${isOnline(person, now)} as online`;
const shows = seesField(person, "presence", friend.id);

const sighting = ({ person, friend, status, online }: Record<string, unknown>) =>
  new Sighting(person as number, friend as number, status as Status, online === 1);

/**
 * `steps` of a batch that may change who sees that somebody is there, between two looks: a friend who listens and sees something else
 * after it gets `status_update`. Whom the second look does not find has gone.
 *
 *     await commit(scope, watching(seenByFriends({ userId, now }), steps), …)
 */
export const watching = (look: Query<Sighting>, steps: readonly Query[]): Query[] => [look, ...steps, look];

/** How a person looks to their friends: for a change of the person's levels, or of the people and groups whom they chose. */
export const seenByFriends = statement<{ userId: number; now: string }, Sighting>(
  (p) => sql`select ${seen(shows, p.now)} from ${friendships}
    join ${users} as ${friend} on ${friend.id} = ${friendships.friendId} join ${users} as ${person} on ${person.id} = ${p.userId}
    where ${friendships.userId} = ${p.userId} and ${friend.onlineUntil} > ${p.now} order by ${friend.id} limit ${sql.raw(String(MAX_TOLD))}`,
  sighting,
);

/** How two people look to each other, for what begins or ends between them; `pair` is the expressions for their ids. */
export const seenByOneAnother = <Values extends { now: string }>(
  pair: (p: { readonly [Name in keyof Values]: SQLWrapper }) => readonly [SQLWrapper, SQLWrapper],
): ((values: Values) => Query<Sighting>) =>
  statement<Values, Sighting>((p) => {
    const [one, other] = pair(p);
    const shown = sql`(${areFriends(person.id, friend.id)} and ${shows})`;
    return sql`select ${seen(shown, p.now)} from ${users} as ${person} join ${users} as ${friend} on ${friend.id} = ${one} + ${other} - ${person.id}
      where ${person.id} in (${one}, ${other}) and ${friend.onlineUntil} > ${p.now}`;
  }, sighting);

const gone = ({ of, by }: Sighting) => new Sighting(of, by, "offline", false);

/** What changed between the first look at somebody and the last: whom to tell what. */
export function changedSights(sightings: readonly Sighting[]): { to: number; frame: EphemeralFrame }[] {
  const looks = new Map<string, { first: Sighting; last: Sighting }>();
  for (const sight of sightings) {
    const key = `${sight.of} ${sight.by}`;
    const first = looks.get(key)?.first;
    looks.set(key, first ? { first, last: sight } : { first: sight, last: gone(sight) });
  }
  return [...looks.values()]
    .filter(({ first, last }) => first.status !== last.status || first.isOnline !== last.isOnline)
    .map(({ last: { of, by, status, isOnline } }) => ({
      to: by,
      frame: { type: "status_update", user_id: of, status, is_online: isOnline },
    }));
}
