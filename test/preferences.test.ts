import { describe, expect, it } from "vitest";
import { everything } from "./support/everything";
import { query } from "./support/hub";
import { atGoogle, googleTokens } from "./support/identities";
import { linkTo, mailsTo } from "./support/mail";
import { aPerson, call, newName, PASSWORD, type Person, people } from "./support/people";
import { later, stopClock } from "./support/time";
import { lookTogether } from "./support/together";

/** Seed 0 whole (contracts §2), under both of its prefixes and by both names of each section. */

const ROOTS = ["/preferences/", "/api/preferences/"];
const NAMES = {
  account_settings: ["account_settings", "account"],
  notification_settings: ["notification_settings", "notification", "notifications"],
  theme_settings: ["theme_settings", "theme"],
  privacy_settings: ["privacy_settings", "privacy"],
};
type Section = keyof typeof NAMES;
/** Every address of a section. */
const addresses = (section: Section) => ROOTS.flatMap((root) => NAMES[section].map((name) => `${root}${name}/`));
const ALL = (Object.keys(NAMES) as Section[]).flatMap((section) => addresses(section).map((path) => ({ section, path })));

const patch = (person: Person, section: string, body: unknown, headers?: Record<string, string>) =>
  person.ask("PATCH", `/preferences/${section}/`, body, headers);
const all = async (person: Person) => (await person.get("/preferences/")).body;

const DARK = { theme: "dark", theme_chosen: true };
const defaults = ({ id, username, email }: Person) => ({
  account_settings: { id, username, email, pending_email: null, password: "" },
  notification_settings: {
    id,
    frequency: "daily",
    email_notifications: true,
    push_notifications: true,
    time_zone: "UTC",
    quiet_hours_start: null,
    quiet_hours_end: null,
    user: id,
  },
  theme_settings: { id, theme: "light", theme_chosen: false, font_size: "medium", user: id },
  privacy_settings: { id, profile_visibility: "public", data_sharing: true, user: id },
});

describe("a newcomer's preferences", () => {
  it.each(ROOTS)("are there from the start, at %s", async (root) => {
    const ann = await aPerson();
    const { status, body, headers } = await ann.get(root);
    expect({ status, body }).toEqual({ status: 200, body: defaults(ann) });
    expect(headers.get("content-type")).toBe("application/json");
  });

  it("come with the seed's own registration, which stores the row in the batch that makes the person", async () => {
    const username = newName();
    const { body } = await call("POST", "/register/", { body: { username, email: `${username}@example.test`, password: PASSWORD } });
    const mine = await call("GET", "/preferences/", { token: body.token });
    expect(mine.body.account_settings).toMatchObject({ username, email: `${username}@example.test` });
    expect(await query("select p.user_id from preferences p join users u on u.id = p.user_id where u.username = ?", username)).toHaveLength(
      1,
    );
  });

  it("come with a log-in through another that makes the person", async () => {
    const { id_token } = await googleTokens(await atGoogle());
    const { body } = await call("POST", "/api/auth/google/", { body: { id_token } });
    expect(await query("select frequency from preferences where user_id = ?", body.user.id)).toEqual([{ frequency: "daily" }]);
  });

  it("are as they would be for who has no row, which the first change makes", async () => {
    const ann = await aPerson();
    await query("delete from preferences where user_id = ?", ann.id);
    expect(await all(ann)).toEqual(defaults(ann));
    expect((await patch(ann, "theme", { theme: "dark" })).body).toMatchObject({ theme: "dark", font_size: "medium" });
    expect(await all(ann)).toEqual({ ...defaults(ann), theme_settings: { ...defaults(ann).theme_settings, ...DARK } });
  });
});

