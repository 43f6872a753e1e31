import type { Page } from '@playwright/test';
import { expect, test, withStoppedClock } from './serve';

const veil = (page: Page) => page.locator('button.veil');
const shown = (page: Page) => page.locator('.veil__sharp');
const facts = async (page: Page) => {
  const output = page.locator('output[data-looks]');
  return {
    looks: Number(await output.getAttribute('data-looks')),
    asked: Number(await output.getAttribute('data-asked')),
    last: Number(await output.getAttribute('data-last')),
  };
};

/** Focuses the veil and holds Space until the picture is there. */
async function hold(page: Page): Promise<void> {
  await veil(page).focus();
  await page.keyboard.down(' ');
  await expect(shown(page)).toBeVisible();
}

test.describe('C08: the veil, held by key', () => {
  test.beforeEach(({ gallery }) => gallery('?state=veil-hidden'));

  test('shows on hold, hides on release, and says which', async ({ page }) => {
    await expect(veil(page)).toHaveAccessibleName(/^Picture 1, hidden/);
    await hold(page);
    await expect(veil(page)).toHaveAccessibleName(/^Picture 1, shown/);
    await page.keyboard.up(' ');
    await expect(shown(page)).toHaveCount(0);
    await expect(veil(page)).toHaveAccessibleName(/^Picture 1, hidden/);
    expect((await facts(page)).looks).toBe(1);
  });

  test('draws the picture itself while held, and in grey', async ({ page }) => {
    await hold(page);
    const drawn = await shown(page).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set<number>();
      for (let at = 0; at < data.length; at += 4000)
        colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
      return { width: canvas.width, colours: colours.size, filter: getComputedStyle(canvas).filter };
    });
    expect(drawn.width).toBeGreaterThan(300);
    expect(drawn.colours).toBeGreaterThan(3);
    expect(drawn.filter).toContain('grayscale(1)');
  });

  test('a slip shows nothing and asks for nothing', async ({ page }) => {
    await veil(page).focus();
    await page.keyboard.down(' ');
    await page.waitForTimeout(60);
    await page.keyboard.up(' ');
    await page.waitForTimeout(400);
    expect(await facts(page)).toEqual({ looks: 0, asked: 0, last: 0 });
  });

  test('key repeat never starts a hold', async ({ page }) => {
    await veil(page).evaluate((element) => {
      const key = { key: ' ', bubbles: true, repeat: true };
      for (let press = 0; press < 20; press += 1) element.dispatchEvent(new KeyboardEvent('keydown', key));
    });
    await page.waitForTimeout(400);
    expect((await facts(page)).asked).toBe(0);
  });

  test('is empty in the very task that hides it', async ({ page }) => {
    await hold(page);
    const left = await veil(page).evaluate((element) => {
      const canvas = element.querySelector<HTMLCanvasElement>('.veil__sharp')!;
      element.dispatchEvent(new KeyboardEvent('keyup', { key: ' ', bubbles: true }));
      return canvas.width * canvas.height;
    });
    expect(left).toBe(0);
    await page.keyboard.up(' ');
  });

  for (const [reason, leave] of [
    ['the window loses focus', () => window.dispatchEvent(new Event('blur'))],
    ['the page is left', () => window.dispatchEvent(new Event('pagehide'))],
    ['the tab is hidden', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['focus moves on', () => (document.activeElement as HTMLElement).blur()],
    ['the next picture comes', () => document.querySelectorAll<HTMLElement>('.stack .btn')[0]!.click()],
    ['everything is blurred', () => document.querySelectorAll<HTMLElement>('.stack .btn')[1]!.click()],
  ] as const) {
    test(`hides when ${reason}`, async ({ page }) => {
      await hold(page);
      await page.evaluate<unknown>(leave);
      await expect(shown(page)).toHaveCount(0, { timeout: 250 });
      // Still held: it must not come back by itself.
      await page.waitForTimeout(400);
      await expect(shown(page)).toHaveCount(0);
      expect((await facts(page)).asked).toBe(1);
      await page.keyboard.up(' ');
    });
  }
});

