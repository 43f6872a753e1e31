/** Y01: what axe finds wrong with a page. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Rules that depend on colours. The others find the same in every scheme, and take most of the time. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Rule and elements of each violation; `look` other than light asks only for what colours change. */
export async function violationsOf(page: Page, look = 'light'): Promise<string[]> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (look === 'light' ? builder : builder.withRules(COLOURS)).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, html, failureSummary }) =>
        `${id}: ${target.join(' ')} ${html.slice(0, 160)} ${failureSummary}`,
    ),
  );
}
