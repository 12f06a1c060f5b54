import { until } from "./server";

export const PASSWORD = "correct-horse-battery";
const FRAME_MS = 5000;

export interface Answer {
  status: number;
  body: any;
}

export interface Frame {
  type: string;
  seq?: number;
  [key: string]: any;
}

/** One request over the network. */
export async function send(
  url: string,
  method: string,
  path: string,
  { token, body }: { token?: string; body?: unknown } = {},
): Promise<Answer> {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { "content-type": "application/json" }) };
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

export class Person {
  private constructor(
    private readonly url: string,
    readonly id: number,
    readonly username: string,
    readonly access: string,
  ) {}

  static async register(url: string, username: string): Promise<Person> {
    const account = { username, email: `${username}@example.test`, password: PASSWORD };
    const { status, body } = await send(url, "POST", "/api/auth/register/", { body: account });
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(body)}`);
    return new Person(url, body.user.id, username, body.access);
  }

  ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(this.url, method, path, { token: this.access, ...(body !== undefined && { body }) });

  socket = (since?: number): Inbox =>
    new Inbox(`${this.url.replace("http", "ws")}/ws/main/?token=${this.access}${since === undefined ? "" : `&since=${since}`}`);
}

/** A socket whose frames are kept as they come. */
export class Inbox {
  readonly frames: Frame[] = [];
  private readonly socket: WebSocket;

  constructor(address: string) {
    this.socket = new WebSocket(address);
    this.socket.addEventListener("message", ({ data }) => this.frames.push(JSON.parse(data as string)));
  }

  /** The first frame of this type. */
  async next(type: string): Promise<Frame> {
    const found = () => this.frames.find((frame) => frame.type === type);
    await until(found, () => `${type}; got ${this.frames.map((frame) => frame.type)}`, FRAME_MS);
    return found()!;
  }

  /** All that was missed: up to the `seq` that the opening names. */
  async resumed(): Promise<Frame[]> {
    const { seq } = await this.next("resume");
    const durable = () => this.frames.filter((frame) => frame.seq !== undefined && frame.type !== "resume");
    await until(
      () => seq === 0 || durable().at(-1)?.seq === seq,
      () => `${seq} events; got ${durable().length}`,
      FRAME_MS,
    );
    return durable();
  }

  close = (): void => this.socket.close();
}
