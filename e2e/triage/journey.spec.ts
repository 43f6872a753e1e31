/** From the drop to the export, by keyboard alone, with the models and the storage of the build. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { RunFileCheck } from '../../src/core/triage/run-file';
import { plain, unlike } from '../bench-view/files';
import { violationsOf } from '../support/axe';
import { DIST } from '../support/build';

const COUNT = 50;

/** Neutral pictures, each like no other, and one file that is no picture. */
function pictures() {
  const made = Array.from({ length: COUNT - 1 }, (_, at) => ({
    name: `pattern-${String(at + 1).padStart(2, '0')}.png`,
    mimeType: 'image/png',
    buffer: unlike(at),
  }));
  return [
    ...made,
    {
      name: 'broken.png',
      mimeType: 'image/png',
      buffer: Buffer.from(plain('a', [1, 2, 3]).bytes.subarray(0, 60)),
    },
  ];
}

const dock = (page: Page) => page.locator('.deskbar');
const selected = (page: Page) => page.locator('.grid__row[aria-selected="true"]');

async function saved(page: Page, label: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export: ${label}` }).press('Enter'),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

/** WCAG 1.4.10: nothing but the page's own parts scrolls sideways. */
async function noSidewaysScroll(page: Page): Promise<void> {
  for (const width of [768, 360, 320]) {
    await page.setViewportSize({ width, height: 740 });
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter(
          (each) =>
            each.getBoundingClientRect().right > innerWidth + 1 &&
            !each.closest('.filters, .sr, .tick, .thumb, .veil'),
        )
        .map((each) => each.outerHTML.slice(0, 120)),
    );
    expect(wide.slice(0, 3), `${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('Y01, Y02: fifty pictures, judged, decided, undone, exported and found again', async ({ page }) => {
  const server = await startServer({ dir: DIST });
  const axe = async (state: string) => expect(await violationsOf(page), state).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ reducedMotion: 'reduce' });

  // The empty screen is among the states of `bench-view/states`.
  await page.goto(`${server.url}#/triage`);
  await expect(page.getByText('Judged by Starter')).toBeVisible({ timeout: 30_000 });

  await test.step('judged', async () => {
    await page.locator('input[type="file"][aria-label^="Drop a folder"]').setInputFiles(pictures());
    await expect(page.locator('.grid__row').nth(3)).toBeVisible({ timeout: 30_000 });
    // Paused, so that looking at the page and judging do not wait for each other.
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.locator('.run')).toContainText('paused');
    await axe('running');
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText(`${COUNT} of ${COUNT} judged`)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', `${COUNT + 1}`);
    await expect(page.locator('.tally div', { hasText: 'Needs review' })).toContainText('1');
  });

  await test.step('W16: keys decide; not while typing, not under a dialog', async () => {
    await page.keyboard.press('j');
    await expect(selected(page)).toContainText('broken.png');
    await page.keyboard.press('/');
    await page.keyboard.type('xxa');
    await expect(page.locator('.grid__run > .grid__row')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.keyboard.press('x');
    await page.keyboard.press('Escape');
    await expect(dock(page)).toContainText('0 decided');
    await page.keyboard.press('x');
    await expect(dock(page)).toContainText('1 decided');
    await expect(page.locator('.toast')).toContainText('broken.png blocked.');
    await expect(selected(page)).not.toContainText('broken.png');
  });

  await test.step('a picture shows while Space is held, and never longer', async () => {
    const veil = page.locator('.review > .veil');
    await expect(veil).toHaveAttribute('data-phase', 'hidden');
    await page.keyboard.down('Space');
    await expect(veil).toHaveAttribute('data-phase', 'shown');
    await page.keyboard.up('Space');
    await expect(veil).toHaveAttribute('data-phase', 'hidden');
  });

  await test.step('decided to the last, with undo and redo', async () => {
    for (let at = 1; at < COUNT; at++) await page.keyboard.press('aaxes'[at % 5]!);
    await expect(dock(page)).toContainText('Saved');
    const skips = Math.floor(COUNT / 5);
    await expect(dock(page)).toContainText(`${COUNT - skips} decided`);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+z');
    await expect(page.locator('.toast')).toContainText('Undone:');
    await expect(page.locator('.seg', { hasText: 'Open' })).toContainText(/Open\s*\d+/);
    await page.keyboard.press('Control+Shift+Z');
    await page.keyboard.press('Control+Shift+Z');
    await expect(dock(page)).toContainText(`${COUNT - skips} decided`);
    await axe('reviewing');
    await noSidewaysScroll(page);
  });

  await test.step('exported: hashes and decisions, no names', async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).press('Enter');
    const table = await saved(page, 'Table');
    expect(table.trim().split('\r\n')).toHaveLength(COUNT + 1);
    expect(table).not.toContain('pattern-');
    const check = new RunFileCheck();
    const lines = (await saved(page, 'Run file')).trimEnd().split('\n');
    for (const line of lines) check.next(line);
    // Every decision, two undone, two done again.
    expect(check.end()).toMatchObject({ items: COUNT, scores: COUNT, records: COUNT + 4 });
    const first = lines.map((line) => JSON.parse(line)).find(({ kind }) => kind === 'record');
    expect(first.record.models[0]).toMatchObject({
      id: 'starter-image',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await page.keyboard.press('Escape');
  });

  await test.step('S06: after a reload everything that was saved is there, and nothing is asked', async () => {
    const words = await dock(page).locator('.deskbar__count').textContent();
    await page.reload();
    await expect(dock(page).locator('.deskbar__count')).toHaveText(words!);
    await expect(page.getByText(`${COUNT} of ${COUNT} judged`)).toBeVisible();
    await expect(page.locator('.grid__row', { hasText: 'Picture' }).first()).toBeVisible();
  });
  await server.close();
});
