/** The bench by keyboard alone, and keys that must not act. */
import type { Page } from '@playwright/test';
import { drop, GREEN, plain, RED } from './files';
import { expect, judgedAll, lane, open, options, panel, prompt, test, verdict } from './stage';

/** The focused element is on screen, unobscured, and wears a ring that its unfocused self does not. */
async function focusVisible(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return 'nothing has the focus';
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return `no size: ${element.outerHTML.slice(0, 80)}`;
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
    if (!top || !(element.contains(top) || top.contains(element)))
      return `covered: ${element.outerHTML.slice(0, 80)}`;
    const rings = [
      element,
      element.parentElement!,
      ...element.children,
      ...element.querySelectorAll('[aria-selected=true]'),
      ...[element.closest('.prompt__box, .seg__item')].filter((each) => each !== null),
    ];
    const ringed = rings.some((each) =>
      [undefined, '::before'].some((part) => {
        const style = getComputedStyle(each, part);
        return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
      }),
    );
    return ringed ? '' : `no ring: ${element.outerHTML.slice(0, 120)}`;
  });
  expect(seen).toBe('');
}

test('Y02: every control is reached by Tab with a visible focus, and Tab leads out again', async ({
  page,
  stage,
}) => {
  await open(page, stage.url);
  await drop(page, [plain('one.png', RED), plain('two.png', GREEN)]);
  await judgedAll(page, 2);
  await page.evaluate(() => (document.activeElement as HTMLElement)?.blur());
  const reached = new Set<string>();
  for (let step = 0; step < 120; step++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(
      () =>
        document.activeElement?.getAttribute('aria-label') ??
        document.activeElement?.textContent?.trim() ??
        '',
    );
    if (await page.evaluate(() => document.activeElement === document.body)) break;
    await focusVisible(page);
    reached.add(name);
  }
  for (const wanted of [
    'Skip to content',
    'Prompt',
    'Review from, pineapple',
    'Pictures on the bench',
    'Choose files',
  ])
    expect(
      [...reached].some((name) => name.includes(wanted)),
      wanted,
    ).toBe(true);
});

test('Y02: type, read, move a line, step through pictures, reveal, remove, undo', async ({ page, stage }) => {
  await open(page, stage.url);
  await page.keyboard.press('/');
  await expect(prompt(page)).toBeFocused();
  await page.keyboard.type('a pineapple / j k b ?');
  await expect(prompt(page)).toHaveValue('a pineapple / j k b ?');
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  await drop(page, [plain('one.png', RED), plain('two.png', GREEN)]);
  await judgedAll(page, 2);
  // Letters typed in the field were text, not commands.
  await expect(lane(page, 'Pictures').locator('.lane__meta')).toContainText('1 of 2');
  await panel(page, 'Red stand-in').getByRole('slider', { name: 'Block from' }).focus();
  await page.keyboard.press('End');
  await expect(verdict(page, 'Pictures')).toHaveText(/Review|Block/);
  await page.keyboard.press('j');
  await expect(lane(page, 'Pictures').locator('.lane__meta')).toContainText('2 of 2');
  await page.keyboard.press('Delete');
  await expect(options(page)).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(options(page)).toHaveCount(2);
});

test('help, palette and dialogs open by key, hold the keys while open, and give the focus back', async ({
  page,
  stage,
}) => {
  await open(page, stage.url);
  await drop(page, [plain('one.png', RED), plain('two.png', GREEN)]);
  await judgedAll(page, 2);
  await page.getByRole('button', { name: 'Copy code' }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Help and keys' })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.locator('.lane__meta')).toContainText('1 of 2');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Copy code' })).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('next pic');
  await page.keyboard.press('Enter');
  await expect(page.locator('.lane__meta')).toContainText('2 of 2');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('models');
  await expect(page.getByRole('option', { name: 'Models', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('press once is there for people who cannot hold', async ({ page, stage }) => {
  await open(page, stage.url);
  await page.keyboard.press('?');
  await page.getByRole('checkbox', { name: /Press once/ }).check();
  await page.keyboard.press('Escape');
  await drop(page, [plain('one.png', RED)]);
  await judgedAll(page, 1);
  await page.mouse.click(5, 400);
  await page.keyboard.press(' ');
  await expect(page.locator('.veil__sharp')).toBeVisible();
  await page.keyboard.press(' ');
  await expect(page.locator('.veil__sharp')).toHaveCount(0);
});

test('Y04: progress is announced at most once in five seconds, an error once', async ({ page, stage }) => {
  await open(page, stage.url);
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
  const bad = Array.from({ length: 6 }, (_, at) => ({
    name: `bad-${at}.txt`,
    type: 'text/plain',
    bytes: Buffer.from('words'),
  }));
  await drop(page, [
    ...bad,
    ...Array.from({ length: 10 }, (_, at) => plain(`${at}.png`, at % 2 ? RED : GREEN)),
  ]);
  for (let step = 0; step < 15; step++) {
    await page.keyboard.press('j');
    await page.waitForTimeout(100);
  }
  await judgedAll(page, 16);
  await page.waitForTimeout(5_500);
  type Heard = { at: number; kind: string; text: string };
  const heard = await page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
  const polite = heard.filter((each) => each.kind === 'polite');
  for (const [at, each] of polite.entries())
    if (at > 0) expect(each.at - polite[at - 1]!.at).toBeGreaterThan(4_900);
  expect(polite.length).toBeGreaterThan(0);
  expect(heard.filter((each) => each.kind === 'assertive')).toHaveLength(1);
});
