import type { Person } from "./client";
import { sleep } from "./server";

export type Step = "ask" | "read" | "accept" | "unfriend" | "reject" | "cancel";
export type Status = "pending" | "accepted" | "rejected" | "cancelled";

/** Every way that a request can go, over and over. */
const STORY: readonly Step[] = ["ask", "read", "accept", "unfriend", "ask", "reject", "ask", "cancel"];

/** Without it, all pairs would move in step, and a kill would find all of them between two writes. */
const THINK_MS = 200;

/** Two people who do nothing but ask and answer each other. What was answered with 2xx is on record, and what was cut off. */
export class Pair {
  private at = 0;
  private request = 0;
  /** What each request was last said to be, by its id. */
  readonly requests = new Map<number, Status>();
  /** Notifications that were said to be read. */
  readonly read: number[] = [];
  areFriends = false;
  acknowledged = 0;
  /** The step that got no answer. It has happened or it has not. */
  cut: Step | null = null;

  constructor(
    readonly one: Person,
    readonly other: Person,
  ) {}

  /** Goes on until the server is gone. */
  async live(): Promise<void> {
    this.cut = null;
    for (;;) {
      const step = STORY[this.at]!;
      await sleep(Math.random() * THINK_MS);
      try {
        await this.take(step);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // fetch: there is nobody
        this.cut = step;
        return;
      }
      this.acknowledged++;
      this.at = (this.at + 1) % STORY.length;
    }
  }

  /** After a crash: takes what really happened for what is so, as a client does that reads its state anew. */
  catchUp(requests: readonly { id: number; status: Status }[], areFriends: boolean): void {
    for (const { id, status } of requests) this.requests.set(id, status);
    this.areFriends = areFriends;
    const pending = requests.find(({ status }) => status === "pending");
    if (pending) this.request = pending.id;
    this.at = pending ? STORY.indexOf("accept") : areFriends ? STORY.indexOf("unfriend") : 0;
  }

  private async take(step: Step): Promise<void> {
    const { one, other, request } = this;
    const path = `/api/friends/request/${request}/`;
    switch (step) {
      case "ask": {
        const { id, status } = await ok(one.ask("POST", "/api/friends/request/", { to_user: other.id }));
        this.request = id;
        this.requests.set(id, status);
        return;
      }
      case "read": {
        const list = await ok(other.ask("GET", "/api/notifications/?limit=20"));
        const { id } = list.find((each: any) => each.related_request?.id === request);
        await ok(other.ask("PUT", `/api/notifications/${id}/read/`));
        this.read.push(id);
        return;
      }
      case "accept":
      case "reject":
        this.requests.set(request, (await ok(other.ask("PUT", path, { action: step }))).status);
        this.areFriends = step === "accept";
        return;
      case "cancel":
        await ok(one.ask("DELETE", path));
        this.requests.set(request, "cancelled");
        return;
      case "unfriend":
        await ok(one.ask("DELETE", `/api/friends/${other.id}/`));
        this.areFriends = false;
    }
  }
}

async function ok(answer: Promise<{ status: number; body: any }>): Promise<any> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Everybody next to everybody who is at most `reach` seats away. */
export function pairs(people: readonly Person[], reach: number): Pair[] {
  return people.flatMap((one, i) => Array.from({ length: reach }, (_, k) => new Pair(one, people[(i + k + 1) % people.length]!)));
}
