import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logOf, query, upTo } from "./support/hub";
import { type Answer, type Person, people } from "./support/people";
import { knowledgeOf, replay } from "./support/replay";

const PEOPLE = 3;
/** A counterexample is shortened for as long as that, and a slow machine runs as many as it can. */
const OPTIONS = { numRuns: 10, interruptAfterTimeLimit: 30_000 };

/** `by` does it to `to`. The request meant is the last one between the two, whoever asked and whatever became of it. */
interface Command {
  act: "ask" | "accept" | "reject" | "cancel" | "unfriend" | "block" | "unblock" | "read" | "clear";
  by: number;
  to: number;
}

const command = (...acts: Command["act"][]): fc.Arbitrary<Command> =>
  fc
    .tuple(fc.constantFrom(...acts), fc.nat(PEOPLE - 1), fc.integer({ min: 1, max: PEOPLE - 1 }))
    .map(([act, by, distance]) => ({ act, by, to: (by + distance) % PEOPLE }));

const lastRequest = async (a: Person, b: Person): Promise<number> => {
  const [row] = await query<{ id: number | null }>(
    "select max(id) as id from friend_requests where low_id = min(?1, ?2) and high_id = max(?1, ?2)",
    a.id,
    b.id,
  );
  return row?.id ?? 999_999;
};

async function run({ act, by, to }: Command, cast: Person[]): Promise<Answer> {
  const [me, other] = [cast[by]!, cast[to]!];
  const request = async () => `/api/friends/request/${await lastRequest(me, other)}/`;
  switch (act) {
    case "ask":
      return me.post("/api/friends/request/", { to_user: other.id });
    case "accept":
    case "reject":
      return me.put(await request(), { action: act });
    case "cancel":
      return me.delete(await request());
    case "unfriend":
      return me.delete(`/api/friends/${other.id}/`);
    case "block":
      return me.post(`/api/users/${other.id}/block/`);
    case "unblock":
      return me.delete(`/api/users/${other.id}/block/`);
    case "read":
      return me.put("/api/notifications/read-all/");
    case "clear":
      return me.delete("/api/notifications/");
  }
}

/** How it should be, said as simply as possible. */
class Model {
  private readonly pairs = new Map<string, { askedBy: number } | "friends">();
  readonly notifications: { to: number; from: number; type: string; read: boolean }[] = [];
  /** "by to" */
  private readonly blocks = new Set<string>();

  private key = (a: number, b: number) => [a, b].sort().join();
  of = (a: number, b: number) => this.pairs.get(this.key(a, b));

  /** Does it, and says which status the server has to answer. */
  apply({ act, by, to }: Command): number {
    const pair = this.of(by, to);
    const asked = typeof pair === "object" ? pair.askedBy : null;
    const [mine, theirs] = [`${by} ${to}`, `${to} ${by}`];
    switch (act) {
      case "ask":
        if (this.blocks.has(mine) || this.blocks.has(theirs)) return 404;
        if (pair === "friends" || asked === by) return 400;
        if (asked === to) this.answer(by, to, "accepted");
        else {
          this.pairs.set(this.key(by, to), { askedBy: by });
          this.notify(to, by, "friend_request");
        }
        return 201;
      case "accept":
      case "reject":
        if (asked !== to) return 404;
        this.answer(by, to, act === "accept" ? "accepted" : "rejected");
        return 200;
      case "cancel":
        if (asked !== by) return 404;
        this.pairs.delete(this.key(by, to));
        this.forget((n) => n.to === to && n.from === by && n.type === "friend_request");
        return 204;
      case "unfriend":
        if (pair !== "friends") return 404;
        this.pairs.delete(this.key(by, to));
        return 204;
      case "block":
        if (this.blocks.has(mine)) return 200;
        if (this.blocks.has(theirs)) return 404;
        this.blocks.add(mine);
        this.pairs.delete(this.key(by, to));
        this.keep((n) => n.to + n.from !== by + to || ![by, to].includes(n.to));
        return 200;
      case "unblock":
        if (!this.blocks.delete(mine) && this.blocks.has(theirs)) return 404;
        return 204;
      case "read":
        for (const n of this.notifications) if (n.to === by) n.read = true;
        this.keep((n) => n.to !== by || n.type === "friend_request"); // answers are gone once read
        return 200;
      case "clear":
        this.keep((n) => n.to !== by);
        return 204;
    }
  }

