import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import redoc from "redoc/bundles/redoc.standalone.js";
import type { AppEnv } from "../http";
import { AppError } from "../lib/errors";
import { openApiDocument } from "./document";

const A_DAY = "public, max-age=86400";
/** Redoc styles itself at run time and searches in a worker made from a blob. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; font-src data:; connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kith API</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="/api/schema/" hide-download-button="false"></redoc>
<noscript>This page needs JavaScript. The document itself is at <a href="/api/schema/">/api/schema/</a>.</noscript>
<script src="/api/redoc/redoc.js"></script>
</body>
</html>
`;

const onlyIfConfigured = createMiddleware<AppEnv>(async function onlyIfConfigured(c, next) {
  if (!c.get("scope").settings.docs) throw new AppError("not_found");
  await next();
});

/** The API's description as data and as a page, both served by us: no CDN. */
export function docsRoutes(app: OpenAPIHono<AppEnv>) {
  let document: unknown;
  let script: string | undefined;
  return new Hono<AppEnv>()
    .use("/api/:document{schema|redoc}/*", onlyIfConfigured)
    .get("/api/schema/", (c) => {
      document ??= openApiDocument(app);
      return c.json(document as object);
    })
    .get("/api/redoc/", (c) => c.html(PAGE, 200, { "Content-Security-Policy": CSP, "Cache-Control": "no-cache" }))
    .get("/api/redoc/redoc.js/", (c) => {
      // Redoc's own logo would come from its makers' host.
      script ??= redoc.replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, "data:,");
      return c.body(script, 200, { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": A_DAY });
    });
}
