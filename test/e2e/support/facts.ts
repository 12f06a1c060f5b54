import type { Page } from "playwright-core";
import { until } from "../../process/support/server";

/** What one page costs whoever opens it for the first time, as it comes over the network. */
export interface Facts {
  /** All that was transferred for it but people's pictures, in bytes. */
  bytes: number;
  /** How far what was there moved while it loaded (cumulative layout shift). */
  shift: number;
  /** Round trips to the database for the page itself. */
  trips: number;
}

const PICTURES = /\/avatars\//;
const SOCKET = /^wss?:/;
const LOGGED_MS = 5000;

/** Measures what a page opens from now on, with nothing cached. */
export class Meter {
  private readonly urls = new Map<string, string>();
  private bytes = 0;

  private constructor(private readonly page: Page) {}

  static async on(page: Page): Promise<Meter> {
    const cdp = await page.context().newCDPSession(page);
    const meter = new Meter(page);
    cdp.on("Network.responseReceived", ({ requestId, response }) => meter.urls.set(requestId, response.url));
    cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const url = meter.urls.get(requestId) ?? "";
      if (!PICTURES.test(url) && !SOCKET.test(url)) meter.bytes += encodedDataLength;
    });
    await cdp.send("Network.enable");
    await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
    return meter;
  }

  /** Opens a page and waits until it is at rest. `said` is the server's log. */
  async open(path: string, said: () => string): Promise<{ status: number; facts: Facts }> {
    this.bytes = 0;
    const response = (await this.page.goto(path, { waitUntil: "networkidle" }))!;
    const facts = { bytes: this.bytes, shift: await shiftOf(this.page), trips: await tripsOf(response.headers()["x-request-id"]!, said) };
    return { status: response.status(), facts };
  }
}

/** What moved since the page began to load, without a person's doing. */
export const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
            if (!entry.hadRecentInput) sum += entry.value;
        });
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
      }),
  );

/** As the log line of the request says. */
async function tripsOf(requestId: string, said: () => string): Promise<number> {
  const line = () =>
    said()
      .split("\n")
      .find((each) => each.includes(`"request_id":"${requestId}"`));
  await until(line, `the log line of ${requestId}`, LOGGED_MS);
  return JSON.parse(line()!.slice(line()!.indexOf("{"))).d1_round_trips;
}