  private answer(by: number, asker: number, how: "accepted" | "rejected") {
    if (how === "accepted") this.pairs.set(this.key(by, asker), "friends");
    else this.pairs.delete(this.key(by, asker));
    this.notify(asker, by, `friend_request_${how}`);
  }

  private notify(to: number, from: number, type: string) {
    this.notifications.push({ to, from, type, read: false });
  }

  private keep(is: (n: Model["notifications"][number]) => boolean) {
    this.notifications.splice(0, Infinity, ...this.notifications.filter(is));
  }

  /** The newest that is so: of earlier requests the notification stays. */
  private forget(is: (n: Model["notifications"][number]) => boolean) {
    const at = this.notifications.findLastIndex(is);
    if (at >= 0) this.notifications.splice(at, 1);
  }
}

/** Whatever happened, this holds. */
async function checkInvariants(): Promise<void> {
  expect(
    await query("select low_id, high_id from friend_requests where status = 'pending' group by low_id, high_id having count(*) > 1"),
    "one pending request a pair",
  ).toEqual([]);
  expect(
    await query(
      "select id from friend_requests r join friendships f on f.user_id = low_id and f.friend_id = high_id where status = 'pending'",
    ),
    "pending or friends",
  ).toEqual([]);
  expect(
    await query(
      "select * from friendships f where not exists (select 1 from friendships g where g.user_id = f.friend_id and g.friend_id = f.user_id)",
    ),
    "friendship is mutual",
  ).toEqual([]);
}

/** Between two of whom one has blocked the other there is nothing. */
async function checkBlocks(): Promise<void> {
  const left = await query(
    `select b.user_id from blocks b where exists (select 1 from friendships f where b.user_id in (f.user_id, f.friend_id) and b.blocked_id in (f.user_id, f.friend_id))
      or exists (select 1 from friend_requests r where r.status = 'pending' and b.user_id in (r.low_id, r.high_id) and b.blocked_id in (r.low_id, r.high_id))
      or exists (select 1 from notifications n where b.user_id in (n.recipient_id, n.sender_id) and b.blocked_id in (n.recipient_id, n.sender_id))`,
  );
  expect(left, "blocked, and yet").toEqual([]);
}

/** One notification for each request, and one for each answer; none for what was taken back. For runs in which nobody tidies up. */
async function checkNotifications(): Promise<void> {
  const wrong = await query(
    `select r.id, r.status, (select group_concat(type) from (select type from notifications where request_id = r.id order by id)) as has from friend_requests r
     where has is not case status when 'pending' then 'friend_request' when 'cancelled' then null else 'friend_request,friend_request_' || status end`,
  );
  expect(wrong, "notifications of a request").toEqual([]);
  expect(await query("select id from notifications where request_id is null")).toEqual([]);
}

/** Each log is 1..n, each socket got it as it is, and who applies it to nothing knows what the server says. */
async function checkLogs(cast: Person[], sockets: Awaited<ReturnType<Person["socket"]>>[]): Promise<void> {
  for (const [i, person] of cast.entries()) {
    const [log, live, { body: sync }] = [await logOf(person), sockets[i]!, await person.get("/api/sync/")];
    expect(log).toEqual(upTo(log.length));
    expect(sync.seq).toBe(log.length);
    await live.until(() => live.lastSeq() === log.length, `seq ${log.length}`);
    const resumed = await person.socket(0);
    await resumed.until(() => resumed.lastSeq() === log.length, `seq ${log.length}`);
    expect(live.seqs()).toEqual(log);
    expect(resumed.durable()).toEqual(live.durable());
    expect(replay(resumed.durable())).toEqual(knowledgeOf(sync));
    expect(sync.unread).toBe(sync.notifications.filter(({ is_read }: { is_read: boolean }) => !is_read).length);
    resumed.close();
  }
}

