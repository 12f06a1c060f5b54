import type { Page } from "playwright-core";

/** What is wrong with how a page is laid out, whatever it shows. */
export const layoutFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
      const widest = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > clientWidth + 1).at(-1);
      faults.push(`it scrolls sideways: ${scrollWidth} of ${clientWidth}, for ${widest?.outerHTML.slice(0, 120)}`);
    }
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) faults.push(`${headings} h1`);
    return faults;
  });

const STOPS = "a[href], button, summary, input:not([type=hidden], [type=radio]), select, textarea";
const MOST_STOPS = 300;

/** What somebody without a mouse would miss. */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  const first = await page.evaluate((stops) => {
    const visible = [...document.querySelectorAll<HTMLElement>(stops)].filter((stop) => stop.checkVisibility());
    for (const stop of visible) stop.dataset.stop = "missed";
    return visible[0]?.className;
  }, STOPS);
  if (first !== "skip") faults.push(`the first stop is not the skip link, but ${first}`);
  await page.focus(".skip");
  for (let i = 0; i < MOST_STOPS; i++) {
    const stop = await page.evaluate(() => {
      const active = document.activeElement as HTMLElement | null;
      const before = document.querySelector("[data-stop=last]");
      // A date is several stops within one field.
      if (!active || active === document.body || (active !== before && active.dataset.stop === "seen")) return null;
      before?.setAttribute("data-stop", "seen");
      active.dataset.stop = "last";
      const { outlineStyle, outlineWidth } = getComputedStyle(active);
      const { top, bottom, width } = active.getBoundingClientRect();
      // What has the focus in a frame is that page's affair.
      const shown = active.tagName === "IFRAME" || (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0);
      return { html: active.outerHTML.slice(0, 120), shown, inView: width > 0 && bottom > 0 && top < innerHeight };
    });
    if (!stop) break;
    if (!stop.shown) faults.push(`focus does not show on ${stop.html}`);
    if (!stop.inView) faults.push(`focus is out of view on ${stop.html}`);
    await page.keyboard.press("Tab");
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll("[data-stop=missed]")].map((each) => each.outerHTML.slice(0, 120)),
  );
  faults.push(...missed.map((html) => `not reached by keyboard: ${html}`));
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  const skipped = await page.evaluate(() => document.activeElement?.id);
  if (skipped !== "content") faults.push(`the skip link leads to ${skipped}`);
  return faults;
}
