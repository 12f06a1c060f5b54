import axe from "axe-core";
import type { Page } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** axe finds nothing wrong with the page as it stands. @throws Error with what it finds */
export async function expectAccessible(page: Page, what = page.url()): Promise<void> {
  // Evaluated, for the pages' policy takes no script but ours.
  await page.evaluate(axe.source);
  const findings = await page.evaluate(async (values) => {
    const { violations } = await (window as unknown as { axe: typeof import("axe-core") }).axe.run(document, {
      runOnly: { type: "tag", values },
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map((node) => `${impact}: ${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    );
  }, RULES);
  if (findings.length > 0) throw new Error(`${what} is not accessible:\n${findings.join("\n")}`);
}
