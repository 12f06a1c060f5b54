import type { State } from "../../../src/web/browser/frames.d.ts";
import { KithSocket } from "../../../src/web/browser/socket.client.js";

type Options = ConstructorParameters<typeof KithSocket>[0];

/** The other end of a client's sockets, and its clock: what a network does to it, one thing after the other. */
export class Wire {
  /** The addresses that it connected to. */
  readonly dialled: string[] = [];
  readonly said: string[] = [];
  readonly heard: (number | string)[] = [];
  readonly states: State[] = [];
  readonly client: KithSocket;
  private link: WebSocket | null = null;
  private due: { act: () => void; ms: number } | null = null;

  constructor(options: Partial<Options> = {}) {
    this.client = new KithSocket({
      url: "ws://kith.test/ws/main/",
      connect: (url) => this.connect(url),
      timers: {
        set: (act, ms) => {
          this.due = { act, ms };
          return this.due;
        },
        clear: (timer) => {
          if (this.due === timer) this.due = null;
        },
      },
      random: () => 1,
      ...options,
    });
    this.client.on("event", ({ seq }) => this.heard.push(seq));
    this.client.on("reload", (seq) => this.heard.push(`reload at ${seq}`));
    this.client.on("state", (state) => this.states.push(state));
    this.client.open();
  }

  /** The server says these, on the newest socket. */
  says(...frames: object[]): this {
    for (const frame of frames) this.link?.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
    return this;
  }
  resumes = (from: number, seq = from, complete = true) => this.says({ type: "resume", from, seq, complete });
  happens = (...seqs: number[]) => this.says(...seqs.map((seq) => ({ type: "notifications_clear", seq })));

  /** It closes the newest socket. */
  async closes(code: number): Promise<void> {
    this.link?.onclose?.({ code } as CloseEvent);
    await settled();
  }

  /** What the client waits for comes to pass. @returns how long it had set out to wait, in ms */
  async waits(): Promise<number> {
    const { act, ms } = this.due!;
    this.due = null;
    act();
    await settled();
    return ms;
  }

  private connect(url: string): WebSocket {
    this.dialled.push(url.replace("ws://kith.test/ws/main/", ""));
    const link = { readyState: 1, send: (text: string) => this.said.push(text), close: () => {}, onmessage: null, onclose: null };
    this.link = link as unknown as WebSocket;
    return this.link;
  }
}

/** After all that has been promised. */
export const settled = () => new Promise((done) => setImmediate(done));
