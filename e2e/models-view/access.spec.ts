/** The Models screen by keyboard alone, to a screen reader, and checked by axe, on the real build. */
import type { Page } from '@playwright/test';
import { violationsOf } from '../support/axe';
import {
  card,
  chooseOwn,
  dialog,
  expect,
  filesOf,
  installOwn,
  largeModel,
  list,
  open,
  row,
  test,
} from './stage';

const VIT = filesOf('timm-vit');

const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
  );

test('Y02: install, put on the bench and delete by keyboard; the focus is never lost', async ({
  page,
  url,
}) => {
  await open(page, url);
  await page.getByRole('button', { name: 'Add your own model' }).focus();
  await page.keyboard.press('Enter');
  const picker = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: 'Choose files of your model' }).focus();
  await page.keyboard.press('Enter');
  await (await picker).setFiles(VIT);
  await expect(dialog(page).getByText('Read from config.json')).toBeVisible();
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).focus();
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  const mine = list(page, 'Ready').getByRole('article', { name: 'By keyboard', exact: true });
  await expect(mine).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => focused(page)).not.toBe('');

  await mine.getByRole('button', { name: 'By keyboard on the bench' }).focus();
  await page.keyboard.press(' ');
  await expect(mine.getByRole('button', { name: 'By keyboard on the bench' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Delete By keyboard');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('Delete By keyboard');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  // That it was closed before may be told only now.
  await page.evaluate(() => document.querySelector('dialog[open]')!.dispatchEvent(new Event('close')));
  await dialog(page)
    .getByRole('button', { name: /^Delete \d/ })
    .focus();
  await page.keyboard.press('Enter');
  await expect(row(page, 'By keyboard')).toHaveCount(0);
  // Its row is gone: the focus is on the first one, not on nothing.
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches('[data-pick]'))).toBe(true);
});

test('Y04: an installation is announced at most once in five seconds, a refusal once', async ({
  page,
  url,
  folder,
}) => {
  test.slow();
  await open(page, url);
  await page.evaluate(() => {
    const heard: { at: number; kind: string; text: string }[] = [];
    Object.assign(window, { heard });
    for (const region of document.querySelectorAll('[data-live]'))
      new MutationObserver(() =>
        heard.push({
          at: performance.now(),
          kind: region.getAttribute('data-live')!,
          text: region.textContent ?? '',
        }),
      ).observe(region, { childList: true, characterData: true, subtree: true });
  });
  await installOwn(page, 'Announced', largeModel(folder));
  await chooseOwn(page, VIT);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Refused');
  await dialog(page).getByRole('textbox', { name: 'Size in pixels' }).fill('128');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(row(page, 'Refused')).toContainText('Not installed.', { timeout: 30_000 });
  type Heard = { at: number; kind: string; text: string };
  const allHeard = () => page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
  // What waits for its five seconds is said in the end.
  await expect
    .poll(async () => (await allHeard()).map(({ text }) => text), { timeout: 30_000 })
    .toContain('Announced is installed.');
  const heard = await allHeard();
  const polite = heard.filter(({ kind }) => kind === 'polite');
  for (const [at, each] of polite.entries())
    if (at > 0) expect(each.at - polite[at - 1]!.at).toBeGreaterThan(4_900);
  expect(heard.filter(({ kind }) => kind === 'assertive').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Refused was not installed\./),
  ]);
});

/** Brings the screen to a state, and back to where the next can begin. */
interface State {
  readonly bring: (page: Page) => Promise<void>;
  readonly leave?: (page: Page) => Promise<void>;
}

const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
};

const STATES: Readonly<Record<string, State>> = {
  'as it opens': { bring: async () => {} },
  'files over the window': {
    bring: async (page) => {
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'model.safetensors'));
        document.body.dispatchEvent(
          new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }),
        );
      });
      await expect(page.locator('.shelf[data-over]')).toBeVisible();
    },
    leave: async (page) => {
      await page.reload();
      await expect(row(page, 'Red stand-in')).toBeVisible();
    },
  },
  'a card to install from files': {
    bring: async (page) => {
      await row(page, 'Marqo NSFW 384')
        .getByRole('button', { name: /show its card/ })
        .click();
      await card(page)
        .getByRole('radio', { name: /Files on this machine/ })
        .check();
      await expect(
        card(page).getByRole('button', { name: 'Choose folder for Marqo NSFW 384' }),
      ).toBeVisible();
    },
  },
  'an own model filled in': { bring: (page) => chooseOwn(page, VIT), leave: closeDialog },
  'an installed model': {
    bring: async (page) => {
      await installOwn(page, 'Stand-in', VIT);
      await row(page, 'Stand-in').getByRole('button', { name: 'Stand-in on the bench' }).click();
      await expect(row(page, 'Stand-in')).toContainText('Check passed', { timeout: 60_000 });
    },
  },
  deleting: {
    bring: async (page) => {
      await row(page, 'Stand-in').getByRole('button', { name: 'Delete Stand-in' }).click();
      await expect(dialog(page)).toBeVisible();
    },
  },
};

test('Y01, Y05: models, in every state', async ({ page, url }) => {
  // Six states, each seen by axe twice.
  test.setTimeout(240_000);
  await open(page, url);
  for (const [name, { bring, leave }] of Object.entries(STATES))
    await test.step(name, async () => {
      await page.setViewportSize({ width: 1280, height: 720 });
      await bring(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect(await violationsOf(page, colorScheme), `${name}, ${colorScheme}`).toEqual([]);
      }
      for (const width of [768, 360, 320]) {
        await page.setViewportSize({ width, height: 720 });
        const scroll = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(scroll, `${name}, ${width} px`).toBe(0);
      }
      await leave?.(page);
    });
});
