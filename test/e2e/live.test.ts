import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { Guest } from "./support/guest";
import { stage } from "./support/stage";

/** What people see happen while they look at a page. */

const here = stage();

const SOON = { timeout: 15_000 };
const text = (page: Page, selector: string) => async () => (await page.locator(selector).first().textContent())?.trim();
const unread = (page: Page) => text(page, "#unread-count");
const toasts = (page: Page) => page.locator(".toast a").allTextContents();
/** Fails if the page was loaded again since. */
const mark = async (page: Page) => {
  await page.evaluate(() => document.body.setAttribute("data-marked", ""));
  return async () => expect(await page.locator("body[data-marked]").count(), "without a reload").toBe(1);
};
/** What a browser says of a server that is gone. */
const GONE = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|ERR_CONNECTION_RESET/;

const dismissed = async (page: Page) => {
  for (const button of await page.getByRole("button", { name: "Dismiss" }).all()) await button.click();
};

/** Somebody new, who can also do things by other means than the page that they look at. */
async function newcomer(stem: string) {
  const guest = await Guest.arrive(here);
  await guest.register(stem);
  const id = Number(await guest.page.locator("body").getAttribute("data-user"));
  const call = async (method: string, path: string, data?: object) => {
    const answer = await guest.context.request.fetch(path, { method, ...(data && { data }) });
    const said = await answer.text();
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${said}`);
    return JSON.parse(said || "null");
  };
  return Object.assign(guest, { id, call });
}

describe("two people", () => {
  it("hear of each other at once, from asking to being friends, and miss nothing while the server is away", async () => {
    const [ann, bob] = [await newcomer("ann"), await newcomer("bob")];
    await bob.open("/friends");
    const bobStays = await mark(bob.page);
    await ann.open(`/people/${bob.id}`);
    const annStays = await mark(ann.page);
    await ann.page.locator(`form[action="/people/${bob.id}/ask"] button`).click();
    await expect.poll(() => ann.said(), SOON).toBe(`You asked ${bob.username} to be friends.`);
    await expect.poll(() => ann.page.locator("#person").textContent(), SOON).toContain("Asked");

    await expect.poll(unread(bob.page), SOON).toBe("1 unread");
    await expect.poll(() => toasts(bob.page), SOON).toEqual([`${ann.username} sent you a friend request.`]);
    expect(await bob.page.title()).toMatch(/^\(1\) Friends/);
    expect(await text(bob.page, "#circle time")()).toBe("just now");
    const accept = bob.page.getByRole("button", { name: `Accept ${ann.username}` });
    await accept.focus();
    await bob.page.keyboard.press("Enter");
    await expect.poll(() => accept.count(), SOON).toBe(0);
    expect(await bob.page.locator("#circle").textContent()).toContain(ann.username!);
    expect(await bob.page.evaluate(() => document.activeElement !== document.body), "the keyboard goes on from there").toBe(true);

    await expect.poll(text(ann.page, "#person .badge"), SOON).toBe("friends");
    expect(await ann.page.getByRole("button", { name: `Unfriend ${bob.username}` }).count()).toBe(1);
    await expect.poll(unread(ann.page), SOON).toBe("1 unread");
    await expect.poll(() => toasts(ann.page), SOON).toEqual([expect.stringContaining(bob.username!)]);
    const dot = () => ann.page.locator(`#person [data-presence="${bob.id}"]`).getAttribute("data-status");
    await expect.poll(dot, SOON).toBe("online");
    await bobStays();

    await bob.page.goto("about:blank");
    await expect.poll(dot, { timeout: 40_000 }).toBe("offline");
    await here.server.stop();
    await expect.poll(text(ann.page, ".connection"), SOON).toBe("Offline: reconnecting…");
    await dismissed(ann.page);
    await here.server.start();
    await bob.call("DELETE", `/api/friends/${ann.id}/`);
    await bob.call("POST", "/api/friends/request/", { to_user: ann.id });
    // Her machine finds the network again; her page may have found the server before.
    await ann.page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect.poll(unread(ann.page), SOON).toBe("2 unread");
    await expect.poll(() => toasts(ann.page), SOON).toEqual([`${bob.username} sent you a friend request.`]);
    await expect.poll(text(ann.page, ".connection"), SOON).toBe("");
    await ann.page
      .locator("#person")
      .getByRole("button", { name: `Accept ${bob.username}` })
      .click();
    await expect.poll(text(ann.page, "#person .badge"), SOON).toBe("friends");
    await bob.open(`/people/${ann.id}`);
    await expect.poll(dot, SOON).toBe("online");
    await annStays();

    ann.forgive(GONE);
    bob.forgive(GONE);
    await ann.leave();
    await bob.leave();
  });
});

