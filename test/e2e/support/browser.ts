import { createServer, type Server as HttpServer } from "node:http";
import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "../../../scripts/lib/chromium.mjs";

/** A domain that is not ours, as far as this browser knows. */
export const HOSTILE_HOST = "evil.example";

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-dev-shm-usage", `--host-resolver-rules=MAP ${HOSTILE_HOST} 127.0.0.1`],
  });

/** A site with one empty page at every path, on a port of its own: where a client's scripts run. */
export class Site {
  private constructor(
    readonly origin: string,
    private readonly server: HttpServer,
  ) {}

  static async open(host = "localhost"): Promise<Site> {
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>A client</title><body></body>");
    });
    await new Promise<void>((done) => server.listen(0, done));
    const { port } = server.address() as { port: number };
    return new Site(`http://${host}:${port}`, server);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