describe("one section", () => {
  it.each(ALL)("is read at $path", async ({ section, path }) => {
    const ann = await aPerson();
    for (const address of [path, path.slice(0, -1)]) {
      const { status, body } = await ann.get(address);
      expect({ status, body }).toEqual({ status: 200, body: defaults(ann)[section] });
    }
  });

  const CHANGE: Record<Section, object> = {
    account_settings: { username: "another.name" },
    notification_settings: { frequency: "weekly", email_notifications: false },
    theme_settings: { theme: "dark", theme_chosen: true, font_size: "large" },
    privacy_settings: { profile_visibility: "private", data_sharing: false },
  };

  it.each(ALL)("is changed at $path, and answered whole", async ({ section, path }) => {
    const ann = await aPerson();
    const { status, body } = await ann.patch(path, CHANGE[section]);
    const expected = { ...defaults(ann)[section], ...CHANGE[section] };
    expect({ status, body }).toEqual({ status: 200, body: expected });
    expect(await all(ann)).toEqual({ ...defaults(ann), [section]: expected });
  });

  it.each(ALL)("takes no other method at $path", async ({ path }) => {
    const ann = await aPerson();
    for (const method of ["POST", "PUT", "DELETE"]) {
      const { status, body, headers } = await ann.ask(method, path, method === "DELETE" ? undefined : {});
      expect({ status, body }).toEqual({ status: 405, body: { detail: `Method "${method}" not allowed.` } });
      expect(headers.get("allow")).toBe("GET, PATCH, HEAD, OPTIONS");
    }
  });

  it.each(ROOTS)("that there is not, is refused at %s", async (root) => {
    const ann = await aPerson();
    for (const name of ["nonsense", "constructor", "__proto__", "toString", "1", "ACCOUNT"])
      for (const answer of [await ann.patch(`${root}${name}/`, { theme: "dark" }), await ann.get(`${root}${name}/`)])
        expect({ status: answer.status, body: answer.body }, name).toEqual({ status: 400, body: { detail: "Invalid section" } });
    expect(await all(ann)).toEqual(defaults(ann));
  });

  it("takes JSON, urlencoded and multipart", async () => {
    const ann = await aPerson();
    const form = new FormData();
    form.set("font_size", "small");
    expect((await ann.patch("/preferences/theme_settings/", new URLSearchParams({ theme: "dark" }))).body.theme).toBe("dark");
    expect((await ann.patch("/preferences/theme/", form)).body).toMatchObject({ theme: "dark", font_size: "small" });
    expect(
      (await ann.patch("/preferences/notifications/", new URLSearchParams({ push_notifications: "off" }))).body.push_notifications,
    ).toBe(false);
  });

  it("leaves what is read-only or unknown as it is", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const given = { id: bob.id, user: bob.id, user_id: bob.id, theme: "dark", utc_offset: 5, digested_at: "x" };
    expect((await patch(ann, "theme_settings", given)).body).toMatchObject({ id: ann.id, user: ann.id, theme: "dark" });
    expect((await patch(ann, "account_settings", { id: bob.id, pending_email: "x@y.test" })).body).toEqual(defaults(ann).account_settings);
    expect(await all(bob)).toEqual(defaults(bob));
  });
});

