import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Site } from "./browser";

export interface Heard<Body = any> {
  status: number;
  body: Body;
  /** How often the client had to refresh for it. */
  refreshes: number;
}

/** How a client gets a new access cookie; MovieConnect's sends the refresh token that it was given, others their cookie. */
type Refresh = { path: string; token?: string };

/** A single-page app on a port of its own, in a browser of its own, which leaves its tokens to the browser. */
export class Client {
  /** Passwords that were accepted, and tokens, in bodies and cookies. */
  readonly secrets = new Set<string>();

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly api: string,
  ) {}

  static async open(browser: Browser, site: Site, api: string): Promise<Client> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${site.origin}/`);
    return new Client(context, page, api);
  }

  /** Calls the API from the page. A 401 makes it refresh, silently, and try once more. */
  async call(method: string, path: string, body?: unknown, refresh?: Refresh): Promise<Heard> {
    const heard = await this.page.evaluate(
      async ({ api, method, path, body, refresh }) => {
        const send = async (method: string, path: string, body: unknown) => {
          const answer = await fetch(api + path, {
            method,
            credentials: "include",
            ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
          });
          const text = await answer.text();
          return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
        };
        const first = await send(method, path, body);
        if (first.status !== 401 || !refresh) return { ...first, refreshes: 0 };
        const turned = await send("POST", refresh.path, refresh.token === undefined ? {} : { refresh: refresh.token });
        if (turned.status !== 200) return { ...turned, refreshes: 1 };
        return { ...(await send(method, path, body)), refreshes: 1 };
      },
      { api: this.api, method, path, body, refresh },
    );
    const { password } = (body ?? {}) as { password?: string };
    const tokens = JSON.stringify(heard.body).match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
    const cookies = (await this.context.cookies(this.api)).map(({ value }) => value);
    for (const secret of [password, ...tokens, ...cookies]) if (secret) this.secrets.add(secret);
    return heard;
  }

  /** The frames of a socket that authenticates by cookie, until it closes or has said how it stands. */
  async socket(): Promise<{ types: string[]; code: number | null }> {
    return this.page.evaluate(
      (address) =>
        new Promise((done) => {
          const types: string[] = [];
          const socket = new WebSocket(address);
          socket.onmessage = ({ data }) => {
            types.push(JSON.parse(data).type);
            if (types.includes("resume")) done({ types, code: null });
          };
          socket.onclose = ({ code }) => done({ types, code });
        }),
      `${this.api.replace("http", "ws")}/ws/main/`,
    );
  }

  /** Names of the cookies that the browser keeps for the API. */
  cookies = async (): Promise<string[]> => (await this.context.cookies(this.api)).map(({ name }) => name).sort();

  /** As if an hour had gone by. */
  forgetAccess = (): Promise<void> => this.context.clearCookies({ name: "access_token" });

  close = (): Promise<void> => this.context.close();
}
