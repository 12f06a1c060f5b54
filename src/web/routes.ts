import { adminPages } from "./admin";
import { adminPersonPages } from "./admin-person";
import { assetNamed } from "./assets";
import { devicePages } from "./devices";
import { emailPages } from "./email";
import { mailbox } from "./mailbox";
import { passwordPages } from "./password";
import { settingsPages } from "./settings-pages";
import { web } from "./web";

/** All pages, and what they load. */

const assets = web().get("/assets/:version/:name/", (c) => {
  const asset = assetNamed(c.req.param("name"), c.req.param("version"));
  return asset ? c.body(asset.text, 200, { "Content-Type": asset.type, "Cache-Control": asset.caching }) : c.notFound();
});

export const pages = web()
  .route("/", assets)
  .route("/", emailPages)
  .route("/", passwordPages)
  .route("/", mailbox)
  .route("/", devicePages)
  .route("/", settingsPages)
  .route("/", adminPages)
  .route("/", adminPersonPages);
