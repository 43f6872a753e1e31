/** The Triage screen with an item in every state: axe, targets, focus, narrow screens, and what is said about each. */
import type { Page } from '@playwright/test';
import { violationsOf } from '../support/axe';
import { expect, test } from './serve';

const row = (page: Page, name: string) => page.locator('.grid__run > .grid__row').filter({ hasText: name });
const review = (page: Page) => page.getByRole('complementary', { name: 'Review' });
const show = (name: string) => async (page: Page) => {
  await row(page, name).click();
  await expect(review(page)).toBeVisible();
};

/** What is done, and by what it can be told. Each goes on from the one before. */
const STATES: readonly (readonly [string, (page: Page) => Promise<void>, string])[] = [
  ['nothing chosen', async () => {}, 'Press J to begin'],
  ['a picture', show('blocked.png'), 'Hidden. Hold to reveal'],
  ['a concern', show('concern.png'), 'Possible child-safety concern'],
  ['not saved', show('not-saved.png'), 'Not saved. The disk is full.'],
  ['a conflict', show('conflict.png'), 'Another tab decided this item first'],
  ['needs review', show('unreadable.png'), 'The decoder stopped after 10 s'],
  ['waiting', show('waiting.png'), 'Not every model has answered yet.'],
  ['a text', show('prompts.csv'), 'A text about a quay'],
  ['a text, covered', (page) => page.evaluate(() => hooks.cover()), 'Hidden. Hold to read'],
];

/** What is another once another item is chosen. The whole page is looked at before the first and after the last. */
const CHANGED = '.review, .grid__row[data-current], .note';

async function opened(page: Page, gallery: (query?: string) => Promise<void>, query: string): Promise<void> {
  page.setDefaultTimeout(15_000);
  await gallery(query);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

/** Of everything that can be pressed: smaller than 24 px one way, links within sentences apart (2.5.8). */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'a[href], button, input:not([type=file], [type=radio], [type=checkbox]), select, .settings__check, .seg__item, [role=slider]',
      ),
    ]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches('.skip, p .link'))
      .map((each) => ({ each, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 23.5 || box.height < 23.5))
      .map(({ each, box }) => `${each.outerHTML.slice(0, 90)} ${box.width} × ${box.height}`),
  );
}

/** 2.4.11: of what has the focus, something must be in sight. Goes through the whole screen by Tab. */
async function hiddenFocus(page: Page): Promise<string[]> {
  const hidden: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let step = 0; step < 90; step++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return 'end';
      const { left, top, width, height } = at.getBoundingClientRect();
      const sees = [0.15, 0.5, 0.85].some((x) =>
        [0.15, 0.5, 0.85].some((y) => {
          const hit = document.elementFromPoint(left + width * x, top + height * y);
          return hit !== null && (at.contains(hit) || hit.contains(at) || hit.closest('label')?.contains(at));
        }),
      );
      return sees ? '' : at.outerHTML.slice(0, 120);
    });
    if (found === 'end') break;
    if (found) hidden.push(found);
  }
  return hidden;
}

/** Words or controls that no scrolling of the page's own parts brings into sight, and boxes beyond its right edge. */
function lost(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main *')]
      .filter(
        (each) =>
          each.checkVisibility({ visibilityProperty: true }) &&
          each.getBoundingClientRect().right > innerWidth + 1 &&
          !each.closest('.filters, .sr, .tick, .thumb, .veil'),
      )
      .map((each) => each.outerHTML.slice(0, 120))
      .slice(0, 4),
  );
}

