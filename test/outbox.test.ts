import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../src/index";
import { MAIL_CRON, SEND_MS } from "../src/mail/delivery";
import { prune } from "../src/maintenance";
import wrangler from "../wrangler.toml?raw";
import { query } from "./support/hub";
import { Carrier, linkIn, mailsTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { aPerson, call, newName, PASSWORD } from "./support/people";
import { later, stopClock } from "./support/time";

let log: string[];
beforeEach(() => {
  log = [];
  for (const level of ["log", "error"] as const) vi.spyOn(console, level).mockImplementation((line) => void log.push(String(line)));
});

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const production = { ENVIRONMENT: "production" };

/** Somebody registers, and the mail goes the way that `changes` say. */
async function register(changes: Record<string, unknown>): Promise<string> {
  const username = newName();
  const email = `${username}@example.test`;
  const { status, text } = await call("POST", "/api/auth/register/", { body: { username, email, password: PASSWORD }, env: changes });
  expect(status, text).toBe(201);
  return email;
}

/** The cron rings. */
async function ring(changes: Record<string, unknown>, cron = MAIL_CRON): Promise<void> {
  const context = createExecutionContext();
  const controller = createScheduledController({ cron, scheduledTime: new Date() });
  await worker.scheduled(controller, { ...env, ...changes } as Env, context);
  await waitOnExecutionContext(context);
}

const waiting = () => query<{ tries: number; address: string }>("select * from outbox where sent_at is null order by id");
const entries = (value: string, field = "message") => log.map((line) => JSON.parse(line)).filter((entry) => entry[field] === value);

describe("a mail", () => {
  it("is sent after the change that posted it, and nothing of it stays", async () => {
    const carrier = new Carrier();
    const email = await register({ ...production, ...carrier.env });
    expect(carrier.sent).toMatchObject([{ to: email, from: { name: "Kith", email: "no-reply@example.com" } }]);
    expect(await query("select * from outbox")).toEqual([]);
  });

  it("costs the request that posts it no round trip; sending it costs one, later", async () => {
    const cost = async (changes: Record<string, unknown>) => {
      log = [];
      const meter = meterD1();
      await register({ ...production, ...changes });
      const { trips } = meter.take();
      meter.stop();
      return { inRequest: entries("/api/auth/register/", "path")[0].d1_round_trips, inAll: trips };
    };
    const carrier = new Carrier();
    expect(await cost({ ...carrier.env, EMAIL_VERIFICATION: "none" })).toEqual({ inRequest: 2, inAll: 2 });
    expect(carrier.sent).toEqual([]);
    expect(await cost(carrier.env)).toEqual({ inRequest: 2, inAll: 3 });
    expect(carrier.sent).toHaveLength(1);
  });

  it("is kept where there is a mailbox to look into", async () => {
    const carrier = new Carrier();
    const email = await register(carrier.env);
    expect(carrier.sent).toHaveLength(1);
    expect(await mailsTo(email)).toMatchObject([{ to: email, text: carrier.sent[0]!.text, sent_at: expect.stringMatching(/Z$/) }]);
  });

  it("is not there if the change is not made", async () => {
    const carrier = new Carrier();
    const ann = await aPerson();
    const again = { username: newName(), email: ann.email, password: PASSWORD };
    await query("delete from outbox");
    expect((await call("POST", "/api/auth/register/", { body: again, env: { ...production, ...carrier.env } })).status).toBe(400);
    expect(carrier.sent).toEqual([]);
    expect(await query("select * from outbox")).toEqual([]);
  });

  it("waits when it cannot be sent, and goes out once when it can", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const email = await register(changes);
    expect(await waiting()).toMatchObject([{ address: email, tries: 1 }]);

    later(1 * MINUTE);
    carrier.fail = false;
    await ring(changes);
    expect(carrier.sent, "it is not due yet").toEqual([]);
    later(1 * MINUTE);
    await ring(changes);
    await ring(changes);
    expect(carrier.sent.map(({ to }) => to)).toEqual([email]);
    expect(await waiting()).toEqual([]);
  });

  it("goes out though the request that posted it died before it could send it", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    const username = newName();
    const request = new Request("https://kith.test/api/auth/register/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, email: `${username}@example.test`, password: PASSWORD }),
    });
    let goOn = () => {};
    const send = vi.spyOn(carrier, "send").mockImplementation(() => new Promise((done) => (goOn = done)));
    const response = await worker.fetch(
      request as Parameters<typeof worker.fetch>[0],
      { ...env, ...changes } as Env,
      createExecutionContext(),
    );
    expect(response.status).toBe(201);
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
    send.mockRestore();
    later(2 * MINUTE);
    await ring(changes);
    expect(carrier.sent).toHaveLength(1);
    goOn();
  });

  it("waits no longer for one that the carrier does not answer for", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const [first, second] = [await register(changes), await register(changes)];
    carrier.fail = false;
    later(2 * MINUTE);
    const { send } = carrier;
    vi.spyOn(carrier, "send").mockImplementation((mail) => (mail.to === first ? new Promise(() => {}) : send(mail)));
    const timer = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, ms = 0) =>
      timer(act, ms === SEND_MS ? 0 : ms)) as typeof setTimeout);
    await ring(changes);
    expect(carrier.sent.map(({ to }) => to)).toEqual([second]);
    expect(await waiting()).toMatchObject([{ address: first, tries: 2 }]);
    expect(entries("mail not sent").at(-1)).toMatchObject({ error: "TimeoutError" });
  });

  it("is sent once by two that look at the same time", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const addresses = [];
    for (let i = 0; i < 12; i++) addresses.push(await register(changes));
    carrier.fail = false;
    later(2 * MINUTE);
    await Promise.all([ring(changes), ring(changes), ring(changes)]);
    expect(carrier.sent.map(({ to }) => to).sort()).toEqual(addresses.sort());
  });

  it("goes out in the order in which it was posted", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const addresses = [];
    for (let i = 0; i < 15; i++) addresses.push(await register(changes));
    carrier.fail = false;
    later(2 * MINUTE);
    await ring(changes);
    expect(carrier.sent.map(({ to }) => to)).toEqual(addresses);
  });

  it("is tried less and less often, and given up when its link has run out", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    await register(changes);
    const tries: number[] = [];
    for (let minute = 2; minute < 24 * 60; minute += 2) {
      later(2 * MINUTE);
      await ring(changes);
      const [row] = await waiting();
      if (row!.tries > tries.length + 1) tries.push(minute);
    }
    expect(tries, "minutes after the first").toEqual([2, 6, 14, 30, 62, 126, 254, 510, 1022]);
    later(2 * MINUTE);
    await ring(changes);
    expect(await waiting()).toEqual([]);
    expect(entries("mail given up")).toMatchObject([{ level: "error", template: "verify", tries: 10 }]);
  }, 30_000);

  it("without a link is given up after its tenth try", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    await register({ ...production, MAIL_FROM: "" });
    await query("update outbox set template = 'password_changed', params = '{\"origin\":\"https://kith.test\"}', tries = 9");
    later(2 * MINUTE);
    carrier.fail = true;
    await ring(changes);
    expect(await waiting()).toMatchObject([{ tries: 10 }]);
    later(17.1 * HOUR);
    carrier.fail = false;
    await ring(changes);
    expect([carrier.sent, await waiting()]).toEqual([[], []]);
    expect(entries("mail given up")).toMatchObject([{ reason: "tries" }]);
  });

  it("leaves neither address nor secret nor the carrier's words in the log when it fails", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const email = await register(changes);
    expect(entries("mail not sent")).toMatchObject([{ level: "error", template: "verify", tries: 1, error: "E_DELIVERY_FAILED" }]);
    carrier.fail = false;
    later(2 * MINUTE);
    await ring(changes);
    const { key } = linkIn(carrier.sent[0]!);
    expect(key.length).toBe(43);
    for (const secret of [email, email.split("@")[0]!, key, "550", "welcome"]) expect(log.join("\n")).not.toContain(secret);
  });

  it("whose link has run out is of no use to anybody, and is not sent", async () => {
    stopClock();
    const carrier = new Carrier();
    await register({ ...production, MAIL_FROM: "" });
    later(25 * HOUR);
    await ring({ ...production, ...carrier.env });
    expect(carrier.sent).toEqual([]);
    expect(entries("mail given up")).toMatchObject([{ reason: "expired" }]);
  });
});