/** The same people again, who have never had to do with each other. */
async function inAFreshWorld(cast: Person[], act: (sockets: Awaited<ReturnType<Person["socket"]>>[]) => Promise<void>): Promise<void> {
  for (const table of ["notifications", "friend_requests", "friendships", "blocks", "events"]) await query(`delete from ${table}`);
  const sockets = await Promise.all(cast.map((person) => person.socket()));
  try {
    await act(sockets);
  } finally {
    for (const socket of sockets) {
      socket.raw.close();
      await socket.closing();
    }
  }
}

const castOf = () => people("ann", "bob", "cem");

describe("Friendship", () => {
  it("is what a simple model says, step by step", async () => {
    const cast = await castOf();
    const acts = [
      "ask",
      "ask",
      "ask",
      "accept",
      "accept",
      "reject",
      "reject",
      "cancel",
      "cancel",
      "unfriend",
      "block",
      "unblock",
      "read",
      "clear",
    ] as const;
    const steps = fc.array(command(...acts), { minLength: 8, maxLength: 30, size: "max" });
    const property = fc.asyncProperty(steps, (commands) =>
      inAFreshWorld(cast, async (sockets) => {
        const model = new Model();
        for (const step of commands) expect((await run(step, cast)).status).toBe(model.apply(step));
        await checkInvariants();
        await checkBlocks();
        await checkLogs(cast, sockets);
        for (const [i, person] of cast.entries()) {
          const { body } = await person.get("/api/sync/");
          const others = cast.map((other, j) => ({ id: other.id, pair: i === j ? undefined : model.of(i, j), j }));
          const ids = (rows: { id: number }[]) => rows.map(({ id }) => id).sort();
          expect(ids(body.friends)).toEqual(ids(others.filter(({ pair }) => pair === "friends")));
          expect(ids(body.incoming.map((r: any) => r.sender))).toEqual(
            ids(others.filter(({ pair, j }) => typeof pair === "object" && pair.askedBy === j)),
          );
          expect(ids(body.outgoing.map((r: any) => r.receiver))).toEqual(
            ids(others.filter(({ pair }) => typeof pair === "object" && pair.askedBy === i)),
          );
          const has = body.notifications.map((n: any) => ({ from: n.sender.id, type: n.type, read: n.is_read })).reverse();
          const should = model.notifications
            .filter(({ to }) => to === i)
            .map(({ from, type, read }) => ({ from: cast[from]!.id, type, read }));
          expect(has).toEqual(should);
        }
      }),
    );
    await fc.assert(property, OPTIONS);
  }, 90_000);

  /** Runs commands in batches, those of one at once; `check` is asked after each, and at the end `last`. */
  async function atOnce(acts: readonly Command["act"][], check: () => Promise<void>, last: () => Promise<void>): Promise<void> {
    const cast = await castOf();
    const batch = fc.array(command(...acts), { minLength: 2, maxLength: 10, size: "max" });
    const property = fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5, size: "max" }), (batches) =>
      inAFreshWorld(cast, async (sockets) => {
        for (const commands of batches) {
          const answers = await Promise.all(commands.map((step) => run(step, cast)));
          for (const { status } of answers) expect([200, 201, 204, 400, 404]).toContain(status);
          await check();
        }
        await checkInvariants();
        await last();
        await checkLogs(cast, sockets);
      }),
    );
    await fc.assert(property, OPTIONS);
  }
  const nothing = async () => {};

  it("keeps its invariants when all of it happens at once", { timeout: 90_000 }, () =>
    atOnce(["ask", "ask", "accept", "reject", "cancel", "unfriend"], nothing, checkNotifications),
  );

  it("leaves nothing between people who block each other, when all of it happens at once", { timeout: 90_000 }, () =>
    atOnce(["ask", "ask", "accept", "unfriend", "block", "unblock"], checkBlocks, nothing),
  );
});
