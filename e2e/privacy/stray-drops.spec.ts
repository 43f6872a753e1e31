import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { GREEN, letGo, plain } from '../bench-view/files';

test('a picture let go of over a screen that takes none is not opened, uncovered, in the app’s place', async ({
  page,
}, info) => {
  const { name, bytes } = plain('green.png', GREEN);
  const path = info.outputPath(name);
  writeFileSync(path, bytes);
  await page.goto('#/speed');
  await expect(page.getByRole('main')).toBeVisible();
  await letGo(page, path, { x: 400, y: 300 });
  // Opening it takes the browser a moment.
  await page.waitForTimeout(500);
  expect(page.url()).toContain('#/speed');
  expect(page.context().pages()).toHaveLength(1);
  await expect(page.getByRole('main')).toBeVisible();
});
