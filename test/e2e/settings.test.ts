import { describe, expect, it } from "vitest";
import { Guest } from "./support/guest";
import { stage } from "./support/stage";

/** The forms of the settings in a browser, with script and without. */

const here = stage();

const NOT_RUN = /\.client\.js: csp$/;
const REFUSED = /: 4(00|12|13)\b|status of 4(00|12|13)|net::/;
const PREFERENCES = "/settings/preferences";

describe.each([true, false])("the settings, with script: %s", (script) => {
  it("keep what was typed when they are refused, say so, and take the look that was chosen", async () => {
    const guest = await Guest.arrive(here, { script, screen: "phone" });
    await guest.settle("setter");
    const { page } = guest;
    const field = (name: string) => page.locator(`main [name="${name}"]:not([type="hidden"])`);
    const save = (path: string) => page.locator(`form[action="${path}"] button[type="submit"]`).click();
    const alert = page.locator("main > .rooms .notice.bad");
    await guest.open("/settings");
    await guest.fill({ age: "old", name: "Augusta" });
    await alert.waitFor();
    expect(await alert.textContent()).toBe("Not saved yet: see what is marked below.");
    expect(await field("name").inputValue()).toBe("Augusta");
    if (script) expect(await field("age").evaluate((age) => age === document.activeElement)).toBe(true);
    await guest.fill({ age: "36" });
    await page.getByText("Profile settings successfully updated.").waitFor();
    expect([guest.at, await field("name").inputValue(), await alert.count()]).toEqual(["/settings", "Augusta", 0]);

    if (script) {
      await field("profileimg").setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(2 ** 21 + 1) });
      const said = await field("profileimg").evaluate((input: HTMLInputElement) => input.validationMessage);
      expect(said, "before it is sent").toBe("That picture is too large: 2 MB at most.");
    } else {
      await field("profileimg").setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(5 * 2 ** 20) });
      await save("/settings");
      await page.getByText("That picture is too large: 2 MB at most. What you had filled in is lost.").waitFor();
      expect([guest.at, await field("name").inputValue()]).toEqual(["/settings", "Augusta"]);
    }

    await guest.open(PREFERENCES);
    await field("theme").selectOption("dark");
    await field("font_size").selectOption("large");
    await save(`${PREFERENCES}/theme`);
    await page.locator("#flash .good").waitFor();
    const look = () => page.locator("html").evaluate(({ dataset }) => [dataset.theme, dataset.font]);
    expect(await look()).toEqual(["dark", "large"]);
    await guest.context.request.patch("/preferences/theme/", { data: { font_size: "small" } });
    await field("frequency").selectOption("weekly");
    await save(`${PREFERENCES}/notifications`);
    await page.getByText("This has changed meanwhile").waitFor();
    expect([await look(), await field("frequency").inputValue()]).toEqual([["dark", "small"], "daily"]);
    await field("frequency").selectOption("weekly");
    await save(`${PREFERENCES}/notifications`);
    await page.locator("#flash .good").waitFor();
    expect(await field("frequency").inputValue()).toBe("weekly");
    guest.forgive(NOT_RUN);
    guest.forgive(REFUSED);
    await guest.leave();
  });
});

describe("with script, the settings", () => {
  it("keep what was typed while one is offline, and in one form what is saved in another", async () => {
    const guest = await Guest.arrive(here);
    await guest.settle("setter");
    const { page } = guest;
    await guest.open(PREFERENCES);
    const [zone, theme] = [page.locator('[name="time_zone"]'), page.locator('[name="theme"]')];
    await theme.selectOption("dark");
    await zone.fill("Europe/Berlin");
    const save = (part: string) => page.locator(`form[action="${PREFERENCES}/${part}"] button[type="submit"]`).click();
    await guest.context.setOffline(true);
    await save("notifications");
    await page.getByText("Are you online?").waitFor();
    expect(await zone.inputValue()).toBe("Europe/Berlin");
    await guest.context.setOffline(false);
    await save("notifications");
    await page.locator("#flash .good").waitFor();
    expect([await zone.inputValue(), await theme.inputValue()]).toEqual(["Europe/Berlin", "dark"]);
    await save("theme");
    await page.locator('html[data-theme="dark"]').waitFor();
    expect(await page.locator(".notice.bad").count()).toBe(0);
    guest.forgive(REFUSED);
    guest.forgive(/OFFLINE|offline|DISCONNECTED|WebSocket/i);
    await guest.leave();
  });
});
