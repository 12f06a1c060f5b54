import { WebSocket as NodeSocket } from "ws";

/** A hub's end of a socket stays open for ten seconds after it has closed, locally. A browser waits for it for two. */
const CLOSING_MS = 100;

/** Cookies as a browser keeps them, in Node. */
export class Jar {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  async post(path: string, body: object): Promise<Response> {
    const headers = { "content-type": "application/json", origin: this.url, cookie: this.header };
    const answer = await fetch(this.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0]!.split("=") as [string, string];
      if (/max-age=0\b/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  get access(): string {
    return this.cookies.get("access_token")!;
  }
  set access(token: string | null) {
    if (token === null) this.cookies.delete("access_token");
    else this.cookies.set("access_token", token);
  }

  connect = (address: string): WebSocket => {
    const options = { headers: { cookie: this.header, origin: this.url }, closeTimeout: CLOSING_MS };
    const socket = new NodeSocket(address, options);
    socket.on("error", () => {}); // a close follows, which says so
    return socket as unknown as WebSocket;
  };
}
