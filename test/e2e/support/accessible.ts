import axe from "axe-core";
import type { Page } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

type Axe = typeof import("axe-core");

/** What axe finds wrong with the page as it stands. */
export async function accessFaults(page: Page): Promise<string[]> {
  // Evaluated, for the pages' policy takes no script but ours.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async (values) => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
      runOnly: { type: "tag", values },
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${impact}: ${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  }, RULES);
}

/** axe finds nothing wrong with the page. @throws Error with what it finds */
export async function expectAccessible(page: Page): Promise<void> {
  const faults = await accessFaults(page);
  if (faults.length > 0) throw new Error(`${page.url()} is not accessible:\n${faults.join("\n")}`);
}
