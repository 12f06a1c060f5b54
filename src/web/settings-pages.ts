import { preferencePages } from "./settings-preferences";
import { web } from "./web";

/** What one sets for oneself, beside the profile. */
export const settingsPages = web().route("/", preferencePages);
