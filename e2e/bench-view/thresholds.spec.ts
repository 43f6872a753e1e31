/** Lines: moving them runs no inference; they persist, travel in the address, reset, and can be copied. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, lane, open, panel, prompt, test, verdict } from './stage';

const slider = (page: Page, which: 'Review' | 'Block') =>
  panel(page, 'Pineapple stand-in').getByRole('slider', { name: `${which} from, pineapple` });

test('moving a line changes the verdict at once and asks no worker', async ({ page, stage }) => {
  await page.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    Object.assign(window, { posted: 0 });
    Worker.prototype.postMessage = function (this: Worker, ...args: unknown[]) {
      (window as unknown as { posted: number }).posted++;
      return postMessage.apply(this, args as Parameters<typeof postMessage>);
    };
  });
  await open(page, stage.url);
  await prompt(page).fill('pineapple');
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  const posted = () => page.evaluate(() => (window as unknown as { posted: number }).posted);
  const before = await posted();
  expect(before).toBeGreaterThan(0);
  await slider(page, 'Block').focus();
  await page.keyboard.press('End');
  await expect(verdict(page, 'Prompt')).toHaveText('Review');
  await slider(page, 'Review').focus();
  await page.keyboard.press('End');
  await expect(verdict(page, 'Prompt')).toHaveText('Clear');
  await page.keyboard.press('Home');
  await expect(verdict(page, 'Prompt')).toHaveText('Review');
  expect(await posted()).toBe(before);
});

test('a line dragged by pointer stops at the other, and the bar above follows', async ({ page, stage }) => {
  await open(page, stage.url);
  const box = (await panel(page, 'Pineapple stand-in').locator('.rail').boundingBox())!;
  const at = (value: number) => [box.x + value * box.width, box.y + box.height / 2] as const;
  await page.mouse.move(...at(0.45));
  await page.mouse.down();
  await page.mouse.move(...at(0.9), { steps: 8 });
  await page.mouse.up();
  await expect(slider(page, 'Review')).toHaveAttribute('aria-valuenow', '0.7');
  await expect(slider(page, 'Block')).toHaveAttribute('aria-valuenow', '0.7');
});

test('lines persist, and a link carries them without carrying content', async ({ page, stage, browser }) => {
  await open(page, stage.url);
  await prompt(page).fill('a secret pineapple');
  await slider(page, 'Review').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(slider(page, 'Review')).toHaveAttribute('aria-valuenow', '0.4');
  await expect(page).toHaveURL(/#\/bench\?t=1;.*stand-in-pineapple:pineapple,0\.4,0\.7/);
  expect(page.url()).not.toContain('secret');
  await page.goto('about:blank');
  await open(page, stage.url);
  await expect(slider(page, 'Review')).toHaveAttribute('aria-valuenow', '0.4');
  await expect(page.getByText('The thresholds come from the link.')).toHaveCount(0);
  await expect(page).toHaveURL(/t=1;/);
  const other = await browser.newPage();
  await open(other, page.url());
  await expect(slider(other, 'Review')).toHaveAttribute('aria-valuenow', '0.4');
  await expect(other.getByText('The thresholds come from the link.')).toBeVisible();
  await other.getByRole('button', { name: 'Use my own' }).click();
  await expect(slider(other, 'Review')).toHaveAttribute('aria-valuenow', '0.45');
  await other.close();
});

test('X10: a hostile link changes nothing and says so', async ({ page, stage }) => {
  await open(page, `${stage.url}#/bench?t=1;stand-in-pineapple:pineapple,0.9,<img src=x onerror=alert(1)>`);
  await expect(page.getByText('The link’s thresholds were not used.')).toBeVisible();
  await expect(slider(page, 'Review')).toHaveAttribute('aria-valuenow', '0.45');
  await expect(page.locator('img')).toHaveCount(0);
});

test('reset goes back to the card, and can be undone', async ({ page, stage }) => {
  await open(page, stage.url);
  const reset = page.getByRole('button', { name: 'Reset Pineapple stand-in to its starting point' });
  await expect(reset).toHaveAttribute('aria-disabled', 'true');
  await slider(page, 'Block').focus();
  await page.keyboard.press('PageDown');
  await expect(slider(page, 'Block')).toHaveAttribute('aria-valuenow', '0.6');
  await reset.click();
  await expect(slider(page, 'Block')).toHaveAttribute('aria-valuenow', '0.7');
  await page.keyboard.press('Control+z');
  await expect(slider(page, 'Block')).toHaveAttribute('aria-valuenow', '0.6');
});

test('the copied policy follows its schema, and the copied code judges by the same lines', async ({
  page,
  stage,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, stage.url);
  await slider(page, 'Block').focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Copy as policy' }).click();
  await expect(page.getByText('Policy copied.').last()).toBeVisible();
  const policy = JSON.parse(await clipboard(page));
  const valid = new Ajv2020().compile(JSON.parse(readFileSync('public/policy.schema.json', 'utf8')));
  expect(valid(policy), JSON.stringify(valid.errors)).toBe(true);
  expect(policy.models['stand-in-pineapple'].rules[0]).toMatchObject({
    score: 'pineapple',
    review: 0.45,
    block: 1,
  });
  await page.getByRole('button', { name: 'Copy code' }).click();
  await expect(page.getByText('Code copied.').last()).toBeVisible();
  const code = await clipboard(page);
  writeFileSync(join(stage.overlay, 'copied.js'), code);
  writeFileSync(
    join(stage.overlay, 'copied-page.js'),
    "import { check } from './copied.js';\ncheck('a pineapple').then((verdict) => { document.title = JSON.stringify(verdict); }, (error) => { document.title = String(error); });\n",
  );
  writeFileSync(
    join(stage.overlay, 'copied.html'),
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>…</title><script type="module" src="copied-page.js"></script></html>',
  );
  await page.goto(`${stage.url}copied.html`);
  await expect(page).toHaveTitle(/"verdict":"review"/, { timeout: 30_000 });
});

async function clipboard(page: Page): Promise<string> {
  // The permissions policy denies reading to the app; a page without it may look.
  const reader = await page.context().newPage();
  await reader.goto('data:text/html,<textarea autofocus></textarea>');
  await reader.locator('textarea').focus();
  await reader.keyboard.press('Control+v');
  const text = await reader.locator('textarea').inputValue();
  await reader.close();
  return text;
}

test('S11: with storage denied the bench works and says that nothing is kept', async ({ page, stage }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await open(page, stage.url);
  await expect(page.getByText('Private mode.')).toBeVisible();
  await slider(page, 'Block').focus();
  await page.keyboard.press('End');
  await expect(slider(page, 'Block')).toHaveAttribute('aria-valuenow', '1');
  await expect(lane(page, 'Prompt')).toBeVisible();
});
