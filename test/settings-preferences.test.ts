import { describe, expect, it } from "vitest";
import { query } from "./support/hub";
import { mailsTo } from "./support/mail";
import { meterD1 } from "./support/meter";
import { errorsOf, fieldValue, flashOf, leadsTo, selectedIn, Visitor } from "./support/pages";
import { type Answer, newName, PASSWORD } from "./support/people";
import { later, stopClock } from "./support/time";

/** Seed 0's four sections as forms of one page. */

const HERE = "/settings/preferences";
const saved = { status: 303, location: HERE };
const isChecked = ({ text }: Answer, name: string) => new RegExp(`<input type="checkbox"[^>]* name="${name}"[^>]* checked=""`).test(text);

describe("the page of one's preferences", () => {
  it("shows how they are, and saves each section by itself", async () => {
    const { person, visitor } = await Visitor.new();
    const page = await visitor.open(HERE);
    expect(page.status).toBe(200);
    expect([fieldValue(page, "username"), fieldValue(page, "email"), fieldValue(page, "time_zone")]).toEqual([
      person.username,
      person.email,
      "UTC",
    ]);
    expect(["frequency", "theme", "font_size", "profile_visibility"].map((name) => selectedIn(page, name))).toEqual([
      "daily",
      "system",
      "medium",
      "public",
    ]);
    expect(page.text).toContain('<option value="Europe/Berlin">');

    const told = { frequency: "weekly", push_notifications: "false", email_notifications: "true" };
    const clock = { time_zone: "europe/berlin", quiet_hours_start: "22:30", quiet_hours_end: "07:00" };
    expect(leadsTo(await visitor.submit(page, `${HERE}/notifications`, { ...told, ...clock }))).toEqual(saved);
    const next = await visitor.open(HERE);
    expect(flashOf(next)).toBe("Saved.");
    expect(selectedIn(next, "frequency")).toBe("weekly");
    expect([isChecked(next, "push_notifications"), isChecked(next, "email_notifications")]).toEqual([false, true]);
    expect(["time_zone", "quiet_hours_start", "quiet_hours_end"].map((name) => fieldValue(next, name))).toEqual([
      "Europe/Berlin",
      "22:30",
      "07:00",
    ]);

    expect(leadsTo(await visitor.submit(next, `${HERE}/privacy`, { profile_visibility: "friends", data_sharing: "false" }))).toEqual(saved);
    const { notification_settings: ofNews, privacy_settings: ofPrivacy } = (await person.get("/preferences/")).body;
    expect(ofNews).toMatchObject({ frequency: "weekly", push_notifications: false, time_zone: "Europe/Berlin", quiet_hours_end: "07:00" });
    expect(ofPrivacy).toMatchObject({ profile_visibility: "friends", data_sharing: false });
  });

  it("takes a theme at once, and follows the system until and unless one is chosen", async () => {
    const { person, visitor } = await Visitor.new();
    const choose = async (theme: string, font_size = "large") =>
      visitor.follow(await visitor.submit(await visitor.open(HERE), `${HERE}/theme`, { theme, font_size }));
    const dark = await choose("dark");
    expect(dark.text).toContain('<html lang="en" data-theme="dark" data-font="large">');
    expect(selectedIn(dark, "theme")).toBe("dark");
    expect((await choose("light")).text).toContain('data-theme="light"');
    const system = await choose("system", "small");
    expect(system.text).toContain('<html lang="en" data-font="small">');
    expect(selectedIn(system, "theme")).toBe("system");
    expect((await person.get("/preferences/theme/")).body).toMatchObject({ theme: "light", theme_chosen: false });
  });

  it("says what is wrong where it is, keeps what was filled in, and changes nothing of that section", async () => {
    const { person, visitor } = await Visitor.new();
    const page = await visitor.open(HERE);
    const before = (await person.get("/preferences/")).body;
    const evil = '"><script>alert(1)</script>';
    const given = {
      frequency: "hourly",
      time_zone: evil,
      quiet_hours_start: "25:00",
      quiet_hours_end: "06:00",
      push_notifications: "false",
    };
    const wrong = await visitor.submit(page, `${HERE}/notifications`, given);
    expect(wrong.status).toBe(400);
    expect(errorsOf(wrong)).toEqual([
      '"hourly" is not a valid choice.',
      "A valid time zone is required.",
      "Time has wrong format. Use one of these formats instead: hh:mm.",
    ]);
    expect(wrong.text).toContain('aria-describedby="time_zone-hint time_zone-errors"');
    expect([fieldValue(wrong, "time_zone"), fieldValue(wrong, "quiet_hours_end")]).toEqual([evil, "06:00"]);
    expect(isChecked(wrong, "push_notifications")).toBe(false);
    expect(wrong.text).not.toContain("<script>alert");
    expect(fieldValue(wrong, "username"), "the other sections are as they are").toBe(person.username);
    expect((await person.get("/preferences/")).body).toEqual(before);
    const theme = await visitor.submit(page, `${HERE}/theme`, { theme: "dark", font_size: "huge" });
    expect([theme.status, errorsOf(theme), selectedIn(theme, "theme")]).toEqual([400, ['"huge" is not a valid choice.'], "dark"]);
    expect((await person.get("/preferences/")).body).toEqual(before);
  });

  it("overwrites nothing that has changed since it was opened, in any section, and shows what is now", async () => {
    const { person, visitor } = await Visitor.new();
    const page = await visitor.open(HERE);
    await person.patch("/preferences/theme/", { font_size: "large" });
    const forms = { theme: { theme: "dark", font_size: "small" }, account: { username: "other" }, privacy: { data_sharing: "false" } };
    for (const [section, fields] of Object.entries(forms)) {
      const stale = await visitor.submit(page, `${HERE}/${section}`, fields as Record<string, string>);
      expect([stale.status, stale.text.includes("This has changed meanwhile"), selectedIn(stale, "font_size")]).toEqual([
        412,
        true,
        "large",
      ]);
      expect(fieldValue(stale, "username")).toBe(person.username);
    }
    const now = await visitor.open(HERE);
    expect(leadsTo(await visitor.submit(now, `${HERE}/theme`, forms.theme))).toEqual(saved);
  });

  it("changes the name at once, and the address when its link is used, for who gives the password or has just logged in", async () => {
    stopClock();
    const { person, visitor } = await Visitor.new();
    const [username, email] = [newName("renamed"), `${newName("moved")}@example.test`];
    const send = async (fields: Record<string, string>) => visitor.submit(await visitor.open(HERE), `${HERE}/account`, fields);
    const pending = await visitor.follow(await send({ username, email, password: "" }));
    expect(flashOf(pending)).toBe(`A mail is on its way to ${email}. The address changes when you use its link.`);
    expect([fieldValue(pending, "username"), fieldValue(pending, "email")]).toEqual([username, person.email]);
    expect(pending.text).toContain(`A mail is on its way to ${email}:`);
    expect(await mailsTo(email)).toHaveLength(1);

    later(11 * 60);
    const other = `${newName("again")}@example.test`;
    const nothing = await send({ username, email: other, password: "" });
    expect([nothing.status, errorsOf(nothing), fieldValue(nothing, "email")]).toEqual([400, ["This field is required."], other]);
    const wrong = await send({ username, email: other, password: "wrong-horse" });
    expect(errorsOf(wrong)).toEqual(["Your password was entered incorrectly. Please enter it again."]);
    expect(wrong.text).not.toContain("wrong-horse");
    expect(await mailsTo(other)).toEqual([]);
    expect(leadsTo(await send({ username, email: other, password: PASSWORD }))).toEqual(saved);
    expect(await mailsTo(other)).toHaveLength(1);
    const taken = await visitor.submit(await visitor.open(HERE), `${HERE}/account`, {
      username: (await Visitor.new()).person.username,
      email: person.email,
    });
    expect(errorsOf(taken)).toEqual(["account settings with this username already exists."]);
  });

  it("mails a digest on demand, to a confirmed address", async () => {
    const { person, visitor } = await Visitor.new();
    const ask = async () => flashOf(await visitor.follow(await visitor.submit(await visitor.open(HERE), "/notifications/digest")));
    expect(await ask()).toMatch(/^Confirm your e-mail address first/);
    await query("update users set email_verified_at = created_at where id = ?", person.id);
    expect(await ask()).toBe("There is nothing new that we did not mail you.");
    await (await Visitor.new()).person.post("/api/friends/request/", { to_user: person.id });
    expect(await ask()).toBe("It is on its way to you.");
    expect((await mailsTo(person.email))[0]!.subject).toMatch(/new|unread/i);
  });

  it("costs one round trip to open, and two to save or to refuse", async () => {
    const { visitor } = await Visitor.new();
    const meter = meterD1();
    const page = await visitor.open(HERE);
    expect(meter.take().trips).toBe(1);
    await visitor.submit(page, `${HERE}/theme`, { theme: "dark" });
    expect(meter.take().trips).toBe(2);
    await visitor.submit(page, `${HERE}/notifications`, { time_zone: "nowhere" });
    expect(meter.take().trips).toBe(1);
    await visitor.submit(page, `${HERE}/notifications`, { time_zone: "UTC" });
    expect(meter.take().trips, "the look that finds another version, and the page").toBe(2);
  });

  it("answers script in the API's words", async () => {
    const { person, visitor } = await Visitor.new();
    const json = { accept: "application/json", "content-type": "application/json" };
    const ask = (body: object) => visitor.raw(`${HERE}/theme`, body, json);
    expect((await ask({ theme: "dark" })).body).toEqual({ detail: "ok" });
    expect((await ask({ theme: "blue" })).body).toEqual({ theme: ['"blue" is not a valid choice.'] });
    expect((await ask({ theme: "light", version: '"old"' })).status).toBe(412);
    expect((await person.get("/preferences/theme/")).body.theme).toBe("dark");
  });
});
