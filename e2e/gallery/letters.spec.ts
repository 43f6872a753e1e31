/** Y05: every screen in letters that are wider than those it was made with. */
import type { Page } from '@playwright/test';
import { widen } from '../support/letters';
import { expect, test } from './serve';

/** States that are a whole page. */
const SCREENS = [
  ...['triage-run', 'triage-settings', 'shell', 'shell-coming'],
  ...[
    'first',
    'mixed',
    'backends',
    'measuring',
    'look',
    'asking',
    'mirror',
    'gated',
    'changed',
    'failures',
  ].map((name) => `models-${name}`),
  ...['downloads', 'damaged', 'prepared', 'elsewhere', 'repository', 'offline', 'denied', 'embeddings'].map(
    (name) => `models-${name}`,
  ),
];

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
  [640, 480],
  [320, 256],
] as const)
  test(`Y05: nothing is lost in wide letters at ${width} × ${height}`, async ({ page, gallery }) => {
    test.slow();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    for (const query of ['', '?dir=rtl', ...SCREENS.map((name) => `?state=${name}`)]) {
      await gallery(query);
      if (query.includes('triage')) await page.locator('html[data-ready]').waitFor({ state: 'attached' });
      await widen(page);
      expect.soft(await beyond(page), query).toEqual([]);
    }
  });

/** Sideways scroll of the page, boxes beyond its edge, and words wider than the box they stand in. */
function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push(`the page: ${root.scrollWidth} in ${root.clientWidth}`);
    for (const each of document.querySelectorAll<HTMLElement>(
      'body *:not(script, svg, svg *, canvas, option)',
    )) {
      if (
        each.closest('.sr, table, .film, .prompt__layers, dialog:not([open]), .skip, .filters, .tick, .thumb')
      )
        continue;
      if (!each.checkVisibility({ visibilityProperty: true })) continue;
      const { right, left } = each.getBoundingClientRect();
      const what = `${each.tagName}.${each.className} ${each.textContent?.slice(0, 40)}`;
      if (right > innerWidth + 1 || left < -1) found.push(`${what}: ${left} to ${right}`);
      const { overflowX, display } = getComputedStyle(each);
      // What ends in an ellipsis is meant to; nothing but a table's own box is scrolled sideways.
      const cut = overflowX === 'hidden' || overflowX === 'clip' || each.matches(':has(> table)');
      if (cut || display.startsWith('inline') || each.clientWidth === 0) continue;
      if (
        each.matches(
          '.rail, .score--rail, .scores, .thumb, .track, .seg__item, .sheet, .sheet > section, .pile',
        )
      )
        continue;
      if (each.scrollWidth > each.clientWidth + 1)
        found.push(`${what}: ${each.scrollWidth} in ${each.clientWidth}`);
    }
    return found.slice(0, 12);
  });
}
