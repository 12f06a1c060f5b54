import { accountPages } from "./settings-account";
import { dataPages } from "./settings-data";
import { groupPages } from "./settings-groups";
import { preferencePages } from "./settings-preferences";
import { privacyPages } from "./settings-privacy";
import { web } from "./web";

/** What one sets for oneself, beside the profile. */
export const settingsPages = web()
  .route("/", preferencePages)
  .route("/", privacyPages)
  .route("/", groupPages)
  .route("/", accountPages)
  .route("/", dataPages);