describe("a change that is not good", () => {
  it.each([
    ["notification_settings", { frequency: "hourly" }, { frequency: ['"hourly" is not a valid choice.'] }],
    ["notification_settings", { frequency: null }, { frequency: ["This field may not be null."] }],
    ["notification_settings", { push_notifications: "perhaps" }, { push_notifications: ["Must be a valid boolean."] }],
    ["notification_settings", { email_notifications: null }, { email_notifications: ["This field may not be null."] }],
    ["notification_settings", { time_zone: "Nowhere/Else" }, { time_zone: ["A valid time zone is required."] }],
    ["notification_settings", { time_zone: "+01:00" }, { time_zone: ["A valid time zone is required."] }],
    ["notification_settings", { time_zone: "x\u0000" }, { time_zone: ["Null characters are not allowed."] }],
    [
      "notification_settings",
      { quiet_hours_start: "25:00" },
      { quiet_hours_start: ["Time has wrong format. Use one of these formats instead: hh:mm."] },
    ],
    ["notification_settings", { quiet_hours_end: 7 }, { quiet_hours_end: ["Not a valid string."] }],
    ["theme_settings", { theme: "blue" }, { theme: ['"blue" is not a valid choice.'] }],
    ["theme_settings", { font_size: 12 }, { font_size: ['"12" is not a valid choice.'] }],
    ["privacy_settings", { profile_visibility: "nobody" }, { profile_visibility: ['"nobody" is not a valid choice.'] }],
    ["privacy_settings", { data_sharing: 2 }, { data_sharing: ["Must be a valid boolean."] }],
    ["account_settings", { username: "x".repeat(151) }, { username: ["Ensure this field has no more than 150 characters."] }],
    ["account_settings", { username: " " }, { username: ["This field may not be blank."] }],
    ["account_settings", { email: "nowhere" }, { email: ["Enter a valid email address."] }],
  ])("in %s, %j, is refused in DRF's words", async (section, change, expected) => {
    const ann = await aPerson();
    for (const root of ROOTS) {
      const { status, body } = await ann.patch(`${root}${section}/`, change);
      expect({ status, body }).toEqual({ status: 400, body: expected });
    }
  });

  it.each([
    ["notification_settings", { frequency: "hourly", push_notifications: 7, email_notifications: false, time_zone: "Europe/Berlin" }, 2],
    ["theme_settings", { theme: "dark", font_size: "huge" }, 1],
    ["privacy_settings", { data_sharing: false, profile_visibility: "nobody" }, 1],
    ["account_settings", { username: "good_name", email: "bad" }, 1],
  ])("in %s changes nothing of what was good beside it, and all that is bad is named", async (section, change, bad) => {
    const ann = await aPerson();
    const before = await everything();
    const { status, body } = await patch(ann, section, change);
    expect([status, Object.keys(body).length]).toEqual([400, bad]);
    expect(await everything()).toEqual(before);
    expect((await patch(ann, "theme_settings", { theme: "dark" })).status).toBe(200);
    expect(await everything(), "it would be seen").not.toEqual(before);
  });

  it("is no dictionary, or is broken", async () => {
    const ann = await aPerson();
    const json = { "content-type": "application/json" };
    expect((await patch(ann, "theme", "[]", json)).body).toEqual({
      non_field_errors: ["Invalid data. Expected a dictionary, but got list."],
    });
    expect((await patch(ann, "theme", "{", json)).status).toBe(400);
    expect((await patch(ann, "theme", "x", { "content-type": "text/plain" })).status).toBe(415);
  });
});

