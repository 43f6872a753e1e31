/** The Models screen in every state that a row, a card or a dialog can be in: shown on a fake SDK. */
import type { Page } from '@playwright/test';
import { violationsOf } from '../support/axe';
import { expect, test } from './serve';

const click = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();

/** State of the gallery, and what to do in it first. */
const STATES: readonly (readonly [string, string, ((page: Page) => Promise<void>)?])[] = [
  ['loading', 'models-loading'],
  ['nothing installed', 'models-first'],
  ['every row', 'models-mixed'],
  ['card to install from files', 'models-first', click('Freepik EVA-02, show its card')],
  ['card of a gated model with a file picked', 'models-mixed', click('Qwen3 request guard, show its card')],
  ['card of a model being installed', 'models-mixed', click('Freepik EVA-02, show its card')],
  ['card of an installed model', 'models-mixed', click('Marqo 384, show its card')],
  ['card of a model that was refused', 'models-mixed', click('AdamCodd ViT-base, show its card')],
  ['card of a model that cannot be opened', 'models-mixed', click('Falconsai ViT-base, show its card')],
  ['a backend that failed its check', 'models-backends'],
  ['a machine that could not be measured', 'models-measuring'],
  ['what a source would send', 'models-look'],
  ['a source that is being asked', 'models-asking'],
  ['a mirror that tells sizes only', 'models-mirror'],
  ['a gated model', 'models-gated'],
  [
    'a token that is missing',
    'models-gated',
    async (page) => {
      await page
        .getByRole('region', { name: /^Install / })
        .getByRole('button', { name: 'Install' })
        .click();
      await expect(page.getByText('Paste a token')).toBeVisible();
    },
  ],
  ['a change at the source', 'models-changed'],
  ['failures', 'models-failures'],
  ['card of a change that was refused', 'models-failures', click('Freepik EVA-02, show its card')],
  ['downloads', 'models-downloads'],
  ['card of a model in another tab', 'models-downloads', click('AdamCodd ViT-base, show its card')],
  ['damaged models', 'models-damaged'],
  ['a model that the site has prepared', 'models-prepared'],
  ['a file that the source does not have', 'models-elsewhere'],
  ['offline', 'models-offline'],
  ['storage that is not promised', 'models-denied'],
  [
    'clearing, with runs of triage',
    'models-mixed',
    async (page) => {
      await click('Clear everything')(page);
      await expect(page.getByRole('dialog')).toContainText('2 runs, 1,204 decisions');
    },
  ],
  ['runs to export', 'models-denied', click('Export runs')],
  [
    'a repository',
    'models-repository',
    async (page) => {
      await click('Add from the Hub')(page);
      await page.getByLabel('Repository').fill('authors/pineapple-vit');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('radio', { name: /model_quantized/ })).toBeVisible();
    },
  ],
  ['embeddings scored', 'models-embeddings'],
  ['deleting', 'models-mixed', click('Delete Marqo 384')],
  ['own model', 'models-first', click('Add your own model')],
  [
    'own model with errors',
    'models-first',
    async (page) => {
      await click('Add your own model')(page);
      await page.getByRole('button', { name: 'Install', exact: true }).click();
      await expect(page.getByText('Give it a name to find it by.')).toBeVisible();
    },
  ],
];

const looks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['forced colours', { colorScheme: 'dark', forcedColors: 'active' }],
] as const;

for (const [name, state, act] of STATES)
  test(`Y01, Y03, Y05: models, ${name}`, async ({ page, gallery }) => {
    test.slow();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ ...looks[0][1], reducedMotion: 'reduce' });
    await gallery(`?state=${state}`);
    await expect(page.getByRole('heading', { name: 'Models', level: 1 })).toBeVisible();
    await act?.(page);
    for (const [look, media] of looks) {
      await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
      expect(await violationsOf(page, look), look).toEqual([]);
    }
    for (const width of [1440, 1024, 768, 360, 320])
      for (const size of ['100%', '200%']) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate((fontSize) => {
          document.documentElement.style.fontSize = fontSize;
        }, size);
        // The bar's places need the narrow layout at twice the size, which zoom gives and text size does not.
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll('main *, dialog[open], dialog[open] *')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.sr'))
            .map((each) => each.outerHTML.slice(0, 120))
            .slice(0, 3),
        );
        expect(wide, `${width} px, ${size}`).toEqual([]);
      }
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await smallTargets(page), `${width} px`).toEqual([]);
    }
  });

function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'main :is(a[href], button, select, label:has(input)), dialog[open] :is(button, select, label:has([type=radio]), input:not([type=file], [type=checkbox], [type=radio]))',
      ),
    ]
      .filter((element) => element.checkVisibility() && !element.closest('p'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ element, box }) => (box.width < 24 || box.height < 24) && !element.matches('.card__head a'))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)}: ${box.width} by ${box.height}`),
  );
}

test('every row is 64 px high or more, and the card stays in view while the list scrolls', async ({
  page,
  gallery,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await gallery('?state=models-mixed');
  const heights = await page
    .locator('.model')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(63);
  const { width } = (await page.locator('.card').boundingBox())!;
  expect(width).toBe(384);
  await page.evaluate(() => scrollTo(0, 140));
  const { y } = (await page.locator('.card').boundingBox())!;
  expect(y).toBeGreaterThanOrEqual(48);
  expect(y).toBeLessThan(900);
});

test('Y02: below 1024 px choosing a model leads to its card, by keyboard too', async ({ page, gallery }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await gallery('?state=models-mixed');
  await page.getByRole('button', { name: 'Marqo 384, show its card' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Card of Marqo 384' })).toBeFocused();
  await expect(page.locator('.card h2')).toBeInViewport();
});
