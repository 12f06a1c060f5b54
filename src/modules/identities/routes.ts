import { keepAttempt, setSessionCookies, takeAttempt } from "../../cookies";
import { router } from "../../http";
import { AppError, ValidationError } from "../../lib/errors";
import { isAllowedOrigin } from "../../middleware/cors";
import type { Settings } from "../../settings";
import { ATTEMPT_SECONDS } from "./attempt";
import * as contract from "./contract";
import * as redirect from "./redirect";
import type { ProviderName } from "./schemas";
import * as identities from "./service";

const MAX_NEXT = 2048;

/** @throws ValidationError for an address that a browser must not be sent to from here */
function safeNext(next: string | undefined, requestUrl: string, settings: Settings): string | null {
  if (next === undefined) return null;
  const url = /^(\/|https?:\/\/)/i.test(next) && URL.canParse(next, requestUrl) ? new URL(next, requestUrl) : null;
  // It goes into a cookie, of which browsers take 4 KB.
  if (url === null || url.href.length > MAX_NEXT || url.username !== "" || !isAllowedOrigin(url.origin, requestUrl, settings))
    throw new ValidationError({ next: ["Only a path of this server, or an address of an allowed origin."] });
  return url.href;
}

const withError = (next: string, code: string) => {
  const url = new URL(next);
  url.searchParams.set("error", code);
  return url.href;
};

const routerFor = <const P extends ProviderName>(provider: P) => {
  const routes = contract.routesFor(provider);
  return router()
    .openapi(routes.start, async (c) => {
      const next = safeNext(c.req.valid("query").next, c.req.url, c.get("scope").settings);
      const { url, kept } = await redirect.begin(c.get("scope"), provider, {
        redirectUri: identities.callbackOf(provider, c.req.url),
        next,
      });
      keepAttempt(c, kept, ATTEMPT_SECONDS);
      return c.redirect(url, 302);
    })
    .openapi(routes.callback, async (c) => {
      const scope = c.get("scope");
      const address = new URL(c.req.url);
      const attempt = await redirect.resume(scope, provider, takeAttempt(c), address);
      try {
        const outcome = await redirect.finish(scope, attempt, address, identities.callbackOf(provider, c.req.url));
        if ("loggedIn" in outcome) setSessionCookies(c, outcome.loggedIn);
        if (attempt.next !== null) return c.redirect(attempt.next, 302);
        return c.json("loggedIn" in outcome ? outcome.loggedIn : outcome.linked, 200);
      } catch (error) {
        if (attempt.next === null || !(error instanceof AppError)) throw error;
        c.error = error; // for the log, which a redirect would look like a success to
        return c.redirect(withError(attempt.next, error.code), 302);
      }
    })
    .openapi(routes.exchange, async (c) => {
      const account = await identities.enterWith(c.get("scope"), provider, c.req.valid("json"), c.req.url);
      setSessionCookies(c, account);
      return c.json(account, 200);
    })
    .openapi(routes.startLink, async (c) => {
      const next = safeNext(c.req.valid("json").next, c.req.url, c.get("scope").settings);
      const { url, kept } = await redirect.beginLink(c.get("member"), provider, {
        redirectUri: identities.callbackOf(provider, c.req.url),
        next,
      });
      keepAttempt(c, kept, ATTEMPT_SECONDS);
      return c.json({ url }, 200);
    })
    .openapi(routes.link, async (c) => {
      return c.json(await identities.linkWith(c.get("member"), provider, c.req.valid("json"), c.req.url), 201);
    });
};

export const identityRoutes = router()
  .route("/", routerFor("google"))
  .route("/", routerFor("facebook"))
  .openapi(contract.list, async (c) => c.json(await identities.list(c.get("member")), 200))
  .openapi(contract.unlink, async (c) => {
    await identities.unlink(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  });
