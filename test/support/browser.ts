import { call } from "./people";

/** A browser's cookie jar, as far as one server's cookies go: names, values, and the paths they are sent to. */
export class Browser {
  private readonly jar = new Map<string, { name: string; value: string; path: string }>();

  constructor(private readonly origin?: string) {}

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const cookie = this.cookiesFor(path);
    const answer = await call(method, path, {
      body,
      headers: { ...(cookie !== "" && { cookie }), ...(this.origin !== undefined && { origin: this.origin }), ...headers },
    });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    return answer;
  }
  get = (path: string, headers?: Record<string, string>) => this.ask("GET", path, undefined, headers);
  post = (path: string, body: unknown = {}, headers?: Record<string, string>) => this.ask("POST", path, body, headers);

  /** What it would send there. */
  cookiesFor(path: string): string {
    const sent = [...this.jar.values()].filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")));
    return sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }
  has = (name: string) => [...this.jar.values()].some((cookie) => cookie.name === name);
  forget = (name: string) => {
    for (const [key, cookie] of this.jar) if (cookie.name === name) this.jar.delete(key);
  };

  private keep(line: string): void {
    const { name, value, attributes } = parseSetCookie(line);
    const path = attributes.path ?? "/";
    const key = `${name} ${path}`;
    if (attributes["max-age"] === "0") this.jar.delete(key);
    else this.jar.set(key, { name, value, path });
  }
}

/** A Set-Cookie header; attributes by their lower-case name, those without a value as "". */
export function parseSetCookie(line: string): { name: string; value: string; attributes: Record<string, string> } {
  const [pair, ...rest] = line.split(/;\s*/);
  const [name, value] = split(pair!);
  return { name, value, attributes: Object.fromEntries(rest.map(split).map(([key, text]) => [key.toLowerCase(), text])) };
}

const split = (text: string): [string, string] => {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};
