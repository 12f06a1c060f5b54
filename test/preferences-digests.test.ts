import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../src/index";
import { MAIL_CRON } from "../src/mail/delivery";
import { nextDigest, offsetOf, zoneNamed } from "../src/modules/preferences/zone";
import { query } from "./support/hub";
import { Carrier, mailsTo, type ReadMail } from "./support/mail";
import { meterD1 } from "./support/meter";
import { aPerson, call, newName, PASSWORD, type Person, people } from "./support/people";
import { lookTogether } from "./support/together";

const MONDAY = "2026-11-16T08:00:00.000Z";

beforeEach(() => {
  for (const level of ["log", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

const setClock = (time: string) => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
const DAILY = "17 3 * * *";

async function ring(cron = MAIL_CRON, changes: object = {}): Promise<void> {
  const context = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron }), { ...env, ...changes } as Env, context);
  await waitOnExecutionContext(context);
}

/** Logs in again, whose token a moved clock has run out. */
async function again(person: Person): Promise<Person> {
  const { body } = await call("POST", "/api/auth/login/", { body: { username: person.username, password: PASSWORD } });
  person.access = body.access;
  return person;
}

const verify = (person: Person) => query("update users set email_verified_at = created_at where id = ?", person.id);
const isDigest = ({ subject }: { subject: string }) => /^\d+ new notification/.test(subject);
const digestsTo = async ({ email }: Person): Promise<ReadMail[]> => (await mailsTo(email)).filter(isDigest);
const settle = (person: Person, change: object) => person.patch("/preferences/notification_settings/", change);
const dueOf = async ({ id }: Person) =>
  (await query<{ due: string | null }>("select digest_due_at as due from preferences where user_id = ?", id))[0]!.due;

/** Somebody asks this person: something new to tell them. */
async function happenTo(person: Person, times = 1): Promise<Person[]> {
  const others = await people(...Array.from({ length: times }, () => "asker"));
  for (const other of others) await other.post("/api/friends/request/", { to_user: person.id });
  return others;
}

/** Somebody with a confirmed address, at a point of time. */
async function aReader(time: string, change: object = {}): Promise<Person> {
  setClock(time);
  const ann = await aPerson();
  await verify(ann);
  if (Object.keys(change).length > 0) expect((await settle(ann, change)).status).toBe(200);
  return ann;
}

describe("when a digest is due", () => {
  it.each([
    ["daily", "UTC", MONDAY, "2026-11-16T09:00:00.000Z"],
    ["daily", "UTC", "2026-11-16T09:00:00.000Z", "2026-11-17T09:00:00.000Z"],
    ["daily", "Asia/Kolkata", MONDAY, "2026-11-17T03:30:00.000Z"],
    ["daily", "Pacific/Kiritimati", "2026-11-16T12:00:00.000Z", "2026-11-16T19:00:00.000Z"],
    ["weekly", "UTC", MONDAY, "2026-11-16T09:00:00.000Z"],
    ["weekly", "UTC", "2026-11-16T09:00:01.000Z", "2026-11-23T09:00:00.000Z"],
    ["weekly", "America/Los_Angeles", "2026-11-16T08:00:00.000Z", "2026-11-16T17:00:00.000Z"],
    ["monthly", "UTC", MONDAY, "2026-12-01T09:00:00.000Z"],
    ["monthly", "Asia/Tokyo", "2026-12-31T23:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    // Summer time ends on 25 October 2026 in Europe, and begins on 28 March 2027.
    ["daily", "Europe/Berlin", "2026-10-24T08:00:00.000Z", "2026-10-25T08:00:00.000Z"],
    ["daily", "Europe/Berlin", "2026-10-23T08:00:00.000Z", "2026-10-24T07:00:00.000Z"],
    ["daily", "Europe/Berlin", "2027-03-27T08:00:00.000Z", "2027-03-28T07:00:00.000Z"],
    ["monthly", "Europe/Berlin", "2027-03-15T08:00:00.000Z", "2027-04-01T07:00:00.000Z"],
  ] as const)("%s in %s after %s: %s", (frequency, zone, after, expected) => {
    expect(nextDigest(frequency, zone, new Date(after))?.toISOString()).toBe(expected);
  });

  it("on demand: never", () => {
    expect(nextDigest("on-demand", "UTC", new Date())).toBeNull();
  });

  it.each([
    ["Europe/Berlin", "2026-07-01T00:00:00Z", 120],
    ["Europe/Berlin", "2026-12-01T00:00:00Z", 60],
    ["America/St_Johns", "2026-12-01T00:00:00Z", -210],
    ["Asia/Kathmandu", "2026-12-01T00:00:00Z", 345],
    ["UTC", "2026-12-01T00:00:00Z", 0],
  ])("the clocks of %s at %s are %i minutes ahead", (zone, time, minutes) => {
    expect(offsetOf(zone, new Date(time))).toBe(minutes);
  });

  it("takes names of zones as they are written, in any case", () => {
    expect(["europe/BERLIN", "Asia/Kolkata", "utc", "Etc/GMT+5"].map(zoneNamed)).toEqual([
      "Europe/Berlin",
      "Asia/Kolkata",
      "UTC",
      "Etc/GMT+5",
    ]);
    expect(["", "Berlin", "+01:00", "Europe/Berlin ", "../etc"].map(zoneNamed)).toEqual([null, null, null, null, null]);
  });
});

describe("a digest", () => {
  it("tells in the morning what was not read, newest first, and how to stop it", async () => {
    const ann = await aReader(MONDAY);
    const [first, second, third] = await happenTo(ann, 3);
    const { body } = await ann.get("/api/notifications/");
    await ann.put(`/api/notifications/${body[1].id}/read/`);
    await ring();
    expect(await digestsTo(ann), "it is not nine yet").toEqual([]);
    setClock("2026-11-16T09:01:00.000Z");
    await ring();
    const [mail] = await digestsTo(ann);
    expect(mail!.subject).toBe("2 new notifications at Kith");
    expect(mail!.text).toMatch(new RegExp(`${third!.username} sent you a friend request[^]*${first!.username} sent you a friend request`));
    expect(mail!.text).not.toContain(second!.username);
    expect(mail!.text).toMatch(/To stop\s+these mails\s+turn them off/);
    expect(mail!.html).not.toContain("<a ");
  });

  it("comes once, and again only when there is more to tell", async () => {
    const ann = await aReader(MONDAY);
    await happenTo(ann);
    for (const time of ["2026-11-16T09:00:00.000Z", "2026-11-16T09:02:00.000Z", "2026-11-17T09:00:00.000Z"]) {
      setClock(time);
      await ring();
      expect(await digestsTo(ann), time).toHaveLength(1);
    }
    await happenTo(ann);
    setClock("2026-11-18T09:00:00.000Z");
    await ring();
    expect((await digestsTo(ann)).map(({ subject }) => subject)).toEqual(["1 new notification at Kith", "1 new notification at Kith"]);
  });

  it("tells next time what came in behind the last one, even by a clock that is slow", async () => {
    const ann = await aReader(MONDAY);
    const [early] = await happenTo(ann);
    setClock("2026-11-16T09:00:00.000Z");
    await ring();
    for (const time of [MONDAY, "2026-11-16T07:59:00.000Z"]) {
      setClock(time);
      const [late] = await happenTo(ann);
      setClock("2026-11-17T09:00:00.000Z");
      await query("update preferences set digest_due_at = ? where user_id = ?", "2026-11-17T09:00:00.000Z", ann.id);
      await ring();
      const [mail] = await digestsTo(ann);
      expect(mail!.text, time).toContain(late!.username);
      expect(mail!.text, "what has been told is not told again").not.toContain(early!.username);
    }
    expect(await digestsTo(ann)).toHaveLength(3);
  });

  it("names twenty, and counts the rest", async () => {
    const ann = await aReader(MONDAY);
    await query(
      `insert into notifications (recipient_id, type, text, created_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 25) select ?, 'friend_request', 'Number ' || i || '.', ? from n`,
      ann.id,
      MONDAY,
    );
    setClock("2026-11-16T09:00:00.000Z");
    await ring();
    const [{ subject, text }] = (await digestsTo(ann)) as [ReadMail];
    expect(subject).toBe("25 new notifications at Kith");
    expect(text.match(/Number \d+/g)).toEqual(Array.from({ length: 20 }, (_, i) => `Number ${25 - i}`));
    expect(text).toContain("… and 5 more.");
  });

  it("opens the app, where there is one", async () => {
    const ann = await aReader(MONDAY);
    await happenTo(ann);
    setClock("2026-11-16T09:00:00.000Z");
    const carrier = new Carrier();
    await ring(MAIL_CRON, { ENVIRONMENT: "production", APP_URL: "https://app.example.com", ...carrier.env });
    expect(carrier.sent.filter(isDigest).map(({ to }) => to)).toEqual([ann.email]);
    expect(carrier.sent.find(isDigest)!.text).toContain("https://app.example.com/");
  });

  it.each([
    ["daily", ["2026-11-17T09:00:00.000Z"]],
    ["weekly", ["2026-11-17T09:00:00.000Z", "2026-11-23T08:59:00.000Z", "2026-11-23T09:00:00.000Z"]],
    ["monthly", ["2026-11-23T09:00:00.000Z", "2026-12-01T08:59:00.000Z", "2026-12-01T09:00:00.000Z"]],
  ])("that is %s comes at the last of %j and not before", async (frequency, times) => {
    const ann = await aReader("2026-11-16T10:00:00.000Z", { push_notifications: false });
    await settle(ann, { frequency: "on-demand" });
    await settle(ann, { frequency });
    await happenTo(ann);
    for (const time of times) {
      setClock(time);
      await ring();
      expect(await digestsTo(ann), time).toHaveLength(time === times.at(-1) ? 1 : 0);
    }
  });

  it("comes by the person's clock, before and after summer time", async () => {
    const ann = await aReader("2026-10-24T10:00:00.000Z", { time_zone: "Europe/Berlin" });
    for (const [time, mails] of [
      ["2026-10-25T07:59:00.000Z", 0],
      ["2026-10-25T08:00:00.000Z", 1],
      ["2027-03-27T08:00:00.000Z", 2],
      ["2027-03-28T06:59:00.000Z", 2],
      ["2027-03-28T07:00:00.000Z", 3],
    ] as const) {
      await happenTo(ann);
      setClock(time);
      await ring();
      expect(await digestsTo(ann), time).toHaveLength(mails);
    }
  });

  it.each([{ email_notifications: false }, { frequency: "on-demand" }])("does not come with %j", async (change) => {
    const ann = await aReader(MONDAY, change);
    expect(await dueOf(ann)).toBeNull();
    await happenTo(ann);
    setClock("2026-12-01T09:00:00.000Z");
    await ring();
    expect(await digestsTo(ann)).toEqual([]);
    await settle(await again(ann), { email_notifications: true, frequency: "daily" });
    setClock("2026-12-02T09:00:00.000Z");
    await ring();
    expect(await digestsTo(ann), "it would have come").toHaveLength(1);
  });

  it("does not come to an address that nobody has confirmed, nor to who is suspended", async () => {
    const ann = await aReader(MONDAY);
    await query("update users set email_verified_at = null where id = ?", ann.id);
    const bob = await aReader(MONDAY);
    await query("update users set suspended_at = created_at where id = ?", bob.id);
    for (const one of [ann, bob]) await happenTo(one);
    setClock("2026-11-16T09:00:00.000Z");
    await ring();
    expect([await digestsTo(ann), await digestsTo(bob)]).toEqual([[], []]);
    await verify(ann);
    setClock("2026-11-17T09:00:00.000Z");
    await ring();
    expect(await digestsTo(ann), "with what she missed").toHaveLength(1);
  });

  it("waits until quiet hours are over", async () => {
    const ann = await aReader(MONDAY, { time_zone: "Europe/Berlin", quiet_hours_start: "22:00", quiet_hours_end: "10:30" });
    await happenTo(ann);
    const clock = "16 Nov 2026, 09:00";
    for (const [time, mails] of [
      ["2026-11-17T08:00:00.000Z", 0],
      ["2026-11-17T09:28:00.000Z", 0],
      ["2026-11-17T09:30:00.000Z", 1],
    ] as const) {
      setClock(time);
      await ring();
      expect(await digestsTo(ann), time).toHaveLength(mails);
    }
    expect(await dueOf(ann)).toBe("2026-11-18T08:00:00.000Z");
    expect((await digestsTo(ann))[0]!.text.replace(/\s+/g, " "), "and tells the time as the clock at home showed it").toContain(clock);
  });

  it("is mailed once by runs at the same time, to everybody", async () => {
    setClock(MONDAY);
    const readers = await people(...Array.from({ length: 12 }, () => "reader"));
    await query("update users set email_verified_at = created_at");
    for (const reader of readers) await readers[0]!.post("/api/friends/request/", { to_user: reader.id });
    await happenTo(readers[0]!);
    setClock("2026-11-16T09:00:00.000Z");
    await query("delete from outbox");
    lookTogether(3);
    await Promise.all([ring(), ring(), ring()]);
    const mails = await query<{ address: string }>("select address from outbox where template = 'digest'");
    expect(mails.map(({ address }) => address).sort()).toEqual(readers.map(({ email }) => email).sort());
  });

  it("does not come to who wants none any more since the run has looked", async () => {
    const ann = await aReader(MONDAY);
    await happenTo(ann);
    setClock("2026-11-16T09:00:00.000Z");
    await again(ann);
    const batch = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
      const answer = await batch(statements);
      expect((await settle(ann, { frequency: "on-demand" })).status).toBe(200);
      return answer as never;
    });
    await ring();
    expect([await digestsTo(ann), await dueOf(ann)]).toEqual([[], null]);
  });

  it("waits where mails have no way out", async () => {
    const ann = await aReader(MONDAY);
    await happenTo(ann);
    setClock("2026-11-16T09:00:00.000Z");
    await ring(MAIL_CRON, { ENVIRONMENT: "production", MAIL_FROM: "" });
    expect(await dueOf(ann)).toBe("2026-11-16T09:00:00.000Z");
    await ring();
    expect(await digestsTo(ann)).toHaveLength(1);
  });

  it("goes on with the others in the next run, if there are very many", async () => {
    setClock(MONDAY);
    await query(
      `insert into users (id, username, username_key, email, password_hash, email_verified_at)
        with recursive n(i) as (select 1000 union all select i + 1 from n where i < 6199)
        select i, 'u' || i, 'u' || i, 'u' || i || '@example.test', 'x', '' from n`,
    );
    await query("insert into preferences (user_id, digest_due_at) select id, ? from users where id >= 1000", MONDAY);
    await query(
      "insert into notifications (recipient_id, type, text, created_at) select id, 'friend_request', 'x', ? from users where id % 10 = 0",
      MONDAY,
    );
    const count = async () => (await query("select 1 from outbox where template = 'digest'")).length;
    const meter = meterD1();
    await ring();
    expect([await count(), (await query("select 1 from preferences where digest_due_at = ?", MONDAY)).length]).toEqual([500, 200]);
    meter.take();
    await ring();
    expect(meter.take().rows, "who is not due is not read").toBeLessThan(4000);
    expect(await count()).toBe(520);
  });
});

