import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { meterD1 } from "./support/meter";
import { type Answer, aPerson, type Person } from "./support/people";

const PEOPLE = 10_000;
/** Each person's friends are those so many places on, and back: 20 x 10,000 friendships. */
const DISTANCES = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 4500, 4900];
const PAGE = 20;
const NOW = "2026-01-01T00:00:00.000Z";

/** Ten levels for ten people in a row. */
type Mix = readonly string[];
const ORDINARY: Mix = ["public", "public", "public", "public", "public", "public", "friends", "friends", "private", "specific"];
/** Nobody is public: what a person sees lies between very much that they do not see. */
const RETIRING: Mix = ["friends", "friends", "friends", "friends", "friends", "friends", "friends", "private", "private", "specific"];

/** Ann among 10,000 people and 200,000 friendships, of whom each has asked, told or chosen somebody. */
async function city(mix: Mix): Promise<Person> {
  const ann = await aPerson("ann");
  const n = `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${PEOPLE - 1})`;
  const of = (place: string) => `((${place} + ${PEOPLE}) % ${PEOPLE} + ${ann.id})`;
  const level = `case i % 10 ${mix.map((one, i) => `when ${i} then '${one}'`).join(" ")} end`;
  await query(
    `insert into users (id, username, username_key, email, password_hash, visibility, data_sharing) ${n}
     select i + ${ann.id}, 'name' || i, 'name' || i, 'name' || i || '@example.test', '', ${level}, i % 17 <> 5 from n where i > 0`,
  );
  await query(
    `insert into user_search (rowid, username_key) select id, username_key from users where id > ${ann.id} and visibility = 'public' and data_sharing`,
  );
  for (const distance of DISTANCES)
    await query(
      `insert into friendships (user_id, friend_id, created_at) ${n}
       select ${of("i")}, ${of(`i + ${distance}`)}, '${NOW}' from n union all select ${of(`i + ${distance}`)}, ${of("i")}, '${NOW}' from n`,
    );
  await query(
    `insert into audience_people (owner_id, subject, person_id) ${n} select ${of("i")}, 'profile', ${ann.id} from n where i % 20 = 19`,
  );
  await query(`insert into blocks (user_id, blocked_id, created_at) ${n} select ${of("i")}, ${ann.id}, '${NOW}' from n where i % 100 = 50`);
  for (const [sender, receiver, some] of [
    [of("i"), ann.id, 4],
    [ann.id, of("i"), 2],
  ])
    await query(
      `insert into friend_requests (sender_id, receiver_id, created_at) ${n} select ${sender}, ${receiver}, '${NOW}' from n where i % 10 = ${some} and i > 0`,
    );
  await query(
    `insert into notifications (recipient_id, sender_id, request_id, type, text, created_at)
     select ${ann.id}, sender_id, id, 'friend_request', '', '${NOW}' from friend_requests where receiver_id = ${ann.id}`,
  );
  return ann;
}

/** Rows that D1 may read for each item that a page was asked for: the item, its indexes, whom it names, what decides whether they are seen. */
const ROWS_AN_ITEM: Record<string, number> = {
  "/api/users/": 6,
  "/api/users/?search=name": 6,
  "/api/users/?search=na": 90, // by name: all whom she knows are looked through for each page
  "/api/friends/": 6,
  "/api/friends/requests/": 3,
  "/api/friends/requests/?direction=outgoing": 4,
  "/api/notifications/": 6,
  "/api/users/suggestions/": 300, // ranked among all friends of friends, of whom no more than 5,000 are looked at
};
/** Whom one has asked, one saw: that nearly all of a thousand hide since is not provided for. */
const EXCEPTION = "/api/friends/requests/?direction=outgoing";
const PAGES = [0, 1, 2, 3, 4];

const nextOf = ({ headers }: Answer): string | null =>
  /<https:\/\/kith\.test([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? null;

describe("In a city of 10,000 people and 200,000 friendships", () => {
  afterEach(async () => {
    await reset(); // who looks through all of D1 after each test need not look through this
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  });

  it.each([
    ["most are public", ORDINARY],
    ["nobody is", RETIRING],
  ])("where %s, each page of each list reads a few rows an item, in one round trip", { timeout: 60_000 }, async (_, mix) => {
    const ann = await city(mix);
    const meter = meterD1();
    for (const [path, most] of Object.entries(ROWS_AN_ITEM).filter(([path]) => mix === ORDINARY || path !== EXCEPTION)) {
      const met = new Set<number>();
      let next: string | null = `${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}`;
      for (const number of PAGES) {
        if (!next) break;
        meter.take();
        const answer = await ann.get(next);
        const { trips, rows } = meter.take();
        expect({ status: answer.status, trips }, next).toEqual({ status: 200, trips: 1 });
        expect(rows, `${path}, page ${number}`).toBeLessThanOrEqual(most * PAGE);
        for (const { id } of answer.body) expect(met.size).toBeLessThan(met.add(id).size);
        next = nextOf(answer);
      }
      expect(met.size, path).toBeGreaterThan(mix === ORDINARY ? 2 * PAGE - 10 : PAGE / 2);
    }
    meter.stop();
  });
});
