import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../src/index";
import { prune } from "../src/maintenance";
import { meterD1 } from "./support/meter";
import { aPerson, type Person, people } from "./support/people";

const DAY = 86_400_000;
const now = Date.now();
const daysAgo = (days: number) => new Date(now - days * DAY).toISOString();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();
const all = async (sql: string, ...values: unknown[]) =>
  (
    await env.DB.prepare(sql)
      .bind(...values)
      .all()
  ).results as any[];
const seqs = async (person: Person): Promise<number[]> =>
  (await all("select seq from events where user_id = ? order by seq", person.id)).map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Events `from` to `to` of somebody's log, so many days old. */
const log = (person: Person, from: number, to: number, days: number) =>
  run(
    `with recursive n(seq) as (select ?2 union all select seq + 1 from n where seq < ?3)
     insert into events (user_id, seq, type, body, created_at) select ?1, seq, 'notifications_clear', '{}', ?4 from n`,
    person.id,
    from,
    to,
    daysAgo(days),
  );

describe("pruning events", () => {
  it("keeps the last thousand, however old they are", async () => {
    const ann = await aPerson();
    await log(ann, 1, 1200, 400);
    await prune(env, now);
    expect(await seqs(ann)).toEqual(range(201, 1200));
  });

  it("keeps seven days, however many they are", async () => {
    const ann = await aPerson();
    await log(ann, 1, 100, 8);
    await log(ann, 101, 2500, 6.9);
    await prune(env, now);
    expect(await seqs(ann)).toEqual(range(101, 2500));
  });

  it("keeps the head of a log that nothing has happened in for years", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await log(ann, 1, 1, 3000);
    await log(bob, 1, 1500, 8);
    await prune(env, now);
    expect([await seqs(ann), await seqs(bob)]).toEqual([[1], range(501, 1500)]);
  });

  it("leaves no hole: the next event takes the next number", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await log(ann, 1, 1200, 8);
    await prune(env, now);
    await bob.post("/api/friends/request/", { to_user: ann.id });
    expect(await seqs(ann)).toEqual(range(201, 1202));
  });

  it("twice does no more than once", async () => {
    const ann = await aPerson();
    await log(ann, 1, 1200, 8);
    await prune(env, now);
    await prune(env, now);
    expect(await seqs(ann)).toHaveLength(1000);
  });

  it("goes on past what one statement deletes", async () => {
    const ann = await aPerson();
    await log(ann, 1, 12_000, 8);
    await prune(env, now);
    expect(await seqs(ann)).toHaveLength(1000);
  });
});