describe("a digest on demand", () => {
  const ask = (person: Person) => person.post("/api/notifications/digest/");

  it("comes at once, and then there is nothing new", async () => {
    const ann = await aReader(MONDAY, { frequency: "on-demand", quiet_hours_start: "00:00", quiet_hours_end: "23:59" });
    expect(await ask(ann)).toMatchObject({ status: 200, body: { detail: "There is nothing new." } });
    await happenTo(ann);
    expect(await ask(ann)).toMatchObject({ status: 200, body: { detail: "A digest is on its way to you." } });
    expect(await ask(ann)).toMatchObject({ status: 200, body: { detail: "There is nothing new." } });
    const [mail, ...others] = await digestsTo(ann);
    expect(others).toEqual([]);
    expect(mail!.text).toContain("because you asked for it");
    expect(mail!.text).not.toContain("e-mail notifications are on");
  });

  it("is not in the next one of the cron", async () => {
    const ann = await aReader(MONDAY);
    await happenTo(ann);
    await ask(ann);
    setClock("2026-11-16T09:00:00.000Z");
    await ring();
    expect(await digestsTo(ann)).toHaveLength(1);
  });

  it("needs a confirmed address", async () => {
    setClock(MONDAY);
    const ann = await aPerson();
    await happenTo(ann);
    expect(await ask(ann)).toMatchObject({
      status: 403,
      body: { code: "email_not_verified", detail: expect.stringContaining("/api/auth/email/resend/") },
    });
    expect(await digestsTo(ann)).toEqual([]);
  });

  it("can be asked for five times an hour", async () => {
    const username = newName();
    const strict = { RATE_LIMITS: "strict" };
    setClock(MONDAY);
    const { body } = await call("POST", "/api/auth/register/", {
      body: { username, email: `${username}@example.test`, password: PASSWORD },
    });
    await query("update users set email_verified_at = created_at");
    const statuses = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await call("POST", "/api/notifications/digest/", { token: body.access, env: strict })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe("a digest that waits, as mails cannot be sent", () => {
  const carrier = new Carrier();
  const production = { ENVIRONMENT: "production", RATE_LIMITS: "", ...carrier.env };
  const digests = () => carrier.sent.filter(isDigest);
  beforeEach(() => {
    carrier.sent.length = 0;
    carrier.fail = true;
  });
  /** Ann and Bob each with a digest that tells of the other and of a third, and has not left yet. */
  async function aPair(change?: object): Promise<[Person, Person, Person]> {
    const [ann, bob] = [await aReader(MONDAY, change), await aReader(MONDAY, change)];
    const [cid] = await happenTo(ann);
    await cid!.post("/api/friends/request/", { to_user: bob.id });
    await query(
      "insert into notifications (recipient_id, sender_id, type, text, created_at) values (?, ?, 'x', ?, ?), (?, ?, 'x', ?, ?)",
      ...[ann.id, bob.id, `${bob.username} is here.`, MONDAY, bob.id, ann.id, `${ann.username} is here.`, MONDAY],
    );
    setClock("2026-11-16T09:00:00.000Z");
    return [ann, bob, cid!];
  }
  const waiting = () => query<{ address: string; params: string }>("select * from outbox where template = 'digest' and sent_at is null");
  const textTo = ({ email }: Person) => digests().find(({ to }) => to === email)?.text;

  it("names nobody who has been blocked since, and tells all else", async () => {
    const [ann, bob, cid] = await aPair();
    await ring(MAIL_CRON, production);
    expect((await waiting()).map(({ address }) => address).sort()).toEqual([ann.email, bob.email].sort());
    expect((await waiting()).every(({ params }) => params.includes("is here."))).toBe(true);

    expect((await (await again(ann)).post(`/api/users/${bob.id}/block/`)).status).toBe(200);
    expect(await waiting()).toEqual([]);
    carrier.fail = false;
    setClock("2026-11-16T09:02:00.000Z");
    await ring(MAIL_CRON, production);
    expect(
      digests()
        .map(({ to }) => to)
        .sort(),
      "each is mailed one at once, and not on the next day",
    ).toEqual([ann.email, bob.email].sort());
    for (const one of [ann, bob]) {
      expect(textTo(one)).toContain(cid.username);
      expect(textTo(one)).not.toContain("is here.");
    }
    expect([await dueOf(ann), await dueOf(bob)]).toEqual(["2026-11-17T09:00:00.000Z", "2026-11-17T09:00:00.000Z"]);
  });

  it("stays as it is when somebody else is blocked, and so does one that has been mailed", async () => {
    const [ann, bob, cid] = await aPair();
    await ring(MAIL_CRON, production);
    const [dan] = await people("dan");
    const before = await waiting();
    expect(before).toHaveLength(2);
    expect((await dan!.post(`/api/users/${cid.id}/block/`)).status).toBe(200);
    expect(await waiting()).toEqual(before);

    carrier.fail = false;
    setClock("2026-11-16T09:10:00.000Z");
    await ring(MAIL_CRON, production);
    expect(digests()).toHaveLength(2);
    await (await again(ann)).post(`/api/users/${bob.id}/block/`);
    setClock("2026-11-17T09:00:00.000Z");
    await ring(MAIL_CRON, production);
    expect(digests(), "nothing is told twice").toHaveLength(2);
  });

  it("can be asked for again, if it was on demand", async () => {
    const [ann, bob, cid] = await aPair({ frequency: "on-demand" });
    const ask = async () =>
      (await call("POST", "/api/notifications/digest/", { token: (await again(ann)).access, env: production })).body.detail;
    expect(await ask()).toBe("A digest is on its way to you.");
    expect(await waiting()).toHaveLength(1);
    expect(await ask()).toBe("There is nothing new.");
    await ann.post(`/api/users/${bob.id}/block/`);
    expect([await waiting(), await dueOf(ann)]).toEqual([[], null]);
    carrier.fail = false;
    expect(await ask()).toBe("A digest is on its way to you.");
    expect(textTo(ann)).toContain(cid.username);
    expect(textTo(ann)).not.toContain("is here.");
  });
});

describe("the clocks of quiet hours", () => {
  it("are set by the daily cron when summer time begins and ends, and no others are touched", async () => {
    const ann = await aReader("2026-10-24T10:00:00.000Z", { time_zone: "Europe/Berlin" });
    const bob = await aReader("2026-10-24T10:00:00.000Z", { time_zone: "Asia/Tokyo" });
    const offsets = async () =>
      (await query<{ n: number }>("select utc_offset as n from preferences where user_id in (?, ?) order by user_id", ann.id, bob.id)).map(
        ({ n }) => n,
      );
    expect(await offsets()).toEqual([120, 540]);
    setClock("2026-10-25T03:17:00.000Z");
    await ring(DAILY);
    expect(await offsets()).toEqual([60, 540]);
    setClock("2027-03-28T03:17:00.000Z");
    await ring(DAILY);
    expect(await offsets()).toEqual([120, 540]);
  });
});
