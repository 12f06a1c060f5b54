import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { openDatabase } from "../src/db/database";
import { preferences } from "../src/db/schema/preferences";
import { statement } from "../src/db/statement";
import { isQuiet, isQuietAt } from "../src/modules/preferences/quiet";
import { minuteOfDay, minutesOf } from "../src/modules/preferences/zone";
import { logOf, query, upTo } from "./support/hub";
import { aPerson, befriend, type Person, people } from "./support/people";

const EVENING = "2026-11-20T21:30:00.000Z";
const setClock = (time: string) => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
const settle = async (person: Person, change: object) => {
  expect((await person.patch("/preferences/notification_settings/", change)).status).toBe(200);
};
const asks = (from: Person, to: Person) => from.post("/api/friends/request/", { to_user: to.id });
const typesOf = async ({ id }: Person) =>
  (await query<{ type: string }>("select type from events where user_id = ? order by seq", id)).map(({ type }) => type);

describe("a minute of the day", () => {
  it.each([
    ["22:00", "07:00", "21:59", false],
    ["22:00", "07:00", "22:00", true],
    ["22:00", "07:00", "00:00", true],
    ["22:00", "07:00", "06:59", true],
    ["22:00", "07:00", "07:00", false],
    ["09:00", "17:00", "08:59", false],
    ["09:00", "17:00", "09:00", true],
    ["09:00", "17:00", "16:59", true],
    ["09:00", "17:00", "17:00", false],
    ["00:00", "23:59", "23:59", false],
    ["23:59", "00:00", "23:59", true],
    ["12:00", "12:00", "12:00", false],
    ["12:00", null, "12:00", false],
    [null, "12:00", "11:00", false],
    [null, null, "03:00", false],
  ])("from %s to %s: at %s it is quiet: %s", (from, to, at, quiet) => {
    const minutes = (clock: string | null) => (clock === null ? null : minutesOf(clock));
    expect(isQuiet(minutesOf(at), minutes(from), minutes(to))).toBe(quiet);
  });

  const asked = statement<{ cases: string }, { quiet: number }>(
    (
      p,
    ) => sql`with ${preferences} as (select value ->> 0 as user_id, value ->> 1 as utc_offset, value ->> 2 as quiet_from, value ->> 3 as quiet_to,
      value ->> 4 as now from json_each(${p.cases})) select ${isQuietAt(sql`now`)} as quiet from ${preferences} order by user_id`,
  );

  it("is quiet in SQL exactly where it is in TypeScript", async () => {
    const minute = fc.option(fc.oneof(fc.constantFrom(0, 1, 719, 720, 1438, 1439), fc.integer({ min: 0, max: 1439 })));
    const one = fc.record({
      offset: fc.integer({ min: -720, max: 840 }),
      from: minute,
      to: minute,
      now: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2999-01-01") }),
    });
    let quietOnes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 50, maxLength: 50 }), async (cases) => {
        const rows = cases.map(({ offset, from, to, now }, i) => [i, offset, from, to, now.toISOString()]);
        const [answers] = await openDatabase(env.DB).batch([asked({ cases: JSON.stringify(rows) })]);
        const expected = cases.map(({ offset, from, to, now }) => Number(isQuiet(minuteOfDay(now, offset), from, to)));
        quietOnes += expected.filter((quiet) => quiet === 1).length;
        expect(answers.map(({ quiet }) => quiet)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect(quietOnes).toBeGreaterThan(100);
  });
});

describe("somebody who has turned live notifications off", () => {
  it("is told of no notification, has it in the list, and misses no number", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    await settle(ann, { push_notifications: false });
    const socket = await ann.socket();
    await asks(bob, ann);
    await socket.next("friend_request");
    await settle(ann, { push_notifications: true });
    await asks(cid, ann);
    await socket.next("friend_request", 2);
    expect(socket.ofType("notification").map(({ notification }: any) => notification.sender.id)).toEqual([cid.id]);
    expect((await ann.get("/api/notifications/")).body.map(({ sender }: any) => sender.id)).toEqual([cid.id, bob.id]);
    const seqs = socket.seqs();
    expect(seqs).toEqual(upTo(seqs.length + seqs[0]! - 1).slice(seqs[0]! - 1));
    expect(await logOf(ann)).toEqual(upTo(seqs.at(-1)!));
    expect(await typesOf(ann)).toEqual(["preferences_update", "friend_request", "preferences_update", "notification", "friend_request"]);
  });

  it("is told of no answer either, but that the two are friends", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await settle(ann, { push_notifications: false });
    await befriend(ann, bob);
    expect(await typesOf(ann)).toEqual(["preferences_update", "friend_update", "friend_update"]);
    expect((await ann.get("/api/notifications/")).body).toHaveLength(1);
    expect(await typesOf(bob), "others are").toContain("notification");
  });

  it("hears on the other devices of what is done to the list on one", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await settle(ann, { push_notifications: false });
    await asks(bob, ann);
    const [{ id }] = (await ann.get("/api/notifications/")).body;
    await ann.put(`/api/notifications/${id}/read/`);
    await ann.delete(`/api/notifications/${id}/`);
    expect(await typesOf(ann)).toEqual(["preferences_update", "friend_request", "notification_update", "notification_delete"]);
  });
});

describe("quiet hours", () => {
  const told = async (ann: Person): Promise<boolean> => {
    const before = (await typesOf(ann)).filter((type) => type === "notification").length;
    await asks(await aPerson(), ann);
    return (await typesOf(ann)).filter((type) => type === "notification").length > before;
  };

  it("keep notifications off the sockets by the person's clock, over midnight", async () => {
    setClock(EVENING);
    const ann = await aPerson();
    await settle(ann, { time_zone: "Europe/Berlin", quiet_hours_start: "22:00", quiet_hours_end: "07:00" });
    const heard: Record<string, boolean> = {};
    // Clocks in Berlin are an hour ahead.
    for (const time of [
      "2026-11-20T20:59:00Z",
      "2026-11-20T21:00:00Z",
      "2026-11-21T00:30:00Z",
      "2026-11-21T05:59:00Z",
      "2026-11-21T06:00:00Z",
    ]) {
      setClock(time);
      heard[time] = await told(ann);
    }
    expect(Object.values(heard)).toEqual([true, false, false, false, true]);
  });

  it("are taken away by null, and by nothing in a form", async () => {
    setClock(EVENING);
    const ann = await aPerson();
    for (const gone of [{ quiet_hours_start: null, quiet_hours_end: null }, new URLSearchParams({ quiet_hours_end: "" })]) {
      await settle(ann, { quiet_hours_start: "21:00", quiet_hours_end: "22:00" });
      expect(await told(ann)).toBe(false);
      await settle(ann, gone);
      expect(await told(ann)).toBe(true);
    }
  });

  it("say themselves as they were set, in two digits", async () => {
    const ann = await aPerson();
    const { body } = await ann.patch("/preferences/notifications/", { quiet_hours_start: "7:05", quiet_hours_end: "23:00:00" });
    expect(body).toMatchObject({ quiet_hours_start: "07:05", quiet_hours_end: "23:00" });
  });
});

it("every live notification goes through the one statement that asks the recipient's settings", () => {
  const sources = (import.meta as any).glob("../src/**/*.ts", { eager: true, query: "?raw", import: "default" }) as Record<string, string>;
  const writers = Object.entries(sources).filter(([, text]) => /event<[^>]*>\(\s*"notification"/.test(text));
  expect(writers.map(([file]) => file)).toEqual(["../src/modules/notifications/statements.ts"]);
});