describe("a name", () => {
  it("is changed for search and log-in, too", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const username = newName("renamed");
    expect((await patch(ann, "account_settings", { username })).body.username).toBe(username);
    expect((await bob.get(`/api/users/?search=${username}`)).body.map(({ id }: any) => id)).toEqual([ann.id]);
    expect((await bob.get(`/api/users/?search=${ann.username}`)).body).toEqual([]);
    expect((await call("POST", "/api/auth/login/", { body: { username, password: PASSWORD } })).status).toBe(200);
  });

  it("that somebody has is refused in the seed's words, however it is written", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const taken = { username: ["account settings with this username already exists."] };
    for (const username of [bob.username, bob.username.toUpperCase(), bob.email])
      for (const beside of [{}, { email: "new@example.test" }, { password: PASSWORD }]) {
        const { status, body } = await patch(ann, "account_settings", { username, ...beside });
        expect({ status, body }).toEqual({ status: 400, body: taken });
      }
    expect((await patch(ann, "account_settings", { username: ann.username.toUpperCase() })).status).toBe(200);
  });

  it("that is taken keeps a new address from being asked for: nothing changes, and nothing is mailed", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const before = await everything();
    expect((await patch(ann, "account_settings", { username: bob.username, email: "new@example.test" })).status).toBe(400);
    expect(await everything()).toEqual(before);
    expect((await patch(ann, "account_settings", { email: "new@example.test" })).status).toBe(200);
    expect(await mailsTo("new@example.test"), "it would be seen").toHaveLength(1);
  });

  it("goes to one of two who want it at once", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const username = newName("wanted");
    const answers = await Promise.all([ann, bob].map((one) => patch(one, "account_settings", { username, email: one.email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});

describe("an e-mail address", () => {
  const HOUR = 3600;
  const change = (person: Person, body: object) => patch(person, "account_settings", body);

  it("stays until the link that was mailed to the new one is used; meanwhile it is shown as pending", async () => {
    const ann = await aPerson();
    const { status, body } = await change(ann, { email: "New@Example.test" });
    expect({ status, body }).toEqual({
      status: 200,
      body: { ...defaults(ann).account_settings, pending_email: "new@example.test" },
    });
    expect((await mailsTo(ann.email))[0]!.subject).toContain("about to change");
    const { key } = await linkTo("new@example.test");
    expect((await call("POST", "/api/auth/email/verify/", { body: { key } })).status).toBe(200);
    expect((await all(ann)).account_settings).toMatchObject({ email: "new@example.test", pending_email: null });
  });

  it("is told to the person's devices, asked for and taken up, wherever that is done", async () => {
    const ann = await aPerson();
    const phone = await (await ann.elsewhere()).socket();
    expect((await ann.post("/api/auth/email/change/", { email: "told@example.test", password: PASSWORD })).status).toBe(200);
    expect((await phone.next("preferences_update")).preferences).toEqual(await all(ann));
    const { key } = await linkTo("told@example.test");
    expect((await call("POST", "/api/auth/email/verify/", { body: { key } })).status).toBe(200);
    const { preferences }: any = await phone.next("preferences_update", 2);
    expect(preferences.account_settings).toMatchObject({ email: "told@example.test", pending_email: null });
    expect(preferences).toEqual(await all(ann));
  });

  it("takes the password that there is; who gives another alone is told where that is done", async () => {
    const ann = await aPerson();
    expect(await change(ann, { password: "newpassword" })).toMatchObject({
      status: 400,
      body: { password: [expect.stringContaining("/api/auth/password/change/")] },
    });
    const { body } = await change(ann, { password: "newpassword", email: "x@example.test" });
    expect(body.password).toEqual(["Your password was entered incorrectly. Please enter it again."]);
  });

  it("is pending no longer than its link is good", async () => {
    stopClock();
    const ann = await aPerson();
    await change(ann, { email: "new@example.test" });
    later(HOUR - 1);
    const tag = (await ann.get("/preferences/")).headers.get("etag");
    const again = await call("POST", "/login/", { body: { email: ann.email, password: PASSWORD } });
    later(2);
    const { body, headers } = await call("GET", "/preferences/", { token: again.body.token });
    expect(body.account_settings.pending_email).toBeNull();
    expect(headers.get("etag")).not.toBe(tag);
  });

  it("changes together with the name", async () => {
    const ann = await aPerson();
    const username = newName();
    expect((await change(ann, { username, email: "both@example.test" })).body).toMatchObject({
      username,
      pending_email: "both@example.test",
    });
  });

  it("that is the person's own is no change, as a page sends it that sends everything", async () => {
    stopClock();
    const ann = await aPerson();
    later(0.5 * HOUR);
    const username = newName();
    const whole = (await all(ann)).account_settings;
    const mails = await query("select count(*) as n from outbox");
    expect((await change(ann, { ...whole, username })).body).toEqual({ ...whole, username });
    expect(await query("select count(*) as n from outbox")).toEqual(mails);
  });

  it("takes the password once the log-in is older than ten minutes", async () => {
    stopClock();
    const ann = await aPerson();
    later(10 * 60);
    expect((await change(ann, { email: "early@example.test" })).status).toBe(200);
    later(1);
    const before = await query("select * from email_links");
    expect(await change(ann, { email: "late@example.test" })).toMatchObject({
      status: 400,
      body: { password: ["This field is required."] },
    });
    expect(await query("select * from email_links")).toEqual(before);
    expect((await change(ann, { email: "late@example.test", password: PASSWORD })).body.pending_email).toBe("late@example.test");
  });

  it("does not change with a wrong password, however fresh the log-in; the name beside it neither", async () => {
    const ann = await aPerson();
    const wrong = { password: ["Your password was entered incorrectly. Please enter it again."] };
    for (const given of [{ email: "new@example.test" }, { username: newName() }]) {
      const { status, body } = await change(ann, { ...given, password: "wrong-one" });
      expect({ status, body }).toEqual({ status: 400, body: wrong });
    }
    expect(await all(ann)).toEqual(defaults(ann));
  });

  it("names both, a taken name and a wrong password", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body } = await change(ann, { username: bob.username, email: "new@example.test", password: "wrong-one" });
    expect(Object.keys(body)).toEqual(["username", "password"]);
  });

  it("lets nobody guess the password, and does not count the right one", async () => {
    const ann = await aPerson();
    for (let i = 0; i < 12; i++) await change(ann, { username: ann.username, password: PASSWORD });
    for (let i = 0; i < 10; i++) expect((await change(ann, { username: newName(), password: `wrong-${i}` })).status).toBe(400);
    const { status, headers } = await change(ann, { username: newName(), password: PASSWORD });
    expect([status, Number(headers.get("retry-after")) > 0]).toEqual([429, true]);
  });

  it("of somebody without a password takes a fresh log-in", async () => {
    stopClock();
    const ann = await aPerson();
    await query("update users set password_hash = '!' where id = ?", ann.id);
    later(601);
    expect(await change(ann, { email: "new@example.test" })).toMatchObject({ status: 403, body: { code: "session_not_fresh" } });
  });

  it("does not show whether somebody has it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { status, body } = await change(ann, { email: bob.email });
    expect({ status, pending: body.pending_email }).toEqual({ status: 200, pending: bob.email });
  });
});

