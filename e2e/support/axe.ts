/** Y01: what axe finds wrong with a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type * as Axe from 'axe-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules that depend on colours. The others find the same in every scheme, and take most of the time. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Rule and elements of each violation; `look` other than light asks only for what colours change. `within`: a selector. */
export async function violationsOf(page: Page, look = 'light', within?: string): Promise<string[]> {
  const asked = { within, only: look === 'light' ? undefined : COLOURS };
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(`${SOURCE};undefined`);
  return page.evaluate(found, asked);
}

/** In the page, where axe is. */
async function found(asked: { within: string | undefined; only: string[] | undefined }): Promise<string[]> {
  const { axe } = globalThis as unknown as { axe: typeof Axe };
  const { violations } = await axe.run(asked.within ?? document, {
    // What passed is not described: that takes longer than finding it.
    resultTypes: ['violations'],
    ...(asked.only && { runOnly: asked.only }),
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, html, failureSummary }) =>
        `${id}: ${target.join(' ')} ${html.slice(0, 160)} ${failureSummary}`,
    ),
  );
}
