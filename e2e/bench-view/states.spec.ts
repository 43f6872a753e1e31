/** Every state of the bench that can be brought about: no axe violation, no sideways scroll, in both themes. */
import type { Page } from '@playwright/test';
import { violationsOf } from '../support/axe';
import { narrow, widen } from '../support/letters';
import { drop, GREEN, gif, plain, RED } from './files';
import { expect, judgedAll, open, prompt, type Stage, test, verdict } from './stage';

const STATES: Readonly<Record<string, (page: Page, stage: Stage) => Promise<void>>> = {
  'first view': async (page, { url }) => open(page, url),
  'prompt that blocks, models disagree': async (page, { url }) => {
    await open(page, url);
    await prompt(page).fill('A pineapple with pine\u200bapple');
    await expect(verdict(page, 'Prompt')).toHaveText('Block');
  },
  'hidden characters shown': async (page, { url }) => {
    await open(page, url);
    await prompt(page).fill('A pine\u200bapple');
    await page.getByRole('button', { name: /1 hidden character/ }).click();
  },
  'pictures of every verdict': async (page, { url }) => {
    await open(page, url);
    await drop(page, [plain('red.png', RED), plain('green.png', GREEN), gif('moving.gif', [RED, GREEN])]);
    await judgedAll(page, 3);
  },
  'picture that cannot be read': async (page, { url }) => {
    await open(page, url);
    await drop(page, [{ name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('words') }]);
    await judgedAll(page, 1);
  },
  'picture shown': async (page, { url }) => {
    await open(page, url);
    await drop(page, [plain('red.png', RED)]);
    await judgedAll(page, 1);
    await page.mouse.click(5, 400);
    await page.keyboard.down(' ');
    await expect(page.locator('.veil__sharp')).toBeVisible();
  },
  'undo offered': async (page, { url }) => {
    await open(page, url);
    await drop(page, [plain('red.png', RED)]);
    await judgedAll(page, 1);
    await page.keyboard.press('Delete');
    await expect(page.locator('.toast')).toBeVisible();
  },
  'files over the window': async (page, { url }) => {
    await open(page, url);
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
      document.body.dispatchEvent(
        new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }),
      );
    });
    await expect(page.locator('.drop[data-over]')).toBeVisible();
  },
  'thresholds from a link': async (page, { url }) =>
    open(page, `${url}#/bench?t=1;stand-in-pineapple:pineapple,0.1,0.12`),
  'a link that is no use': async (page, { url }) => open(page, `${url}#/bench?t=9`),
  'storage denied': async (page, { url }) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      }),
    );
    await open(page, url);
  },
  'a model that cannot be read': async (page, { url }) => {
    await page.context().route('**/stand-in-red.onnx', (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(url);
    await expect(page.getByText('Red stand-in could not be opened.')).toBeVisible({ timeout: 30_000 });
  },
  'no list of models': async (page, { url }) => {
    await page.context().route('**/manifest.json', (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(url);
    await expect(page.getByText('The models could not be listed.')).toBeVisible({ timeout: 30_000 });
  },
};

/** One after the other on the same page, each left by Escape or for another place. */
const VISITS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'add model': (page) => page.getByRole('button', { name: 'Add model' }).click(),
  'how this is enforced': (page) => page.getByRole('button', { name: 'How this is enforced' }).click(),
  'limits of each model': (page) => page.getByRole('button', { name: 'Limits of each model' }).click(),
  help: (page) => page.keyboard.press('?'),
  palette: async (page) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('the');
  },
  'palette without a result': async (page) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('qqq');
  },
  'no model in a lane': async (page) => {
    await page.getByRole('button', { name: 'Add model' }).click();
    await page.getByRole('button', { name: 'Red stand-in on the bench' }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByText('No model is on the bench for this.')).toBeVisible();
  },
  triage: (page) => go(page, 'triage'),
  evaluate: (page) => go(page, 'evaluate'),
  explore: (page) => go(page, 'explore'),
  models: async (page) => {
    await go(page, 'models');
    await expect(page.getByText('Red stand-in').first()).toBeVisible();
  },
};

async function go(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${place}`);
  await expect(page.locator(`a[aria-current][href$="${place}"]`).first()).toBeAttached();
}

for (const [name, bring] of Object.entries(STATES))
  test(`Y01, Y05: ${name}`, async ({ page, stage }) => {
    await bring(page, stage);
    await inspect(page);
  });

test('Y01, Y05: dialogs, the palette and the other places', async ({ page, stage }) => {
  test.slow();
  await open(page, stage.url);
  for (const [name, bring] of Object.entries(VISITS))
    await test.step(name, async () => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await bring(page);
      await inspect(page);
      await page.keyboard.press('Escape');
    });
});

/** No axe violation in both themes, and no sideways scroll on a narrow page. */
async function inspect(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violationsOf(page, colorScheme), colorScheme).toEqual([]);
  }
  for (const width of [768, 360, 320]) {
    await page.setViewportSize({ width, height: 720 });
    const { scroll, wide } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      wide: [...document.querySelectorAll('main *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.film, .sr'))
        .map((each) => each.outerHTML.slice(0, 100))
        .slice(0, 5),
    }));
    expect(scroll, `${width} px: ${wide.join('\n')}`).toBe(0);
  }
  await widen(page);
  for (const width of [768, 320]) {
    await page.setViewportSize({ width, height: 720 });
    const beyond = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(beyond, `${width} px, in wide letters`).toBe(0);
  }
  await narrow(page);
}

test('Y03: no target under 24 px, at 1440 and at 360', async ({ page, stage }) => {
  await open(page, stage.url);
  await drop(page, [plain('red.png', RED), plain('green.png', GREEN)]);
  await judgedAll(page, 2);
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          'button, a[href], input:not([type=file]), [role=slider], [role=option], textarea',
        ),
      ]
        .filter((each) => {
          const { width: w, height: h } = each.getBoundingClientRect();
          // Links within a sentence are exempt (2.5.8).
          return w > 0 && (w < 23.5 || h < 23.5) && !each.closest('p') && !each.matches('.skip');
        })
        .map(
          (each) =>
            `${each.outerHTML.slice(0, 90)} ${each.getBoundingClientRect().width} × ${each.getBoundingClientRect().height}`,
        ),
    );
    expect(small, `${width} px`).toEqual([]);
  }
});

test('Y06: verdicts and lines survive forced colours', async ({ page, stage }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page, stage.url);
  await prompt(page).fill('pineapple');
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  const border = await verdict(page, 'Prompt').evaluate((each) => getComputedStyle(each).borderTopWidth);
  expect(Number.parseFloat(border)).toBeGreaterThanOrEqual(3);
});