describe("a mail that waits", () => {
  const later2 = () => later(2 * MINUTE);

  it("is not sent behind a newer one whose link took the place of its own", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const [ann, bob] = [await register(changes), await register(changes)];
    carrier.fail = false;
    await call("POST", "/api/auth/email/resend/", { body: { email: ann }, env: changes });
    expect(carrier.sent.map(({ to }) => to)).toEqual([ann]);
    later2();
    await ring(changes);
    expect(
      carrier.sent.map(({ to }) => to),
      "his is good still",
    ).toEqual([ann, bob]);
    expect(entries("mail given up")).toMatchObject([{ level: "info", reason: "replaced" }]);
    expect(await waiting()).toEqual([]);
  });

  it("keeps no other from being sent when D1 fails after it was", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    carrier.fail = true;
    const addresses = [await register(changes), await register(changes)];
    carrier.fail = false;
    later2();
    const { batch } = env.DB;
    const failing = vi.spyOn(env.DB, "batch");
    for (const _ of ["digests that are due", "letters that are due"]) failing.mockImplementationOnce(batch.bind(env.DB));
    failing.mockRejectedValueOnce(new Error("D1_ERROR: overloaded"));
    await ring(changes);
    failing.mockRestore();
    expect(carrier.sent.map(({ to }) => to)).toEqual(addresses);
    expect(await waiting()).toMatchObject([{ address: addresses[0] }]);
    expect(entries("mail sent, not removed")).toMatchObject([{ level: "error", mail: expect.any(Number), error: "Error" }]);
  });

  it("is given up at once when no other try would end better", async () => {
    stopClock();
    const carrier = new Carrier();
    const changes = { ...production, ...carrier.env };
    const send = vi.spyOn(carrier, "send").mockRejectedValue(Object.assign(new Error("no"), { code: "E_RECIPIENT_SUPPRESSED" }));
    await register(changes);
    send.mockRestore();
    await register({ ...production, MAIL_FROM: "" });
    later2();
    await ring({ ...changes, JWT_SECRET: "a-new-secret-0123456789abcdef0123456789" });
    expect([carrier.sent, await waiting()]).toEqual([[], []]);
    expect(entries("mail given up").map(({ reason }) => reason)).toEqual(["suppressed", "key_gone"]);
  });

  it("has no time of sending in the mailbox", async () => {
    const carrier = new Carrier();
    carrier.fail = true;
    const email = await register(carrier.env);
    expect(await mailsTo(email)).toMatchObject([{ to: email, sent_at: null }]);
    const { id } = (await mailsTo(email))[0]!;
    for (const path of ["/dev/mailbox/", `/dev/mailbox/${id}/`])
      expect((await call("GET", path, { headers: { accept: "text/html" } })).text).toContain("not yet");
  });
});

