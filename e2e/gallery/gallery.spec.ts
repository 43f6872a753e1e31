import type { Page } from '@playwright/test';
import { violationsOf } from '../support/axe';
import { expect, test } from './serve';

/** What covers the page, and the button that opens it. */
const overlays = [
  ['palette', 'Open the palette'],
  ['dialog-help', 'Open help'],
  ['dialog-enforced', 'Open enforcement'],
  ['dialog-limits', 'Open limits'],
  ['dialog-models', 'Open models'],
  ['dialog-column', 'Choose a column'],
  ['toast', 'Show a message'],
  ['toast', 'Show a failure'],
  ['bulk', 'Decide many'],
  ['toast-question', 'Ask why'],
] as const;

const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['forced colours', { colorScheme: 'dark', forcedColors: 'active' }],
  ['more contrast', { colorScheme: 'light', contrast: 'more' }],
] as const;

async function violations(page: Page, look: string): Promise<string[]> {
  // A fade that is still running reads as too little contrast.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finish())));
  return violationsOf(page, look);
}

test('Y01: what is wrong with a page is found, also what only its colours are', async ({ page, gallery }) => {
  await gallery('?state=shell');
  await page.evaluate(() => {
    const main = document.querySelector('main')!;
    main.append(document.createElement('button'));
    const faint = main.appendChild(document.createElement('p'));
    Object.assign(faint.style, { color: '#999', background: '#aaa' });
    faint.textContent = 'Too faint';
  });
  expect((await violations(page, 'light')).map((each) => each.split(':')[0])).toEqual(
    expect.arrayContaining(['button-name', 'color-contrast']),
  );
  expect((await violations(page, 'dark')).map((each) => each.split(':')[0])).toEqual(['color-contrast']);
});

for (const [name, media] of looks) {
  test(`Y01, Y06: axe finds nothing in any state, ${name}`, async ({ page, gallery }) => {
    test.slow();
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    await gallery();
    expect(await page.locator('section[data-state]').count()).toBeGreaterThanOrEqual(25);
    expect(await violations(page, name)).toEqual([]);
    for (const state of ['film-500', 'shell', 'shell-coming']) {
      await gallery(`?state=${state}`);
      expect(await violations(page, name), state).toEqual([]);
    }
    for (const [state, button] of overlays) {
      await gallery(`?state=${state}`);
      await page.getByRole('button', { name: button }).click();
      expect(await violations(page, name), button).toEqual([]);
    }
    await gallery('?state=prompt-marks');
    await page.getByRole('button', { name: '1 hidden character' }).click();
    expect(await violations(page, name)).toEqual([]);
    await gallery('?state=veil-hidden');
    await page.locator('.veil').focus();
    await page.keyboard.down(' ');
    await expect(page.locator('.veil__sharp')).toBeVisible();
    expect(await violations(page, name)).toEqual([]);
  });
}

for (const width of [1440, 768, 360, 320]) {
  test(`Y05: nothing runs over at ${width} px, in either direction, also with text twice as large`, async ({
    page,
    gallery,
  }) => {
    test.slow();
    await page.setViewportSize({ width, height: 800 });
    for (const query of ['?', '?dir=rtl', '?state=shell', '?state=shell-coming']) {
      await gallery(query);
      for (const size of ['100%', '200%']) {
        await page.evaluate((fontSize) => {
          document.documentElement.style.fontSize = fontSize;
        }, size);
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        // The bar's places are words in a row; at twice the size they need the narrow layout, which zoom gives and text size does not.
        if (query.includes('shell') && size === '200%') continue;
        expect(wide, `${query} ${size}`).toBe(0);
        expect(await runsOver(page), `${query} ${size}`).toEqual([]);
      }
    }
  });
}

