import { activityPages } from "./activity";
import { adminPages } from "./admin";
import { adminPersonPages } from "./admin-person";
import { assetNamed } from "./assets";
import { devicePages } from "./devices";
import { emailPages } from "./email";
import { friendPages } from "./friends";
import { homePages } from "./home";
import { loginPages } from "./login";
import { logoutPages } from "./logout";
import { mailbox } from "./mailbox";
import { notificationPages } from "./notifications";
import { passwordPages } from "./password";
import { peoplePages } from "./people";
import { personPages } from "./person";
import { profilePages } from "./profile";
import { registrationPages } from "./registration";
import { accountPages } from "./settings-account";
import { dataPages } from "./settings-data";
import { groupPages } from "./settings-groups";
import { preferencePages } from "./settings-preferences";
import { privacyPages } from "./settings-privacy";
import { profileSettingsPages } from "./settings-profile";
import { web } from "./web";

/** All pages, and what they load. */

const assets = web().get("/assets/:version/:name/", (c) => {
  const asset = assetNamed(c.req.param("name"), c.req.param("version"));
  return asset ? c.body(asset.text, 200, { "Content-Type": asset.type, "Cache-Control": asset.caching }) : c.notFound();
});

export const pages = web()
  .route("/", assets)
  .route("/", homePages)
  .route("/", registrationPages)
  .route("/", loginPages)
  .route("/", logoutPages)
  .route("/", emailPages)
  .route("/", passwordPages)
  .route("/", mailbox)
  .route("/", profilePages)
  .route("/", profileSettingsPages)
  .route("/", activityPages)
  .route("/", devicePages)
  .route("/", preferencePages)
  .route("/", privacyPages)
  .route("/", groupPages)
  .route("/", accountPages)
  .route("/", dataPages)
  .route("/", adminPages)
  .route("/", adminPersonPages)
  .route("/", peoplePages)
  .route("/", personPages)
  .route("/", friendPages)
  .route("/", notificationPages);
