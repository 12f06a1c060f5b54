import type { BrowserContext, Page, Response } from "playwright-core";
import type { Stage } from "./stage";
import { watch } from "./watch";

export const PASSWORD = "at-a-real-browser";

export const SCREENS = { phone: { width: 390, height: 780 }, desktop: { width: 1280, height: 800 } };
export type Screen = keyof typeof SCREENS;

interface Habits {
  /** Whether script runs. */
  script?: boolean;
  screen?: Screen;
  /** What their system prefers. */
  scheme?: "light" | "dark";
}

let count = 0;

/** Somebody at a browser of their own, with one page open. What it complains about fails `leave`. */
export class Guest {
  /** Null until they have an account. */
  username: string | null = null;

  private constructor(
    private readonly site: string,
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly complaints: string[],
  ) {}

  static async arrive({ browser, server }: Stage, { script = true, screen = "desktop", scheme = "light" }: Habits = {}): Promise<Guest> {
    const context = await browser.newContext({
      baseURL: server.url,
      javaScriptEnabled: script,
      viewport: SCREENS[screen],
      colorScheme: scheme,
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
    });
    const complaints = await watch(context);
    return new Guest(server.url, context, await context.newPage(), complaints);
  }

  /** Opens a page of ours. */
  open = async (path: string): Promise<Response> => (await this.page.goto(path))!;
  /** Where the page is: "/login?next=/activity". */
  get at(): string {
    return this.page.url().replace(this.site, "");
  }

  /** Makes an account with the form, and is logged in. */
  async register(stem = "guest"): Promise<string> {
    const username = `${stem}${++count}`;
    await this.open("/registration");
    await this.fill({ username, email: `${username}@example.test`, password: PASSWORD, password2: PASSWORD });
    await this.page.waitForURL("**/settings");
    this.username = username;
    return username;
  }

  /** Logs in with the form. */
  async logIn(username: string, password = PASSWORD): Promise<void> {
    await this.open("/login");
    await this.fill({ username, password });
    await this.page.waitForURL("**/profilepage");
    this.username = username;
  }

  /** Gets the cookies of a log-in without the form: where that is not what is looked at. */
  async enter(username: string, password = PASSWORD): Promise<void> {
    await this.ask("/api/auth/login/", { username, password });
    this.username = username;
  }
  /** Makes an account and gets its cookies, without the form. */
  async settle(stem = "guest"): Promise<string> {
    const username = `${stem}${++count}`;
    await this.ask("/api/auth/register/", { username, email: `${username}@example.test`, password: PASSWORD });
    this.username = username;
    return username;
  }

  /** Fills the form that has these fields, and submits it. */
  async fill(fields: Record<string, string>, root = "main"): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`${root} [name="${name}"]`).fill(value);
    const form = this.page.locator(`${root} form`, { has: this.page.locator(`[name="${Object.keys(fields)[0]}"]`) });
    await form.locator('button[type="submit"]').first().click();
  }

  /** What was said about the form that led here. */
  said = async (): Promise<string> => (await this.page.locator("#flash").textContent())!.trim();

  /** Takes back what the browser complained about, where the test has made it happen: a server that is gone, say. */
  forgive(what: RegExp): void {
    const kept = this.complaints.filter((complaint) => !what.test(complaint));
    this.complaints.splice(0, Infinity, ...kept);
  }

  /** Closes the browser. @throws Error with all that it complained about */
  async leave(): Promise<void> {
    await this.context.close();
    if (this.complaints.length > 0) throw new Error(`the browser complained:\n${this.complaints.join("\n")}`);
  }

  private async ask(path: string, data: Record<string, string>): Promise<void> {
    const answer = await this.context.request.post(path, { data });
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  }
}
