import type { Locator, Page } from '@playwright/test';
import { expect, test } from './serve';

const slider = (page: Page, mark: 'Review' | 'Block', label: string) =>
  page.getByRole('slider', { name: `${mark} from, ${label}` });
const field = (page: Page, mark: 'Review' | 'Block', label: string) =>
  page.getByRole('textbox', { name: `${mark} from, ${label}` });
const value = async (locator: Locator) => Number(await locator.getAttribute('aria-valuenow'));
const centre = async (locator: Locator) => {
  const box = (await locator.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

test.describe('threshold rail', () => {
  test.beforeEach(({ gallery }) => gallery('?state=rail'));

  test('every key of the keyboard, and the partner as the limit', async ({ page }) => {
    const review = slider(page, 'Review', 'apart');
    await review.focus();
    for (const [key, to] of [
      ['ArrowRight', 0.46],
      ['ArrowLeft', 0.45],
      ['ArrowUp', 0.46],
      ['ArrowDown', 0.45],
      ['Shift+ArrowRight', 0.5],
      ['Shift+ArrowLeft', 0.45],
      ['PageUp', 0.55],
      ['PageDown', 0.45],
      ['Home', 0],
      ['End', 0.7],
      ['ArrowRight', 0.7],
    ] as const) {
      await page.keyboard.press(key);
      expect(await value(review), key).toBe(to);
    }
    const block = slider(page, 'Block', 'apart');
    await expect(review).toHaveAttribute('aria-valuemax', '0.7');
    await expect(block).toHaveAttribute('aria-valuemin', '0.7');
    await block.focus();
    await page.keyboard.press('Home');
    expect(await value(block)).toBe(0.7);
    await page.keyboard.press('End');
    expect(await value(block)).toBe(1);
    await expect(review).toHaveAttribute('aria-valuetext', 'Review from 0.70, 30 items to review');
  });

  test('dragging moves one mark, stops at the other, and commits once', async ({ page }) => {
    const block = slider(page, 'Block', 'apart');
    const rail = (await page.locator('.rail').first().boundingBox())!;
    const from = await centre(block);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + rail.width * 0.1, from.y, { steps: 5 });
    await expect(block).toHaveAttribute('aria-valuenow', '0.8');
    await page.mouse.move(rail.x, from.y, { steps: 5 });
    await expect(block).toHaveAttribute('aria-valuenow', '0.45');
    await page.mouse.up();
    await expect(page.locator('output').first()).toHaveAttribute('data-commits', '1');
    await expect(page.locator('output').first()).toHaveAttribute('data-lines', '0.45 0.45');
  });

  test('Shift+drag moves both', async ({ page }) => {
    const review = slider(page, 'Review', 'apart');
    const rail = (await page.locator('.rail').first().boundingBox())!;
    const from = await centre(review);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.keyboard.down('Shift');
    await page.mouse.move(from.x - rail.width * 0.2, from.y, { steps: 5 });
    await expect(review).toHaveAttribute('aria-valuenow', '0.25');
    await expect(slider(page, 'Block', 'apart')).toHaveAttribute('aria-valuenow', '0.5');
    await page.mouse.up();
    await page.keyboard.up('Shift');
  });

  test('Esc during a drag restores and commits nothing', async ({ page }) => {
    const review = slider(page, 'Review', 'apart');
    const from = await centre(review);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 60, from.y, { steps: 4 });
    await expect(review).not.toHaveAttribute('aria-valuenow', '0.45');
    await page.keyboard.press('Escape');
    await expect(review).toHaveAttribute('aria-valuenow', '0.45');
    await page.mouse.move(from.x - 90, from.y);
    await page.mouse.up();
    await expect(review).toHaveAttribute('aria-valuenow', '0.45');
    await expect(page.locator('output').first()).toHaveAttribute('data-commits', '0');
  });

  test('Y03: a plain press on the rail brings the nearer mark, so nothing needs a drag', async ({ page }) => {
    const rail = (await page.locator('.rail').first().boundingBox())!;
    await page.mouse.click(rail.x + rail.width * 0.2, rail.y + rail.height / 2);
    await expect(slider(page, 'Review', 'apart')).toHaveAttribute('aria-valuenow', '0.2');
    await expect(slider(page, 'Review', 'apart')).toBeFocused();
    await page.mouse.click(rail.x + rail.width * 0.9, rail.y + rail.height / 2);
    await expect(slider(page, 'Block', 'apart')).toHaveAttribute('aria-valuenow', '0.9');
  });

  test('marks on one value step 16 px apart, and their hit areas do not overlap', async ({ page }) => {
    const review = (await slider(page, 'Review', 'one line only').boundingBox())!;
    const block = (await slider(page, 'Block', 'one line only').boundingBox())!;
    expect(review.width).toBeGreaterThanOrEqual(24);
    expect(block.width).toBeGreaterThanOrEqual(24);
    expect(review.x + review.width).toBeLessThanOrEqual(block.x + 0.5);
    await slider(page, 'Review', 'one line only').focus();
    await page.keyboard.press('ArrowLeft');
    await expect(slider(page, 'Review', 'one line only')).toHaveAttribute('aria-valuenow', '0.59');
  });

  test('fields take a comma, stop at the partner, and give back the last good value', async ({ page }) => {
    const review = field(page, 'Review', 'apart');
    await review.fill('0,3');
    await expect(slider(page, 'Review', 'apart')).toHaveAttribute('aria-valuenow', '0.3');
    await review.fill('0.95');
    await review.press('Enter');
    await expect(review).toHaveValue('0.70');
    await review.fill('pineapple');
    await expect(review).toHaveAttribute('aria-invalid', 'true');
    await review.blur();
    await expect(review).toHaveValue('0.70');
    await review.fill('0.1');
    await review.press('Escape');
    await expect(slider(page, 'Review', 'apart')).toHaveAttribute('aria-valuenow', '0.7');
  });

  test('tick and handle are one line of sight', async ({ page }) => {
    for (const [mark, tick] of [
      ['Review', '.tick--r'],
      ['Block', '.tick--b'],
    ] as const) {
      const handle = await centre(slider(page, mark, 'apart'));
      const line = await centre(page.locator(tick).first());
      expect(Math.abs(handle.x - line.x)).toBeLessThanOrEqual(1.5);
    }
  });
});

test('right to left: the axis and its arrow keys turn round', async ({ page, gallery }) => {
  await gallery('?state=rail-rtl&dir=rtl');
  const review = page.getByRole('slider').first();
  await review.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(review).toHaveAttribute('aria-valuenow', '0.46');
  await page.keyboard.press('ArrowUp');
  await expect(review).toHaveAttribute('aria-valuenow', '0.47');
  const rail = (await page.locator('.rail').first().boundingBox())!;
  expect((await centre(review)).x).toBeGreaterThan(rail.x + rail.width / 2);
  await page.mouse.click(rail.x + rail.width * 0.1, rail.y + rail.height / 2);
  await expect(page.getByRole('slider').nth(1)).toHaveAttribute('aria-valuenow', '0.9');
});

test('a rail that is off cannot be moved', async ({ page, gallery }) => {
  await gallery('?state=rail-off');
  const rail = (await page.locator('.rail').boundingBox())!;
  await page.mouse.click(rail.x + 4, rail.y + rail.height / 2);
  await expect(page.getByRole('slider').first()).toHaveAttribute('aria-valuenow', '0.45');
  await expect(page.getByRole('slider').first()).toHaveAttribute('aria-disabled', 'true');
});
