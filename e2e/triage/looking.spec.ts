/** How a run is looked at: what came in and what did not, filters, columns, views, and where a restart lands. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { unlike } from '../bench-view/files';
import { violationsOf } from '../support/axe';
import { DIST } from '../support/build';

const COUNT = 12;

/** A folder as people have them: neutral patterns, a table of prompts, and what is neither. */
function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'winnow-looking-'));
  mkdirSync(join(root, 'notes'));
  for (let at = 0; at < COUNT; at++) writeFileSync(join(root, `pattern-${at + 1}.png`), unlike(at));
  const rows = ['a-1,The lake is calm,Wide and blue', 'a-2,Bread needs salt,Warm and round'];
  writeFileSync(join(root, 'prompts.csv'), `id,text,other\n${rows.join('\n')}\n`);
  for (const name of ['tool.exe', 'notes/list.json', 'notes/page.html', 'Thumbs.db'])
    writeFileSync(join(root, name), 'x');
  return root;
}

const rows = (page: Page) => page.locator('.grid__run > .grid__row');
const query = (page: Page) => new URL(page.url()).hash.split('?')[1] ?? '';

/** Of the one run that the browser keeps. */
const placeOf = (page: Page): Promise<unknown> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('winnow-triage');
        request.onsuccess = () => {
          const got = request.result.transaction('triage').objectStore('triage').getAll();
          got.onsuccess = () =>
            resolve(
              got.result.flatMap((value) => (value as { now?: { place?: unknown } }).now?.place ?? [])[0],
            );
        };
      }),
  );

