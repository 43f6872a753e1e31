/** Near-duplicates decided once, many at once, reasons and notes, and deciding without looking: by keyboard. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { png, unlike } from '../bench-view/files';
import { violationsOf } from '../support/axe';
import { DIST } from '../support/build';

const ALONE = 12;
const ALIKE = 4;

/** A hill under a sky, a little brighter each time: one picture to the eye. */
const hill = (at: number) =>
  png(80, 60, (x, y) => {
    const shade = (y < 20 + 9 * Math.sin(x / 9) ? 190 - y : 70 + y) + 2 * at;
    return [shade, shade, shade];
  });

function pictures() {
  const made = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });
  return [
    // The last two are the same, in name and in bytes.
    ...[1, 2, 3, 3].map((at) => made(`hill-${at}.png`, hill(at))),
    ...Array.from({ length: ALONE }, (_, at) => made(`square-${at + 1}.png`, unlike(at))),
  ];
}

const rows = (page: Page) => page.locator('.grid__run > .grid__row');
const selected = (page: Page) => page.locator('.grid__row[data-current]');
const toast = (page: Page) => page.locator('.toast');
const decided = (page: Page) => page.locator('.deskbar__count');

async function table(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Export', exact: true }).press('Enter');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export: JSON lines' }).press('Enter'),
  ]);
  await page.keyboard.press('Escape');
  return readFileSync(await download.path(), 'utf8');
}

/** Milliseconds from the key to the next item's name in the review. */
function untilNext(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const head = document.querySelector('.review__head h2')!;
        const before = head.textContent;
        const begin = performance.now();
        const look = () => {
          if (head.textContent === before) return;
          watch.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - begin));
        };
        const watch = new MutationObserver(look);
        watch.observe(head, { subtree: true, childList: true, characterData: true });
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));
        look();
      }),
  );
}

test('Y01, Y02, I16: what looks alike is decided once, many at once, with reasons, and without looking', async ({
  page,
}) => {
  test.slow();
  const server = await startServer({ dir: DIST });
  const axe = async (state: string) => expect(await violationsOf(page), state).toEqual([]);
  const all = ALONE + ALIKE;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${server.url}#/triage`);
  await expect(page.getByText('Judged by Starter')).toBeVisible({ timeout: 30_000 });
  await page.locator('input[type="file"][aria-label^="Drop a folder"]').setInputFiles(pictures());
  await expect(page.getByText(`${all} of ${all} judged`)).toBeVisible({ timeout: 60_000 });
  await expect(rows(page)).toHaveCount(ALONE + 1);

  await test.step('a stack is one row, opened and folded with the arrows, and decided once', async () => {
    const stack = rows(page).filter({ hasText: `${ALIKE} alike` });
    await stack.click();
    await expect(page.getByRole('group', { name: 'Decide' })).toContainText(`All ${ALIKE} alike`);
    await expect(page.getByRole('listbox', { name: 'Alike ones' }).getByRole('option')).toHaveCount(ALIKE);
    await page.keyboard.press('ArrowRight');
    await expect(rows(page)).toHaveCount(all);
    await expect(rows(page).filter({ hasText: 'hill-3.png' })).toHaveCount(2);
    await expect(stack.getByRole('button')).toHaveAttribute('aria-expanded', 'true');
    await axe('opened');
    await page.keyboard.press('ArrowLeft');
    await expect(rows(page)).toHaveCount(ALONE + 1);
    await page.keyboard.press('x');
    await expect(toast(page)).toContainText(`${ALIKE} alike blocked.`);
    await expect(decided(page)).toHaveText(`${ALIKE} decided`);
    await page.keyboard.press('Control+z');
    await expect(decided(page)).toHaveText('0 decided');
    await expect(selected(page)).toContainText(`${ALIKE} alike`);
    await page.keyboard.press('f');
    await expect(page.getByRole('group', { name: 'Similar items' })).toContainText(`${ALIKE - 1} alike`);
    await expect(rows(page)).toHaveCount(ALIKE);
    await page.keyboard.press('f');
    await expect(rows(page)).toHaveCount(ALONE + 1);
  });

  await test.step('all that is shown, after saying what that will do', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+J');
    await page.keyboard.press('Shift+J');
    await expect(page.locator('.grid__row[aria-selected="true"]')).toHaveCount(3);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: `Decide ${all} marked` });
    await expect(dialog).toContainText(`${all} items will be decided, in ${ALONE + 1} rows`);
    await expect(decided(page)).toHaveText('0 decided');
    await axe('many');
    await page.keyboard.press('Enter');
    await expect(toast(page)).toContainText(`${all} items escalated.`);
    await expect(decided(page)).toHaveText(`${all} decided`);
    await page.keyboard.press('Backspace');
    await expect(decided(page)).toHaveText('0 decided');
  });

  await test.step('a skip has its reason, and a note is typed without deciding', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('s');
    const reasons = page.getByRole('group', { name: 'Why?' }).getByRole('button');
    const head = await page.locator('.review__head h2').textContent();
    await reasons.first().focus();
    for (const [key, at] of [
      ...[['ArrowRight', 1] as const, ['ArrowDown', 2] as const, ['ArrowLeft', 1] as const],
      ...[['End', 4] as const, ['ArrowDown', 0] as const, ['ArrowUp', 4] as const, ['Home', 0] as const],
    ]) {
      await page.keyboard.press(key);
      await expect(reasons.nth(at)).toBeFocused();
    }
    await expect(page.locator('.review__head h2')).toHaveText(head!);
    await page.keyboard.press('2');
    await expect(toast(page)).toContainText('skipped. Reason: Needs context.');
    await page.keyboard.press('n');
    await page.keyboard.type('xa sweet');
    await page.keyboard.press('Enter');
    await expect(toast(page)).toContainText('Note on');
    await expect(decided(page)).toHaveText('0 decided');
    const lines = await table(page);
    expect(lines).toContain('"reason":"Needs context"');
    expect(lines).toContain('"note":"xa sweet"');
  });

  await test.step('without looking nothing is decoded to the screen, and the record says so', async () => {
    await page.keyboard.press('w');
    await expect(page.locator('.unlooked')).toContainText('Not shown.');
    await expect(page.locator('.review > .veil')).toHaveCount(0);
    // A canvas that nothing was painted on is a pixel wide.
    const painted = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll('canvas')].filter((one) => one.width > 1 || one.height > 1).length,
      );
    await expect.poll(painted).toBe(0);
    await axe('without looking');
    await page.keyboard.press('a');
    await expect(toast(page)).toContainText('cleared.');
    expect(await painted()).toBe(0);
    expect(await table(page)).toContain('"unseen":true');
    await page.keyboard.press('w');
    await expect(page.locator('.review > .veil')).toBeVisible();
  });

  await test.step('the next item is there at once', async () => {
    const times: number[] = [];
    for (let at = 0; at < 5; at++) times.push(await untilNext(page));
    const best = Math.min(...times);
    const words = times.map((one) => one.toFixed(0)).join(', ');
    test.info().annotations.push({ type: 'next', description: `key to next item, ms: ${words}` });
    // 50 ms on a machine at rest; this one may be shared by many.
    expect(best).toBeLessThan(150);
  });
  await server.close();
});
