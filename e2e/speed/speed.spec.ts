import { expect, test } from '@playwright/test';
import { violationsOf } from '../support/axe';

declare global {
  var copied: string;
}

test('Y01: the speed of this machine is measured, said, and can be stopped and copied', async ({ page }) => {
  await page.goto('#/speed');
  await page.getByRole('button', { name: 'Measure' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped.')).toBeVisible();
  await page.getByRole('button', { name: 'Measure again' }).click();
  await expect(page.getByText('2 measured.')).toBeVisible({ timeout: 50_000 });
  const rows = page.getByRole('row').filter({ hasText: 'WASM' });
  await expect(rows).toHaveCount(2);
  for (const row of await rows.all())
    for (const cell of (await row.getByRole('cell').allInnerTexts()).map((text) => text.split('\n')[0]!))
      expect(Number(cell.replaceAll(',', ''))).toBeGreaterThan(0);
  expect(await violationsOf(page)).toEqual([]);
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      globalThis.copied = text;
    };
  });
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect(page.getByText('Copied.')).toBeVisible();
  const copied = JSON.parse(await page.evaluate(() => globalThis.copied));
  expect(copied.rows.map(({ model }: { model: string }) => model)).toEqual(['starter-image', 'starter-text']);
});
