/** The triage screen, as somebody uses it: what is dropped, judged, decided and exported. */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import type { PictureFile } from './journey';

/** Gives files to the triage screen, which is open, and waits until all are judged. */
export async function judgeRun(
  page: Page,
  files: readonly PictureFile[],
  count = files.length,
): Promise<void> {
  await page.locator('input[type="file"][aria-label^="Drop a folder"]').setInputFiles([...files]);
  await expect(page.getByText(`${count} of ${count} judged`)).toBeVisible({ timeout: 90_000 });
  // By every model: what counts as judged is judged by one.
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0, { timeout: 60_000 });
}

/** Decides one item after the other, a key for each, and waits until that is on disk, or said to be in the tab only. */
export async function decide(page: Page, keys: string, saved: string | RegExp = 'Saved'): Promise<void> {
  await page.keyboard.press('j');
  for (const key of keys) await page.keyboard.press(key);
  const dock = page.locator('.deskbar');
  await expect(dock).toContainText(`${keys.replaceAll('s', '').length} decided`);
  await expect(dock).toContainText(saved);
}

/** What one kind of export says. */
export async function exported(page: Page, kind: 'Table' | 'JSON lines' | 'Run file'): Promise<string> {
  await page.locator('.runbar').getByRole('button', { name: 'Export', exact: true }).click();
  const text = await savedBy(page, () => page.getByRole('button', { name: `Export: ${kind}` }).click());
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  return text;
}

/** The text of the file that `act` makes the page save. */
export async function savedBy(page: Page, act: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return readFileSync(await download.path(), 'utf8');
}