describe("a page that one is busy with", () => {
  it("keeps a button what it was when the row above it goes", async () => {
    const [ida, jon, kim] = [await newcomer("ida"), await newcomer("jon"), await newcomer("kim")];
    const withdraw: (() => Promise<void>)[] = [];
    for (const other of [jon, kim]) {
      const request = await other.call("POST", "/api/friends/request/", { to_user: ida.id });
      withdraw.push(() => other.call("DELETE", `/api/friends/request/${request.id}/`));
    }
    await ida.open("/friends");
    const names = () => ida.page.locator("#circle li a").allTextContents();
    expect(await names(), "newest first").toEqual([kim.username, jon.username]);
    const accept = ida.page.getByRole("button", { name: `Accept ${jon.username}` });
    await accept.focus();
    await withdraw[1]!();
    await expect.poll(names, SOON).toEqual([jon.username]);
    expect(await accept.evaluate((button) => button === document.activeElement)).toBe(true);
    await kim.call("POST", "/api/friends/request/", { to_user: ida.id });
    await expect.poll(names, SOON).toEqual([kim.username, jon.username]);
    await ida.page.getByRole("button", { name: `Accept ${kim.username}` }).press("Enter");
    await expect.poll(() => ida.page.getByRole("button", { name: /^Accept/ }).count(), SOON).toBe(1);
    expect(
      await ida.page.evaluate(() => document.activeElement?.closest("li")?.textContent),
      "the keyboard goes on with the next",
    ).toContain(jon.username);
    await withdraw[0]!();
    await expect.poll(names, SOON).not.toContain(jon.username);
    for (const guest of [ida, jon, kim]) await guest.leave();
  });

  it("keeps what is typed and where one is, says what went wrong, and asks before what cannot be undone", async () => {
    const [cid, dee] = [await newcomer("cid"), await newcomer("dee")];
    const { page } = cid;
    await cid.open("/people?search=dee");
    const stays = await mark(page);
    const search = page.locator("#search");
    await search.fill("half a na");
    await dee.call("POST", "/api/friends/request/", { to_user: cid.id });
    const accept = page.getByRole("button", { name: `Accept ${dee.username}` });
    await expect.poll(() => accept.count(), SOON).toBe(1);
    expect(await search.inputValue()).toBe("half a na");
    expect(await search.evaluate((field) => field === document.activeElement)).toBe(true);

    await cid.context.setOffline(true);
    await accept.click();
    await expect.poll(cid.said, SOON).toContain("Are you online?");
    await cid.context.setOffline(false);
    await accept.click();
    await expect.poll(() => accept.count(), SOON).toBe(0);
    expect(await search.inputValue()).toBe("half a na");
    await stays();

    await cid.open(`/people/${dee.id}`);
    const unfriend = page.getByRole("button", { name: `Unfriend ${dee.username}` });
    await unfriend.click();
    await expect.poll(() => page.getByRole("dialog").textContent()).toContain(`End your friendship with ${dee.username}?`);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await unfriend.count(), "Escape is no").toBe(1);
    await unfriend.click();
    await page.getByRole("dialog").getByRole("button", { name: "Unfriend" }).click();
    await expect.poll(cid.said, { ...SOON, message: "said where it led" }).toBe("You are no longer friends.");

    await cid.open(`/people/${dee.id}`);

    const ask = page.locator(`form[action^="/people/${dee.id}/"]:has(button.primary)`);
    await ask.evaluate((form: HTMLFormElement) => {
      form.setAttribute("action", "/nowhere");
      form.requestSubmit();
    });
    await expect.poll(text(page, "h1"), { ...SOON, message: "a refusal stands in the page's place" }).toBe("There is nothing here");
    await page.goBack();
    await expect.poll(() => ask.count(), { ...SOON, message: "and there is a way back" }).toBe(1);

    await dee.call("POST", `/api/users/${cid.id}/block/`);
    await ask.locator("button").click();
    await page.waitForURL("**/people", SOON);
    await expect.poll(cid.said, SOON).toBe("There is no such person.");
    cid.forgive(/ERR_INTERNET_DISCONNECTED/);
    await cid.leave();
    await dee.leave();
  });

  it("asks for nothing while nobody looks, then once; and leads on when the session is over or another's", async () => {
    const [eve, fay] = [await newcomer("eve"), await newcomer("fay")];
    await eve.open("/friends");
    let asked = 0;
    eve.page.on("request", (request) => {
      if (request.url().endsWith("/friends")) asked++;
    });
    const look = (hidden: boolean) =>
      eve.page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await look(true);
    const request = await fay.call("POST", "/api/friends/request/", { to_user: eve.id });
    await expect.poll(() => eve.page.title(), SOON).toMatch(/^\(1\) /);
    expect({ asked, badge: await unread(eve.page)() }).toEqual({ asked: 0, badge: "" });
    await look(false);
    await expect.poll(unread(eve.page), SOON).toBe("1 unread");
    await expect.poll(() => toasts(eve.page), SOON).toEqual([`${fay.username} sent you a friend request.`]);
    expect(asked).toBe(1);

    await eve.call("PATCH", "/api/preferences/theme_settings/", { theme: "dark" });
    await expect.poll(() => eve.page.locator("html").getAttribute("data-theme"), SOON).toBe("dark");

    await eve.enter(fay.username!);
    await fay.call("DELETE", `/api/friends/request/${request.id}/`);
    await expect.poll(() => eve.page.locator("body").getAttribute("data-user"), SOON).toBe(String(fay.id));
    expect(new URL(eve.page.url()).pathname).toBe("/friends");

    await eve.call("POST", "/api/auth/logout/", {});
    await eve.page.waitForURL("**/login?next=/friends", SOON);
    await eve.leave();
    await fay.leave();
  });
});
