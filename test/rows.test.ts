import { describe, expect, it } from "vitest";
import { happen, query } from "./support/hub";
import { meterD1 } from "./support/meter";
import { aPerson, call, type Person } from "./support/people";

/** D1 counts the rows that a query looks at. A page may cost what is on it, not what lies behind it. */

const PAGE = 10;
/** The item in its index, the row behind it, and the people whom it names. */
const ROWS_AN_ITEM = 6;

/** Gives Ann `count` more acquaintances: each asks her or is asked by her, is her friend, and has caused a notification. */
async function crowd(ann: Person, count: number): Promise<void> {
  const [{ last }] = (await query<{ last: number }>("select max(id) as last from users")) as [{ last: number }];
  const numbers = `with recursive n(id) as (select ${last + 1} union all select id + 1 from n where id < ${last + count})`;
  const now = new Date().toISOString();
  for (const text of [
    `insert into users (id, username, username_key, email, password_hash) ${numbers} select id, 'load' || id, 'load' || id, 'load' || id || '@example.test', '' from n`,
    `insert into user_search (rowid, username_key) ${numbers} select id, 'load' || id from n`,
    `insert into friendships (user_id, friend_id, created_at) ${numbers} select ${ann.id}, id, '${now}' from n union all select id, ${ann.id}, '${now}' from n`,
    `insert into friend_requests (sender_id, receiver_id, created_at) ${numbers} select iif(id % 2, id, ${ann.id}), iif(id % 2, ${ann.id}, id), '${now}' from n`,
    `insert into notifications (recipient_id, sender_id, request_id, type, text, is_read, created_at) ${numbers}
      select ${ann.id}, n.id, r.id, 'friend_request', '', n.id % 3 = 0, '${now}' from n join friend_requests r on r.low_id = ${ann.id} and r.high_id = n.id`,
  ])
    await query(text);
}

async function rowsRead(ann: Person, path: string): Promise<number> {
  const meter = meterD1();
  const { status, body } = await ann.get(path);
  meter.stop();
  expect(status).toBe(200);
  if (Array.isArray(body)) expect(body).toHaveLength(PAGE);
  return meter.take().rows;
}

const LISTS = [
  "/api/users/?",
  "/api/users/?search=load",
  "/api/friends/?",
  "/api/friends/requests/?",
  "/api/friends/requests/?direction=outgoing",
  "/api/users/pending-requests/?",
  "/api/notifications/?",
  "/api/notifications/?unread=true",
];

describe("A page", () => {
  it("reads so many rows for each item, and no more when there is more behind it", async () => {
    const ann = await aPerson("ann");
    const costs = async () => {
      const read: Record<string, number> = {};
      for (const path of LISTS) read[path] = await rowsRead(ann, `${path}&limit=${PAGE}`);
      return read;
    };
    await crowd(ann, 60);
    const few = await costs();
    await crowd(ann, 1000);
    expect(await costs()).toEqual(few);
    for (const rows of Object.values(few)) expect(rows).toBeLessThanOrEqual((PAGE + 1) * ROWS_AN_ITEM + 2);
  });
});

describe("A page for people", () => {
  it("reads no more when there is more behind it", async () => {
    const ann = await aPerson("ann");
    const friend = (await aPerson("load")).id + 1;
    const costs = async () => {
      const read: Record<string, number> = {};
      for (const path of [
        "/people",
        "/people?search=load",
        `/people/${friend}`,
        `/people/${friend}/friends`,
        "/friends",
        "/notifications",
      ]) {
        const meter = meterD1();
        expect((await call("GET", path, { token: ann.access, headers: { accept: "text/html" } })).status, path).toBe(200);
        meter.stop();
        read[path] = meter.take().rows;
      }
      return read;
    };
    // So many that what the frame counts is not counted further.
    await crowd(ann, 300);
    const few = await costs();
    await crowd(ann, 1000);
    expect(await costs()).toEqual(few);
    for (const [path, rows] of Object.entries(few)) expect(rows, path).toBeLessThan(1000);
  });
});

describe("An event", () => {
  it("costs the same in a long log", async () => {
    const ann = await aPerson();
    const meter = meterD1();
    await happen(ann);
    const first = meter.take().rows;
    await happen(ann, 2000, { together: true });
    meter.take();
    await happen(ann);
    expect(meter.take().rows).toBeLessThanOrEqual(first + 2);
  });

  it("so does an opening at the end of it", async () => {
    const ann = await aPerson();
    const meter = meterD1();
    await happen(ann, 3);
    meter.take();
    await ann.socket(2);
    const short = meter.take().rows;
    await happen(ann, 2000, { together: true });
    meter.take();
    await ann.socket(2002);
    expect(meter.take().rows).toBeLessThanOrEqual(short + 2);
  });
});