describe("pruning the rest", () => {
  it("removes a session a month after it has run out", async () => {
    const ann = await aPerson();
    for (const days of [31, 29]) {
      const { access } = await ann.elsewhere();
      const { sid } = JSON.parse(atob(access.split(".")[1]!));
      await run("update sessions set expires_at = ?, user_agent = ? where id = ?", daysAgo(days), `ran out ${days} days ago`, sid);
    }
    await prune(env, now);
    expect((await all("select user_agent from sessions order by id")).map(({ user_agent }) => user_agent)).toEqual([
      "",
      "ran out 29 days ago",
    ]);
    expect((await ann.get("/api/users/me/")).status, "the live one lives").toBe(200);
  });

  it("removes an Idempotency-Key after a day: then it is a new request's", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const ask = (to: Person, key: string) => ann.post("/api/friends/request/", { to_user: to.id }, { "idempotency-key": key });
    await ask(bob, "old");
    await ask(cid, "new");
    await run("update idempotency_keys set created_at = ? where key = 'old'", daysAgo(1.01));
    await prune(env, now);
    expect([(await ask(bob, "old")).status, (await ask(cid, "new")).status]).toEqual([400, 201]);
  });

  it("removes counts of tries whose time is over, and no others", async () => {
    const count = (key: string, resetsAt: number) =>
      run("insert into attempts (key, count, resets_at) values (?, 3, ?)", key, new Date(resetsAt).toISOString());
    await count("over", now - 1);
    await count("running", now + 1000);
    await prune(env, now);
    expect((await all("select key from attempts where key in ('over', 'running')")).map(({ key }) => key)).toEqual(["running"]);
  });

  it("removes notifications that were read and are old; those unread stay", async () => {
    const [ann, ...others] = (await people("ann", "a", "b", "c", "d")) as [Person, ...Person[]];
    const notes: number[] = [];
    for (const other of others) {
      await other.post("/api/friends/request/", { to_user: ann.id });
      notes.push((await ann.get("/api/notifications/?limit=1")).body[0].id);
    }
    const [oldRead, oldUnread, newRead] = notes;
    const age = (id: number, days: number) => run("update notifications set created_at = ? where id = ?", daysAgo(days), id);
    for (const id of [oldRead!, newRead!]) await ann.put(`/api/notifications/${id}/read/`);
    for (const id of [oldRead!, oldUnread!]) await age(id, 91);
    await age(newRead!, 89);
    await prune(env, now);
    expect((await ann.get("/api/notifications/")).body.map(({ id }: { id: number }) => id)).toEqual(notes.slice(1).reverse());
  });

  it("removes what people did more than a year ago, hidden or not", async () => {
    const ann = await aPerson();
    await ann.patch("/api/users/me/", { bio: "one" });
    await ann.patch("/api/users/me/", { bio: "two" });
    await ann.patch("/api/users/me/", { bio: "three" });
    const rows = () => all("select id from activity where user_id = ? order by id", ann.id);
    const [registered, one, two, three] = (await rows()).map(({ id }) => id);
    await ann.delete(`/api/activity/${one}/`);
    for (const [id, days] of [
      [registered, 366],
      [one, 365.1],
      [two, 364.9],
    ])
      await run("update activity set created_at = ? where id = ?", daysAgo(days), id);
    await prune(env, now);
    expect((await rows()).map(({ id }) => id)).toEqual([two, three]);
  });

  it("looks at no more of what people did than it removes, and a batch", async () => {
    const ann = await aPerson();
    const many = (count: number, days: number) =>
      run(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)
         insert into activity (user_id, type, created_at) select ?1, 'login', ?3 from n`,
        ann.id,
        count,
        daysAgo(days),
      );
    await run("delete from activity");
    await many(6000, 366);
    await many(14_000, 1);
    const meter = meterD1();
    await prune(env, now);
    const { rows } = meter.take();
    meter.stop();
    expect(await all("select count(*) as left from activity")).toEqual([{ left: 14_000 }]);
    // Each of two batches is looked at, and each row that goes is found by its id and in two indexes.
    expect(rows).toBeLessThan(2 * 5000 * 2 + 6000 * 4);
  });

  it("makes no more queries than it may: the small tables come first, the next run goes on", async () => {
    const ann = await aPerson();
    await log(ann, 1, 12_000, 8);
    await run("insert into attempts (key, count, resets_at) values ('over', 1, ?)", daysAgo(1));
    const meter = meterD1();
    await prune(env, now, 10);
    expect(meter.take().trips).toBe(10);
    expect(await all("select key from attempts where key = 'over'")).toEqual([]);
    expect(await seqs(ann)).toHaveLength(7000);
    meter.take();
    await prune(env, now);
    expect(meter.take().trips).toBe(8 + 1 + 2);
    meter.stop();
    expect(await seqs(ann)).toHaveLength(1000);
  });

  it("is what the cron does, and says how much it removed and of what", async () => {
    const ann = await aPerson();
    await log(ann, 1, 1200, 8);
    const lines = vi.spyOn(console, "log").mockClear();
    const context = createExecutionContext();
    await worker.scheduled(createScheduledController({ scheduledTime: new Date(now) }), env, context);
    await waitOnExecutionContext(context);
    expect(await seqs(ann)).toHaveLength(1000);
    const said = lines.mock.calls.map(([line]) => JSON.parse(line));
    expect(said.map(({ what, deleted }) => [what, deleted])).toEqual([
      ["attempts", 0],
      ["email_links", 0],
      ["outbox", 0],
      ["idempotency_keys", 0],
      ["sessions", 0],
      ["activity", 0],
      ["notifications", 0],
      ["files", 0],
      ["events", 200],
    ]);
  });
});
