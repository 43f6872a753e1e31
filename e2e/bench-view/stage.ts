/** The bench with stand-in models: a red detector and two that read the word "pineapple", which differ. */
import { rmSync } from 'node:fs';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { DIST } from '../support/build';
import { fixtureModels } from '../support/fixture-models';
import { writeOverlay } from '../support/overlay';

export interface Stage {
  readonly url: string;
  /** Folder served in front of the build. */
  readonly overlay: string;
}

export const test = base.extend<object, { stage: Stage }>({
  stage: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const wanted = fixtureModels().filter(({ card }) =>
        ['stand-in-red', 'stand-in-pineapple'].includes(card.id),
      );
      const second = wanted.find(({ card }) => card.task === 'text')!;
      // The same network under lines that nothing reaches: the two disagree on every pineapple.
      const scores = second.card.scores.map((score) =>
        score.risk ? { ...score, review: 0.98, block: 0.99 } : score,
      );
      const lenient = {
        ...second,
        card: { ...second.card, id: 'lenient-text', name: 'Lenient stand-in', scores },
      };
      const overlay = writeOverlay({ starters: false, models: [...wanted, lenient] });
      const server = await startServer({ dir: DIST, overlay });
      await use({ url: server.url, overlay });
      await server.close();
      rmSync(overlay, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

export { expect };

/** Opens an address and waits until every model on the bench has been opened. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('.panel').first()).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.panel .meta', { hasText: 'WASM' })).toHaveCount(
    await page.locator('.panel').count(),
    {
      timeout: 60_000,
    },
  );
}

export const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt', exact: true });
export const lane = (page: Page, name: 'Prompt' | 'Pictures'): Locator =>
  page.getByRole('region', { name, exact: true });
/** The big verdict of a lane. */
export const verdict = (page: Page, name: 'Prompt' | 'Pictures'): Locator =>
  lane(page, name).locator('.say .verdict');
export const panel = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
export const options = (page: Page): Locator => page.getByRole('option');
/** The main veil of the pictures lane. */
export const veil = (page: Page): Locator => page.locator('.lane__in > .veil');

/** Every picture on the bench has been judged. */
export async function judgedAll(page: Page, count: number): Promise<void> {
  await expect(lane(page, 'Pictures')).toContainText(`of ${count.toLocaleString('en-GB')} ·`, {
    timeout: 20_000,
  });
  await expect(page.getByText(/^Reading /)).toHaveCount(0, { timeout: 120_000 });
  await expect(lane(page, 'Pictures').locator('.say')).toHaveAttribute('aria-busy', 'false', {
    timeout: 30_000,
  });
}