describe("whoever is not logged in", () => {
  it.each([...ROOTS, ...ROOTS.map((root) => `${root}theme_settings/`), ...ROOTS.map((root) => `${root}nonsense/`)])(
    "is told so at %s",
    async (path) => {
      for (const method of path.endsWith("preferences/") ? ["GET"] : ["GET", "PATCH"]) {
        const { status, headers } = await call(method, path, method === "PATCH" ? { body: { theme: "dark" } } : {});
        expect([status, headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="api"']);
      }
    },
  );
});

describe("the version of one's preferences", () => {
  const tagOf = async (person: Person, path = "/preferences/") => (await person.get(path)).headers.get("etag")!;
  const dark = { theme: "dark" };

  it("is one strong ETag for all sections, by every name; a change answers the new one", async () => {
    const ann = await aPerson();
    const tag = await tagOf(ann);
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    for (const { path } of ALL) expect(await tagOf(ann, path)).toBe(tag);
    const { headers } = await patch(ann, "theme", dark);
    expect(headers.get("etag")).toBe(await tagOf(ann));
    expect(headers.get("etag")).not.toBe(tag);
    expect(headers.get("cache-control"), "compressed, it would lose its strength").toBe("no-store, no-transform");
  });

  it("is the same again when all is as it was", async () => {
    const ann = await aPerson();
    const tag = await tagOf(ann);
    await patch(ann, "theme", dark);
    expect((await patch(ann, "theme", { theme: "light" })).headers.get("etag"), "light is a choice, too").not.toBe(tag);
    expect((await patch(ann, "theme", { theme: "system" })).headers.get("etag")).toBe(tag);
  });

  it("changes with what is changed elsewhere", async () => {
    const ann = await aPerson();
    const tags = [await tagOf(ann)];
    await ann.patch(`/api/users/${ann.id}/`, { username: newName() });
    tags.push(await tagOf(ann));
    await query("update users set visibility = 'friends' where id = ?", ann.id);
    tags.push(await tagOf(ann));
    expect(new Set(tags).size).toBe(3);
  });

  it.each(["/preferences/", "/preferences/theme/", "/api/preferences/theme_settings/"])(
    "asked for again at %s is not sent again",
    async (path) => {
      const ann = await aPerson();
      const tag = await tagOf(ann, path);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const { status, text, headers } = await ann.get(path, { "if-none-match": known });
        expect({ status, text, tag: headers.get("etag") }, known).toEqual({ status: 304, text: "", tag });
      }
      expect((await ann.get(path, { "if-none-match": '"other"' })).status).toBe(200);
      await patch(ann, "theme", dark);
      expect((await ann.get(path, { "if-none-match": tag })).status).toBe(200);
    },
  );

  it("that is not the current one keeps a change from being made", async () => {
    const ann = await aPerson();
    const old = await tagOf(ann);
    await patch(ann, "privacy", { data_sharing: false });
    const before = await everything();
    const tag = await tagOf(ann);
    for (const given of [old, `"other"`, `W/${tag}`, "nonsense", `"x", ${old}`])
      for (const [section, change] of [
        ["theme", dark],
        ["theme", {}],
        ["account", { username: newName() }],
        ["account", { email: "new@example.test", password: PASSWORD }],
      ] as const) {
        const { status, body } = await patch(ann, section, change, { "if-match": given });
        expect({ status, body }, `${given} ${section}`).toEqual({
          status: 412,
          body: { detail: "This has changed since you read it. Read it again.", code: "precondition_failed" },
        });
      }
    const after = await everything();
    expect({ ...after, attempts: [] }).toEqual({ ...before, attempts: [] });
    for (const given of [tag, `"x", ${tag}`]) expect((await patch(ann, "theme", {}, { "if-match": given })).status).toBe(200);
    expect((await patch(ann, "theme", dark, { "if-match": "*" })).body.theme).toBe("dark");
  });

  it.each([
    [
      "one section",
      [
        ["theme", { font_size: "large" }],
        ["theme", { font_size: "small" }],
      ],
    ],
    [
      "two sections",
      [
        ["theme", dark],
        ["privacy", { data_sharing: false }],
      ],
    ],
    [
      "the name and the theme",
      [
        ["account", { username: "the_new_name" }],
        ["theme", dark],
      ],
    ],
  ] as const)("lets one of two devices win that change %s at once", async (_, changes) => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const tag = await tagOf(ann);
    lookTogether(2);
    const answers = await Promise.all(
      [ann, phone].map((device, i) => {
        const [section, body] = changes[i]!;
        return call("PATCH", `/preferences/${section}/`, { token: device.access, body, headers: { "if-match": tag }, env: {} });
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers[won]!.body).toMatchObject(changes[won]![1]);
    expect(answers[won]!.headers.get("etag")).toBe(await tagOf(ann));
  });
});

describe("a boolean", () => {
  it("is one of Django's words, in any case", async () => {
    const ann = await aPerson();
    const set = async (data_sharing: unknown) => (await patch(ann, "privacy", { data_sharing })).body.data_sharing;
    for (const yes of ["t", "T", "y", "Y", "yes", "YES", "true", "TRUE", "on", "ON", "1", 1])
      expect([await set(false), await set(yes)], `${yes}`).toEqual([false, true]);
    for (const no of ["f", "F", "n", "N", "no", "NO", "false", "FALSE", "off", "OFF", "0", 0])
      expect([await set(true), await set(no)], `${no}`).toEqual([true, false]);
    for (const neither of ["", "ja", "2", 2, "tr"]) expect(await set(neither), `${neither}`).toEqual(["Must be a valid boolean."]);
  });
});

describe("a change", () => {
  it("reaches the person's other devices, whole, and nobody else", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const phone = await (await ann.elsewhere()).socket();
    const other = await bob.socket();
    await patch(ann, "theme", { theme: "dark" });
    const { preferences, seq } = await phone.next("preferences_update");
    expect(preferences).toEqual(await all(ann));
    expect(seq).toBe(1);
    await patch(ann, "account", { username: newName() });
    await phone.next("preferences_update", 2);
    await patch(ann, "privacy", { profile_visibility: "friends" });
    await phone.next("preferences_update", 3);
    expect(phone.durable().map(({ type, seq, user }: any) => [type, seq, user?.visibility])).toEqual([
      ["preferences_update", 1, undefined],
      ["profile_update", 2, "public"],
      ["preferences_update", 3, undefined],
      ["profile_update", 4, "friends"],
      ["preferences_update", 5, undefined],
    ]);
    expect(other.durable()).toEqual([]);
  });

  it("that changes nothing tells nobody, and notes nothing", async () => {
    const ann = await aPerson();
    const before = await everything();
    for (const { section, path } of ALL) {
      const whole = (await all(ann))[section];
      for (const body of [{}, whole]) {
        const { status, body: answer } = await ann.patch(path, body);
        expect({ status, answer }, path).toEqual({ status: 200, answer: whole });
      }
    }
    expect(await everything()).toEqual(before);
    await patch(ann, "privacy", { data_sharing: false, profile_visibility: "public" });
    const types = await query("select type from events where user_id = ?", ann.id);
    expect(types, "and what is as it was is not told as new").toEqual([{ type: "preferences_update" }]);
  });

  it("that asks for the same new address again mails again, and tells nobody", async () => {
    const ann = await aPerson();
    for (let i = 0; i < 2; i++) await patch(ann, "account", { email: "new@example.test" });
    expect(await mailsTo("new@example.test")).toHaveLength(2);
    expect(await query("select seq from events where user_id = ?", ann.id)).toHaveLength(1);
  });

  it("is in the state that a client starts with", async () => {
    const ann = await aPerson();
    await patch(ann, "theme", { theme: "dark" });
    const { body } = await ann.get("/api/sync/");
    expect(body).toMatchObject({ seq: 1, preferences: await all(ann) });
  });

  it("of who sees one is the visibility that the profile has", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    expect((await bob.get(`/api/users/${ann.id}/`)).status).toBe(200);
    for (const level of ["private", "friends", "specific"]) {
      await patch(ann, "privacy", { profile_visibility: level });
      expect((await ann.get("/api/users/me/")).body.visibility).toBe(level);
      expect((await bob.get(`/api/users/${ann.id}/`)).status).toBe(404);
    }
  });

  it("of data sharing takes one out of lists and search, and not out of what one knows", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const found = async () =>
      (await Promise.all(["/api/users/", `/api/users/?search=${ann.username}`].map((path) => bob.get(path)))).map(({ body }) =>
        body.some(({ id }: any) => id === ann.id),
      );
    expect(await found()).toEqual([true, true]);
    await patch(ann, "privacy", { data_sharing: false });
    expect(await found()).toEqual([false, false]);
    expect((await bob.get(`/api/users/${ann.id}/`)).status).toBe(200);
    await patch(ann, "privacy", { data_sharing: true });
    expect(await found()).toEqual([true, true]);
  });

  it("is in the history, by what it was about", async () => {
    const ann = await aPerson();
    const acts = async () =>
      (await query<{ type: string }>("select type from activity where user_id = ? order by id", ann.id)).map(({ type }) => type);
    const before = (await acts()).length;
    for (const [section, change] of [
      ["theme", { theme: "dark" }],
      ["notifications", { frequency: "weekly" }],
      ["privacy", { data_sharing: false }],
      ["account", { username: newName() }],
      ["account", { email: "new@example.test" }],
    ] as const)
      await patch(ann, section, change);
    expect((await acts()).slice(before)).toEqual([
      "preferences_change",
      "preferences_change",
      "privacy_change",
      "update",
      "email_change_request",
    ]);
  });
});
