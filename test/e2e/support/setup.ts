import { ensureChromium } from "../../../scripts/lib/chromium.mjs";

/** Before all tests of pages: there is a browser. */
export default function setup(): void {
  ensureChromium();
}