describe("a link in production", () => {
  it("is encrypted, however the request came", async () => {
    const carrier = new Carrier();
    const ask = async (ENVIRONMENT: string) => {
      const body = JSON.stringify({ username: newName(), email: `${newName()}@example.test`, password: PASSWORD });
      const request = new Request("http://kith.test/api/auth/register/", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const context = createExecutionContext();
      const changed = { ...env, ENVIRONMENT, ...carrier.env } as unknown as Env;
      await worker.fetch(request as Parameters<typeof worker.fetch>[0], changed, context);
      await waitOnExecutionContext(context);
    };
    await ask("production");
    await ask("development");
    expect(carrier.sent.map((mail) => linkIn(mail).url.origin)).toEqual(["https://kith.test", "http://kith.test"]);
  });
});

describe("without a way to send mails", () => {
  const APP_URL = "https://app.example.com";

  it.each([
    ["no sender", { MAIL_FROM: "" }, "MAIL_FROM"],
    ["a sender that is none", { MAIL_FROM: "Kith" }, "MAIL_FROM"],
    ["no binding", { EMAIL: undefined }, "send_email"],
    ["a mailbox, in production", { MAIL: "mailbox" }, "MAIL"],
    ["a driver that is none", { MAIL: "pigeon" }, "MAIL"],
  ])("because there is %s: mails wait, and /health/ready says what to set", async (_, changes, hint) => {
    stopClock();
    const carrier = new Carrier();
    const broken = { ...production, APP_URL, ...carrier.env, ...changes };
    const email = await register(broken);
    later(2 * MINUTE);
    await ring(broken);
    expect(carrier.sent).toEqual([]);
    expect(await waiting()).toMatchObject([{ tries: 1 }]);
    expect(entries("mails wait")).toMatchObject([{ level: "error" }]);
    const { status, body } = await call("GET", "/health/ready/", { env: broken });
    expect({ status, body }).toEqual({ status: 200, body: { status: "ok", warnings: [expect.stringContaining(hint)] } });
    const shut = await call("GET", "/health/ready/", { env: { ...broken, EMAIL_VERIFICATION: "mandatory" } });
    expect([shut.status, shut.body.code, shut.body.warnings], "nobody could get in").toEqual([503, "misconfigured", undefined]);
    expect(shut.body.detail).toContain(hint);

    const mended = { ...production, APP_URL, ...carrier.env };
    expect((await call("GET", "/health/ready/", { env: mended })).body).toEqual({ status: "ok" });
    await ring(mended);
    expect(carrier.sent.map(({ to }) => to)).toEqual([email]);
  });

  it("and without mails there is nothing to complain of", async () => {
    stopClock();
    const broken = { ...production, MAIL_FROM: "" };
    await query("delete from outbox");
    await ring(broken);
    expect(log).toEqual([]);
    await register(broken);
    later(2 * MINUTE);
    log = [];
    await ring(broken);
    expect(entries("mails wait")).toHaveLength(1);
  });

  it.each([
    ["no-reply@example.com", "Kith", "no-reply@example.com"],
    [" <no-reply@example.com>\n", "Kith", "no-reply@example.com"],
    ["Tom & Jerry <no-reply@example.com>", "Tom & Jerry", "no-reply@example.com"],
    ['"Tom, Jerry" <no-reply@example.com>', "Tom, Jerry", "no-reply@example.com"],
  ])("but with MAIL_FROM=%j there is one", async (MAIL_FROM, name, email) => {
    const carrier = new Carrier();
    await register({ ...production, ...carrier.env, MAIL_FROM });
    expect(carrier.sent).toMatchObject([{ from: { name, email } }]);
  });

  it.each([
    "Kith <no-reply@example.com",
    "no-reply@example.com>",
    "Kith no-reply@example.com",
    '"Kith <no-reply@example.com>',
    "Kith\r\nBcc: x <no-reply@example.com>",
    "Kith\u0000 <no-reply@example.com>",
    "Kith <a@example.com> <b@example.com>",
  ])("because of MAIL_FROM=%j", async (MAIL_FROM) => {
    const { body } = await call("GET", "/health/ready/", { env: { ...production, APP_URL, ...new Carrier().env, MAIL_FROM } });
    expect(body.warnings).toEqual([expect.stringContaining("MAIL_FROM")]);
  });

  it("because none is wanted: they are thrown away", async () => {
    const none = { ...production, MAIL: "none" };
    await register(none);
    expect(await query("select * from outbox")).toEqual([]);
    expect((await call("GET", "/health/ready/", { env: { ...none, APP_URL: "" } })).body).toEqual({ status: "ok" });
  });
});

describe("the outbox", () => {
  it("is emptied of what nobody needs any more", async () => {
    stopClock();
    await aPerson();
    expect(await query("select * from outbox")).toHaveLength(1);
    await prune(env, Date.now() + 6 * 24 * HOUR * 1000);
    expect(await query("select * from outbox")).toHaveLength(1);
    await prune(env, Date.now() + 8 * 24 * HOUR * 1000);
    expect([await query("select * from outbox"), await query("select * from email_links")]).toEqual([[], []]);
  });

  it("is looked through by the cron that wrangler.toml names", () => {
    expect(wrangler).toContain(`crons = ["17 3 * * *", "${MAIL_CRON}"]`);
  });
});
