/** The prompt journey: type, see bars and verdict, find what is hidden. */
import { expect, lane, open, panel, prompt, test, verdict } from './stage';

test('a word that fires: bars, verdict, sentence, rule and disagreement', async ({ page, stage }) => {
  await open(page, stage.url);
  await prompt(page).pressSequentially('Two crates of pineapple on the quay');
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  await expect(lane(page, 'Prompt').locator('.say')).toContainText(
    /Pineapple stand-in scores pineapple 0\.9\d, at or above your block line of 0\.70\. Lenient stand-in says Clear\./,
  );
  await expect(lane(page, 'Prompt').getByText('Models disagree')).toBeVisible();
  await expect(lane(page, 'Prompt')).toContainText('Underlined words pushed the score');
  await expect(panel(page, 'Pineapple stand-in')).toContainText(/Block: pineapple 0\.9\d ≥ 0\.70\./);
  await expect(panel(page, 'Lenient stand-in')).toContainText(
    /Clear: pineapple 0\.9\d is under the review line of 0\.98/,
  );
  await expect(panel(page, 'Pineapple stand-in')).toContainText(/WASM exact · \d+(\.\d)? ms/);
  await prompt(page).fill('Two crates of lemons');
  await expect(verdict(page, 'Prompt')).toHaveText('Clear');
  await expect(lane(page, 'Prompt').getByText('Models disagree')).toHaveCount(0);
});

test('U01: a hidden character is found, shown, and the worse reading counts', async ({ page, stage }) => {
  await open(page, stage.url);
  await page.getByRole('button', { name: 'Hidden', exact: true }).click();
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  await expect(panel(page, 'Pineapple stand-in')).toContainText(
    'once hidden characters and letter tricks are undone',
  );
  const chips = page.getByRole('button', { name: /2 hidden characters/ });
  await chips.click();
  await expect(lane(page, 'Prompt').getByText('U+200B').first()).toBeVisible();
  await chips.click();
  expect(await prompt(page).inputValue()).toContain('pine\u200bapple');
});

test('the starter text model answers in the same place', async ({ page }) => {
  await open(page, '/');
  await page.getByRole('button', { name: 'Poster' }).click();
  await expect(verdict(page, 'Prompt')).toHaveText('Clear');
  await expect(lane(page, 'Prompt').locator('.score__value').first()).toHaveText(/^0\.\d\d/);
  await page.getByRole('button', { name: 'Clear the prompt' }).click();
  await page.getByRole('button', { name: 'Grumble' }).click();
  await expect(lane(page, 'Prompt').locator('.say')).toContainText(/scores .* your (review|block)/);
  await expect(lane(page, 'Prompt')).toContainText(/Underlined words pushed|No single word pushed/);
});

test('nothing moves while typing', async ({ page, stage }) => {
  await open(page, stage.url);
  await prompt(page).focus();
  const boxes = () =>
    page.locator('.panel, .say, .lane, .score, .prompt, .veil, .drop').evaluateAll((all) =>
      all.map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        return [x, y, width, height].map(Math.round).join();
      }),
    );
  const before = await boxes();
  for (const word of ['A ', 'pineapple', ' on', ' a\u200b', ' plate']) {
    await page.keyboard.type(word);
    await page.waitForTimeout(60);
    expect(await boxes()).toEqual(before);
  }
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  expect(await boxes()).toEqual(before);
});

test('U10: a pasted megabyte is scored whole while the page stays responsive', async ({ page, stage }) => {
  test.setTimeout(120_000);
  await open(page, stage.url);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({
      type: 'longtask',
    });
  });
  await prompt(page).focus();
  await page.evaluate(() => {
    const text = `${'lemons and pears on a plate, again and again. '.repeat(23_000)}pineapple`;
    document.execCommand('insertText', false, text);
  });
  await page.keyboard.press('End');
  const started = Date.now();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  const frame = Date.now() - started;
  await expect(verdict(page, 'Prompt')).toHaveText('Block', { timeout: 90_000 });
  await expect(lane(page, 'Prompt')).toContainText(/1,058,009 characters, \d+ windows/);
  expect(await page.locator('*').count()).toBeLessThan(3_000);
  const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
  test.info().annotations.push({
    type: 'measured',
    description: `1 MB: frame ${frame} ms, longest task ${longest} ms`,
  });
  expect(frame).toBeLessThan(2_000);
  // Chromium alone takes 0.3 s to lay a megabyte out in a bare textarea; with dir="auto" on it, 4 s.
  expect(longest).toBeLessThan(1_500);
});

test('U13: of a long text, the window that decided can be gone to', async ({ page, stage }) => {
  await open(page, stage.url);
  const filler = 'The boats leave the harbour at six. '.repeat(200);
  await prompt(page).fill(`${filler}A crate of pineapple. ${filler}`);
  await expect(verdict(page, 'Prompt')).toHaveText('Block');
  await page.getByRole('button', { name: /^Go to window \d+$/ }).click();
  const selected = await prompt(page).evaluate((area: HTMLTextAreaElement) =>
    area.value.slice(area.selectionStart, area.selectionEnd),
  );
  expect(selected).toContain('pineapple');
  expect(selected.length).toBeLessThanOrEqual(2_000);
});
