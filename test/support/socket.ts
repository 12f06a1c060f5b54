import { exports } from "cloudflare:workers";

export interface Frame {
  type: string;
  seq?: number;
  [key: string]: unknown;
}

const WAIT_MS = 5000;
const open = new Set<Socket>();

/** A client's socket with an inbox: frames are kept as they come, and can be waited for. */
export class Socket {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(readonly raw: WebSocket) {
    open.add(this);
    raw.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(data as string));
      this.wake();
    });
    raw.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.wake();
    });
    raw.accept();
  }

  ofType = (type: string): Frame[] => this.frames.filter((frame) => frame.type === type);
  durable = (): Frame[] => this.frames.filter((frame) => frame.seq !== undefined && frame.type !== "resume");
  seqs = (): number[] => this.durable().map((frame) => frame.seq!);
  lastSeq = (): number => this.seqs().at(-1) ?? 0;

  send(frame: unknown): void {
    this.raw.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The n-th frame of a type. */
  async next(type: string, n = 1): Promise<Frame> {
    await this.until(() => this.ofType(type).length >= n, `${n} x ${type}`);
    return this.ofType(type)[n - 1]!;
  }

  async closing(): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== null, "close");
    return this.closed!;
  }

  async until(done: () => boolean, what: string, ms = WAIT_MS): Promise<void> {
    const seen = () => `${what}; got ${JSON.stringify(this.frames.map(({ type, seq }) => (seq ? `${type}#${seq}` : type)))}`;
    let late: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, fail) => {
      late = setTimeout(() => fail(new Error(`waited ${ms} ms for ${seen()}`)), ms);
    });
    while (!done()) {
      await Promise.race([
        new Promise<void>((woken) => {
          const wake = () => {
            this.waiting.delete(wake);
            woken();
          };
          this.waiting.add(wake);
        }),
        tooLate,
      ]);
    }
    clearTimeout(late);
    tooLate.catch(() => {});
  }

  close(code = 1000): void {
    open.delete(this);
    try {
      this.raw.close(code);
    } catch {}
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
  }
}

export function closeSockets(): void {
  for (const socket of open) socket.close();
}

/** Sends an upgrade request; the answer may be a refusal. */
export function upgrade(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`https://kith.test/ws/main/${query}`, { headers: { upgrade: "websocket", ...headers } });
}

export async function openSocket(query: string, headers: Record<string, string> = {}): Promise<Socket> {
  const response = await upgrade(query, headers);
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  return new Socket(response.webSocket);
}