test('Y01, A15: a folder is filtered, looked at in a view of one’s own, and found again as it was left', async ({
  page,
}) => {
  test.slow();
  page.setDefaultTimeout(30_000);
  const server = await startServer({ dir: DIST });
  const root = folder();
  const axe = async (state: string) => expect(await violationsOf(page), state).toEqual([]);
  const all = COUNT + 2;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${server.url}#/triage`);
  await expect(page.getByText('Judged by Starter')).toBeVisible({ timeout: 30_000 });

  await test.step('what is left out is counted by reason, and listed on demand', async () => {
    await page.locator('input[type="file"][aria-label="Folder"]').setInputFiles(root);
    await expect(page.getByText(`${all} of ${all} judged`)).toBeVisible({ timeout: 60_000 });
    const words = '4 files were left out: 3 are neither pictures nor texts, 1 was hidden';
    await expect(page.locator('.leftout summary')).toContainText(words);
    await page.locator('.leftout summary').press('Enter');
    await expect(page.locator('.leftout')).toContainText('.exe 1');
  });

  await test.step('another column of the table, as long as nothing is decided; rows keep their names', async () => {
    await expect(rows(page).filter({ hasText: 'a-2' })).toHaveCount(1);
    await page.getByRole('button', { name: 'Change column' }).press('Enter');
    await page.getByRole('radio', { name: 'other' }).check();
    await expect(page.getByRole('region', { name: 'First rows' })).toContainText('a-1Wide and blue');
    await axe('changing the column');
    await page.getByRole('button', { name: 'Read it anew' }).press('Enter');
    await expect(page.getByText('Texts are read from column other, named by id.')).toBeVisible();
    await expect(page.getByText(`${all} of ${all} judged`)).toBeVisible({ timeout: 60_000 });
    await rows(page).filter({ hasText: 'a-1' }).click();
    await expect(page.locator('.review__text')).toContainText('Wide and blue');
  });

  await test.step('filters in a row that scrolls in itself; a count, and one way back to everything', async () => {
    await page.getByRole('button', { name: 'Filters', exact: true }).press('Enter');
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Texts');
    await expect(rows(page)).toHaveCount(2);
    await expect(page.locator('.filters__shown')).toContainText(`2 of ${all} shown`);
    await axe('filtering');
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      await page.getByRole('combobox', { name: 'Mark' }).scrollIntoViewIfNeeded();
      await page.getByRole('combobox', { name: 'Mark' }).selectOption('Models disagree');
      await expect(rows(page)).toHaveCount(0);
      await page.getByRole('combobox', { name: 'Mark' }).selectOption('Any');
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
    await expect(rows(page)).toHaveCount(all);
  });

  await test.step('columns and a view under a name', async () => {
    await page.getByLabel('Sort by').selectOption('Name');
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Pictures');
    await page.getByRole('button', { name: 'Columns and views' }).press('Enter');
    await page.getByRole('checkbox', { name: 'SHA-256' }).check();
    await page.getByRole('checkbox', { name: 'Number' }).uncheck();
    await expect(page.getByRole('columnheader', { name: 'SHA-256' })).toBeVisible();
    await expect(page.locator('.grid__head .grid__n')).toBeHidden();
    await page.getByPlaceholder('Name of this view').fill('By hash');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Shown now')).toBeVisible();
    await axe('columns and views');
    await page.getByRole('button', { name: 'Delete By hash' }).press('Enter');
    await expect(page.getByText('View By hash deleted.')).toBeVisible();
    await page.getByRole('button', { name: 'Undo', exact: true }).last().press('Enter');
    await expect(page.getByRole('button', { name: 'Show By hash' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('I15, S06: the view stands in the address, what is searched for does not; a reload lands there', async () => {
    await page.getByRole('searchbox').fill('pattern-1');
    await expect.poll(() => query(page)).toContain('sort=name');
    expect(query(page)).toContain('kind=image');
    expect(page.url()).not.toContain('pattern');
    await page.getByRole('searchbox').fill('');
    const chosen = rows(page).filter({ hasText: 'pattern-7.png' });
    await chosen.click();
    const number = /\d+/.exec((await chosen.locator('.grid__thumb').getAttribute('aria-label'))!)![0];
    // Written down where one rests.
    await expect
      .poll(() => placeOf(page))
      .toMatchObject({ item: `i${number}`, view: query(page).split('&columns')[0] });
    await page.goto('about:blank');
    await page.goto(`${server.url}#/triage`);
    await page
      .getByRole('button', { name: /^Go on with/ })
      .first()
      .click();
    await expect(rows(page)).toHaveCount(COUNT);
    await expect(page.getByLabel('Sort by')).toHaveValue('name');
    await expect(page.locator('.review__head h2')).toHaveText(`Picture ${number}`);
    await expect(page.getByRole('columnheader', { name: 'SHA-256' })).toBeVisible();
    await page.getByRole('button', { name: 'Filters, 1 on' }).waitFor();
    await expect.poll(() => query(page)).toContain('kind=image');
    // An address that somebody changes by hand shows what it says, also where the page was about to write its own.
    await page.getByLabel('Sort by').selectOption('size');
    await page.evaluate(() => {
      const due = performance.now() + 600;
      while (performance.now() < due);
      location.hash = `${location.hash.split('?')[0]}?kind=text`;
    });
    await expect(rows(page)).toHaveCount(2);
  });

  await test.step('a report on one page of A4: counts and hashes, no pictures and no names; no key decides meanwhile', async () => {
    await rows(page).first().click();
    await page.keyboard.press('a');
    await expect(page.locator('.deskbar')).toContainText('1 decided');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('report');
    await page.keyboard.press('Enter');
    const report = page.getByRole('article', { name: 'Run report' });
    await expect(report).toContainText(`${all} items: ${COUNT} pictures, 2 texts`);
    await expect(report.locator('section[data-part="Decisions"]')).toContainText('Cleared1');
    await expect(report).toContainText(/Chain of 1 record, which ends in [0-9a-f]{64}/);
    await expect(report).not.toContainText('pattern-');
    await expect(report.locator('img, canvas')).toHaveCount(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await axe(`report, ${colorScheme}`);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    const sideways = () => page.locator('.reporting').evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(await sideways()).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    const printed = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(printed.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await page.keyboard.press('x');
    await page.keyboard.press('Escape');
    await expect(page.locator('.deskbar')).toContainText('1 decided');
  });

  await test.step('a second pass by keyboard, without the first decision; the pseudonym goes into its record', async () => {
    await page.getByRole('button', { name: 'Settings of this run' }).press('Enter');
    await page.getByLabel('Your pseudonym').fill('Team B');
    await page.getByLabel('Second pass, in percent').fill('100');
    await axe('settings of the run');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Second pass, 1 due' }).press('Enter');
    await expect(page.locator('.second')).toContainText('1 left');
    await expect(page.locator('.second')).not.toContainText(/Cleared/);
    // Nor by the message about it, which stays for a while elsewhere.
    await expect(page.locator('.toast')).toHaveCount(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await axe(`second pass, ${colorScheme}`);
    }
    await page.keyboard.press('x');
    await expect(page.locator('.second')).toContainText('0 of 1 the same, 0.0 %');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Export', exact: true }).press('Enter');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export: Hard cases as JSON lines' }).press('Enter'),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      hard: expect.arrayContaining(['second-pass-differs']),
      second: { decision: 'block', second: true, by: 'Team B' },
      decision: { decision: 'clear' },
    });
  });
  rmSync(root, { recursive: true, force: true });
  await server.close();
});