test('Y01, Y06: axe finds nothing in any state of an item, light, dark and in forced colours', async ({
  page,
  gallery,
}) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await opened(page, gallery, '?state=triage-run');
  for (const [name, act, words] of STATES)
    await test.step(name, async () => {
      await act(page);
      await expect(review(page)).toContainText(words);
      for (const [look, media] of [
        ['light', { colorScheme: 'light' }],
        ['dark', { colorScheme: 'dark' }],
        ['forced colours', { colorScheme: 'dark', forcedColors: 'active' }],
      ] as const) {
        await page.emulateMedia({ forcedColors: 'none', ...media });
        const within = name === 'nothing chosen' ? undefined : CHANGED;
        expect(await violationsOf(page, look, within), `${name}, ${look}`).toEqual([]);
      }
      await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    });
  await test.step('C10: a break is due, and taken', async () => {
    await page.evaluate(() => hooks.looks());
    await expect(page.locator('.breaknote')).toHaveCount(0);
    await show('cleared.png')(page);
    const note = page.locator('.work__end > .breaknote');
    await expect(note).toContainText('You have revealed 40 pictures since your last break.');
    expect(await violationsOf(page)).toEqual([]);
    await note.getByRole('button', { name: 'Hide list' }).click();
    await expect(page.getByRole('heading', { name: 'A break' })).toBeVisible();
    await expect(page.locator('.grid')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Go on' })).toBeFocused();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(row(page, 'cleared.png')).toHaveAttribute('aria-selected', 'true');
    await expect(note).toHaveCount(0);
  });
  await test.step('dialogs', async () => {
    for (const [button, title] of [
      ['Export', 'Export'],
      ['Columns and views', 'Columns and views'],
    ] as const) {
      await page.locator('.runbar, .filters').getByRole('button', { name: button, exact: true }).click();
      await expect(page.getByRole('dialog', { name: title })).toBeVisible();
      expect(await violationsOf(page), title).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
  await opened(page, gallery, '?state=triage-settings');
  expect(await violationsOf(page)).toEqual([]);
});

test('Y03, Y05, Y07, Y08: targets, focus, narrow screens, no motion, and no verdict by colour alone', async ({
  page,
  gallery,
}) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await opened(page, gallery, '?state=triage-run');

  await test.step('Y08: each row says its state in words, and whether its picture is hidden', async () => {
    const said = async (name: string) => (await row(page, name).innerText()).replace(/\s+/g, ' ');
    expect(await said('blocked.png')).toMatch(/Block.*Blocked/);
    expect(await said('cleared-against.png')).toMatch(/Block.*Cleared/);
    expect(await said('concern.png')).toMatch(/concern, picture released.*Concern/);
    expect(await said('not-saved.png')).toMatch(/Block.*Not saved/);
    expect(await said('conflict.png')).toMatch(/Block.*Other tab/);
    expect(await said('alike-1.png')).toMatch(/2 alike.*Block/);
    expect(await said('skipped.png')).toMatch(/Review.*Skipped/);
    expect(await said('escalated.png')).toMatch(/Review.*Escalated/);
    expect(await said('unreadable.png')).toMatch(/Needs review/);
    await expect(row(page, 'waiting.png').locator('.verdict')).toBeVisible();
    await expect(row(page, 'blocked.png').locator('.grid__thumb')).toHaveAttribute(
      'aria-label',
      'Picture 1, hidden',
    );
    await expect(row(page, 'concern.png').locator('.grid__thumb')).toHaveAttribute(
      'aria-label',
      'Picture 3, released',
    );
    await expect(row(page, 'concern.png').locator('canvas')).toHaveCount(0);
    await row(page, 'blocked.png').click();
    await expect(review(page).locator('button.veil')).toHaveAccessibleName(/^Picture 1, hidden/);
  });

  await test.step('C04: what is on the list says so', async () => {
    await expect(page.getByText('Listed', { exact: true })).toHaveCount(0);
    await page.evaluate(() => hooks.list());
    await expect(page.locator('.grid__row').getByText('Listed', { exact: true })).toHaveCount(1);
  });

  await test.step('Y07: nothing moves', async () => {
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  for (const width of [1440, 360])
    await test.step(`Y03: targets and focus at ${width} px`, async () => {
      await page.setViewportSize({ width, height: 900 });
      expect(await smallTargets(page), 'targets').toEqual([]);
      expect(await hiddenFocus(page), 'focus').toEqual([]);
    });

  // 1280 px wide at 200 % and 400 %, and the narrow screens.
  for (const [width, height] of [
    ...[[768, 900] as const, [640, 480] as const, [360, 740] as const, [320, 256] as const],
  ])
    await test.step(`Y05: nothing is lost at ${width} × ${height}`, async () => {
      await page.setViewportSize({ width, height });
      expect(await lost(page)).toEqual([]);
      for (const name of ['concern.png', 'unreadable.png']) {
        await row(page, name).click();
        await expect(row(page, name)).toHaveAttribute('aria-selected', 'true');
        await row(page, name).click();
        await expect(review(page)).toBeVisible();
        expect(await lost(page)).toEqual([]);
        // The decisions can be reached whatever the height.
        await page.getByRole('button', { name: 'Mark a concern' }).scrollIntoViewIfNeeded();
        await expect(page.getByRole('button', { name: 'Mark a concern' })).toBeInViewport();
        const close = review(page).getByRole('button', { name: 'Close review' });
        if (await close.isVisible()) await close.click();
      }
    });

  await test.step('Y03: by keyboard the row stays in sight, between the bar and the dock', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('grid').focus();
    for (const key of ['End', 'k', 'k', 'Home', 'j', 'End']) {
      await page.keyboard.press(key);
      await expect
        .poll(() =>
          page.evaluate(() => {
            const box = (of: string) => document.querySelector(of)!.getBoundingClientRect();
            const { top, bottom } = box('.grid__row[data-current]');
            return top >= box('.work').top - 1 && bottom <= box('.work__end').top + 1;
          }),
        )
        .toBe(true);
    }
  });

  await test.step('Y03, Y05: settings on a narrow screen', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await opened(page, gallery, '?state=triage-settings');
    expect(await smallTargets(page)).toEqual([]);
    expect(await lost(page)).toEqual([]);
  });
});

test('WCAG 2.1.1: what scrolls takes the scrolling keys while it has the focus; elsewhere they move on', async ({
  page,
  gallery,
}) => {
  await page.setViewportSize({ width: 1440, height: 620 });
  await opened(page, gallery, '?state=triage-run');
  await row(page, 'prompts.csv').click();
  const text = review(page).getByRole('region', { name: /^Text/ });
  await text.focus();
  await expect(text).toBeFocused();
  const from = await text.evaluate((each) => each.scrollTop);
  await page.keyboard.press('PageDown');
  await expect.poll(() => text.evaluate((each) => each.scrollTop)).toBeGreaterThan(from);
  await expect(row(page, 'prompts.csv')).toHaveAttribute('aria-selected', 'true');
  const scores = review(page).getByRole('region', { name: 'Scores' });
  await scores.focus();
  await page.keyboard.press('End');
  await expect(row(page, 'prompts.csv')).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await expect(row(page, 'prompts.csv')).toHaveAttribute('aria-selected', 'false');
});