test('C08: hides by itself after 20 s and counts down to it', async ({ page, gallery }) => {
  await withStoppedClock(page, () => gallery('?state=veil-hidden'));
  await veil(page).focus();
  await page.keyboard.down(' ');
  await page.clock.runFor(250);
  await expect(shown(page)).toBeVisible();
  await expect(page.locator('.veil__clock')).toHaveText('20 s');
  await page.clock.runFor(15_000);
  await expect(page.locator('.veil__clock')).toHaveText('5 s');
  await page.clock.runFor(4_900);
  await expect(shown(page)).toBeVisible();
  await page.clock.runFor(200);
  await expect(shown(page)).toHaveCount(0);
  const { looks, last } = await facts(page);
  expect(looks).toBe(1);
  expect(last).toBeGreaterThanOrEqual(19_900);
  expect(last).toBeLessThan(20_400);
  await page.keyboard.up(' ');
});

test.describe('C08: the veil, held by pointer', () => {
  test.beforeEach(({ gallery }) => gallery('?state=veil-hidden'));

  test('shows on press and hold, also after the pointer has left it', async ({ page }) => {
    await veil(page).hover();
    await page.mouse.down();
    await expect(shown(page)).toBeVisible();
    await page.mouse.move(700, 700);
    await expect(shown(page)).toBeVisible();
    await page.mouse.up();
    await expect(shown(page)).toHaveCount(0);
  });
  test('hides on pointer cancel, and a right press shows nothing', async ({ page }) => {
    await veil(page).hover();
    await page.mouse.down();
    await expect(shown(page)).toBeVisible();
    await veil(page).dispatchEvent('pointercancel');
    await expect(shown(page)).toHaveCount(0);
    await page.mouse.up();
    await veil(page).click({ button: 'right', delay: 400 });
    expect((await facts(page)).asked).toBe(1);
  });
  test('C06: opens no menu, cannot be dragged, does not print', async ({ page }) => {
    const prevented = await veil(page).evaluate((element) =>
      ['contextmenu', 'dragstart'].map(
        (type) => !element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true })),
      ),
    );
    expect(prevented).toEqual([true, true]);
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.veil__thumb')).toBeHidden();
  });
});

test('C07: what lies under the veil has at most 24 pixels a side, grey and blurred', async ({
  page,
  gallery,
}) => {
  await gallery();
  const layers = await page.locator('.veil__thumb').evaluateAll((all) =>
    all.map((element) => {
      const canvas = element as HTMLCanvasElement;
      return { edge: Math.max(canvas.width, canvas.height), filter: getComputedStyle(canvas).filter };
    }),
  );
  expect(layers.length).toBeGreaterThan(8);
  for (const { edge, filter } of layers) {
    expect(edge).toBeLessThanOrEqual(24);
    expect(filter).toMatch(/grayscale\(1\) blur\([1-9]/);
  }
});

test('press once: shows on press, hides on the next, by key and pointer', async ({ page, gallery }) => {
  await gallery('?state=veil-press');
  await veil(page).focus();
  for (const act of [
    () => page.keyboard.press(' '),
    () => page.keyboard.press('Enter'),
    () => veil(page).click(),
  ]) {
    await act();
    await expect(shown(page)).toBeVisible();
    await act();
    await expect(shown(page)).toHaveCount(0);
  }
  expect((await facts(page)).looks).toBe(3);
});

test('colour only where grey was switched off', async ({ page, gallery }) => {
  await gallery('?state=veil-colour');
  await hold(page);
  expect(await shown(page).evaluate((element) => getComputedStyle(element).filter)).toBe('none');
  await page.keyboard.up(' ');
});

test('a picture that cannot be brought says so and can be tried again', async ({ page, gallery }) => {
  await gallery('?state=veil-failing');
  await veil(page).focus();
  await page.keyboard.down(' ');
  await expect(veil(page)).toContainText('Could not be shown. Try again');
  await expect(shown(page)).toHaveCount(0);
  await page.keyboard.up(' ');
});

test('C01: a released picture leaves no pixels in the page', async ({ page, gallery }) => {
  await gallery('?state=veil-released');
  await expect(page.getByRole('group', { name: 'Picture 1, released' })).toContainText(
    'Needs specialist review',
  );
  await expect(page.locator('.veil canvas, .veil img')).toHaveCount(0);
});
