import type { BrowserContext } from "playwright-core";

/** What else says so: the response itself is looked at. */
const SAID_TWICE = /^Failed to load resource/;
/** Somebody went on before it was there. */
const LEFT = "net::ERR_ABORTED";
/** What a page may be refused, or what script asks for: its test looks at that. */
const ANSWERED = new Set(["document", "fetch", "xhr"]);

/** Collects what browsers complain about: errors of script, of the console, of the policy (CSP), and of what pages load. */
export async function watch(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      console.error(`policy: ${effectiveDirective} refuses ${blockedURI}`),
    );
  });
  context.on("console", (message) => {
    const kind = message.type();
    if ((kind === "error" || kind === "warning") && !SAID_TWICE.test(message.text()))
      complaints.push(`${message.page()?.url()}: ${kind}: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`${error.page()?.url()}: ${error.error()}`));
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== LEFT) complaints.push(`${request.url()}: ${reason}`);
  });
  context.on("response", (response) => {
    const status = response.status();
    if (status >= 500 || (status >= 400 && !ANSWERED.has(response.request().resourceType())))
      complaints.push(`${response.url()}: ${status}`);
  });
  return complaints;
}