/** Words wider than the box they stand in. Boxes that scroll or end in an ellipsis are meant to. */
function runsOver(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(
      'body *:not(script, svg, svg *, canvas, option)',
    )) {
      if (element.closest('.sr, .film, .prompt__layers, dialog:not([open]), .skip')) continue;
      const { overflowX, display } = getComputedStyle(element);
      if (overflowX !== 'visible' || display.startsWith('inline') || element.clientWidth === 0) continue;
      // Marks stand half outside their axis; the film's focus ring does so of its box; the gallery's own sheet holds both.
      if (
        element.matches('.rail, .score--rail, .scores, .thumb, .track, .seg__item, .sheet, .sheet > section')
      )
        continue;
      if (element.scrollWidth > element.clientWidth + 1)
        found.push(
          `${element.tagName}.${element.className}: ${element.scrollWidth} in ${element.clientWidth}`,
        );
    }
    return found;
  });
}

for (const width of [1440, 360]) {
  test(`Y03: every target is at least 24 px each way at ${width} px`, async ({ page, gallery }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const query of ['?', '?state=shell']) {
      await gallery(query);
      const small = await page.evaluate(() => {
        const targets = document.querySelectorAll<HTMLElement>(
          'a[href], button, input:not([type="file"], [type="radio"], .settings__check > *), textarea, label.seg__item, label.settings__check, [role="slider"], [role="option"]',
        );
        return [...targets]
          .filter((element) => element.checkVisibility() && !element.matches('.skip, p .link'))
          .map((element) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width < 24 || box.height < 24)
          .map(
            ({ element, box }) =>
              `${element.className} ${element.textContent}: ${box.width} by ${box.height}`,
          );
      });
      expect(small).toEqual([]);
    }
  });
}

test('nothing moves but the answer: boxes stay where they are as scores arrive', async ({
  page,
  gallery,
}) => {
  await gallery('?state=scores-arriving');
  const boxes = () =>
    page.locator('.score, .score__label, .track, .score__value, .tick').evaluateAll((all) =>
      all.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.className} ${x} ${y} ${width} ${height}`;
      }),
    );
  await page.waitForTimeout(400); // past the delay of the sweep
  const first = await boxes();
  const rows = first.filter((box) => box.startsWith('score '));
  for (let step = 0; step < 4; step += 1) {
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForTimeout(350);
    const now = await boxes();
    expect(now.filter((box) => box.startsWith('score '))).toEqual(rows);
    // A label without risk has its thin track only once it is known to carry none; its column stays.
    const moved = now.filter((box) => !first.includes(box));
    for (const box of moved) expect(box).toMatch(/^track /);
  }
});

test('Y08: in greyscale the four verdicts are four shapes', async ({ page, gallery }) => {
  await gallery('?state=verdicts');
  await page.addStyleTag({ content: 'html { filter: grayscale(1); }' });
  const drawings: Buffer[] = [];
  for (const verdict of ['clear', 'review', 'block', 'needs-review'])
    drawings.push(
      await page
        .locator(`.verdict[data-verdict="${verdict}"][data-bare] .i`)
        .first()
        .screenshot({ scale: 'css' }),
    );
  const apart = await page.evaluate(
    async (pictures) => {
      const pixels = await Promise.all(
        pictures.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(14, 14).getContext('2d')!;
          context.drawImage(bitmap, 0, 0, 14, 14);
          return context.getImageData(0, 0, 14, 14).data;
        }),
      );
      const shares: number[] = [];
      for (const [index, a] of pixels.entries())
        for (const b of pixels.slice(index + 1)) {
          let differ = 0;
          for (let at = 0; at < a.length; at += 4) if (Math.abs(a[at]! - b[at]!) > 48) differ += 1;
          shares.push(differ / (a.length / 4));
        }
      return shares;
    },
    drawings.map((drawing) => drawing.toString('base64')),
  );
  expect(apart).toHaveLength(6);
  for (const share of apart) expect(share).toBeGreaterThan(0.05);
});

test('Y07: with reduced motion nothing is animated', async ({ page, gallery }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await gallery();
  await page.waitForTimeout(500);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('a theme is the root’s color-scheme and nothing else', async ({ page, gallery }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await gallery('?theme=dark&state=verdicts');
  expect(await ground()).toBe('rgb(17, 19, 18)');
  await gallery('?theme=light&state=verdicts');
  expect(await ground()).toBe('rgb(244, 244, 241)');
});
