import { describe, expect, it } from "vitest";
import { HOSTILE_HOST, Site } from "./support/browser";
import { Guest, PASSWORD } from "./support/guest";
import { shared, stage } from "./support/stage";

/** The profile page's website (contracts §4) in a browser that runs no script. */

/** What is not run is not fetched. */
const NOT_RUN = /\.client\.js: csp$/;

const here = stage();
const hostile = shared(() => [Site.open(HOSTILE_HOST)]);

const texts = (guest: Guest, selector: string) => guest.page.locator(selector).allTextContents();

describe("without script", () => {
  it("somebody signs up, says who they are, looks at it, logs out, and comes back to where they were going", async () => {
    const guest = await Guest.arrive(here, { script: false });
    const { page } = guest;
    await guest.open("/");
    await page.locator("main").getByRole("link", { name: "Sign up" }).click();
    expect(guest.at).toBe("/registration");
    await guest.fill({ username: "grown-up", email: "grown-up@example.test", password: "short", password2: "short" });
    expect(await guest.said()).toBe("Password must be at least 8 characters long");
    expect(await page.locator('[name="username"]').inputValue()).toBe("grown-up");
    await guest.fill({ password: PASSWORD, password2: PASSWORD });
    expect(guest.at).toBe("/settings");
    expect(await guest.said()).toContain("Welcome, grown-up!");

    await page.locator('[name="profileimg"]').setInputFiles({ name: "me.png", mimeType: "image/png", buffer: await page.screenshot() });
    const fields = { name: "Ada", surname: "Lovelace", age: "36", phone_number: "+49 151 1234567", profession: "Analyst" };
    await guest.fill({ ...fields, about_me: "Notes on the engine." });
    expect([guest.at, await guest.said()]).toEqual(["/settings", "Profile settings successfully updated."]);
    await page.reload();
    expect(await guest.said(), "it is said once").toBe("");
    await guest.fill({ age: "old", name: "Augusta" });
    expect(await texts(guest, ".errorlist li")).toEqual(["Enter a whole number."]);
    expect(await page.locator('[name="name"]').inputValue()).toBe("Augusta");

    const menu = async (name: string) => {
      await page.locator("summary").click();
      await page.locator("details nav").getByRole("link", { name, exact: true }).click();
    };
    await menu("Profile");
    expect(guest.at).toBe("/profilepage");
    const shown = (await page.locator("main").textContent())!;
    for (const text of ["Ada Lovelace", "36", "+491511234567", "Analyst", "Notes on the engine."]) expect(shown).toContain(text);
    expect(await page.locator("main img.avatar").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await menu("Activity");
    expect(await texts(guest, "main .row strong")).toEqual(["Changed profile settings", "Account registered"]);
    await page.getByRole("button", { name: "Hide: Account registered" }).click();
    expect(await texts(guest, "main .row strong")).toEqual(["Changed profile settings"]);
    await menu("Log out");
    expect([guest.at, await guest.said()]).toEqual(["/login", "You are logged out."]);
    expect((await guest.context.cookies()).map(({ name }) => name).sort()).toEqual(["csrftoken"]);

    await guest.open("/activity");
    expect(guest.at).toBe("/login?next=/activity");
    await guest.fill({ username: "grown-up", password: "wrong-one" });
    expect([guest.at, await guest.said()]).toEqual(["/login?next=/activity", "Invalid login"]);
    await guest.fill({ password: PASSWORD });
    expect(guest.at).toBe("/activity");
    expect(await texts(guest, "main .row strong")).toEqual(["Login", "Logout", "Changed profile settings"]);
    guest.forgive(NOT_RUN);
    await guest.leave();
  });

  it("nobody is logged out, in or anything else by a link or a form of another site", async () => {
    const guest = await Guest.arrive(here, { script: false });
    const { page } = guest;
    await guest.settle();
    const lure = async (html: string) => {
      await page.goto(`${hostile[0]!.origin}/`);
      await page.setContent(html);
      await page.locator("#lure").click();
      await page.waitForURL(`${here.server.url}/**`);
    };
    await lure(`<a id="lure" href="${here.server.url}/logout">A kitten</a>`);
    expect(await texts(guest, "h1")).toEqual(["Log out?"]);
    for (const path of ["/logout", "/settings", "/activity/hide-all", "/login", "/registration"]) {
      await lure(
        `<form method="post" action="${here.server.url}${path}"><input name="name" value="Eve"><button id="lure">A kitten</button></form>`,
      );
      expect(await texts(guest, "h1"), path).toEqual(["Not allowed"]);
    }
    await guest.open("/profilepage");
    expect([guest.at, await texts(guest, "h1")]).toEqual(["/profilepage", [guest.username]]);
    await guest.open("/logout");
    expect(guest.at, "a typed address does").toBe("/login");
    guest.forgive(NOT_RUN);
    await guest.leave();
  });
});
