/** What a browser's profile holds on disk once everything was cleared and the browser closed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { TEST_ARGS } from '../../scripts/chromium.mjs';
import { startServer } from '../../scripts/serve.mjs';
import { DIST } from '../support/build';
import { addPictures, openBench, picture, png, typePrompt } from '../support/journey';
import { decide, judgeRun } from '../support/triage';

const CANARY = 'marzipan-lighthouse-2b8e60d4';

/** Files below `folder` that contain the text, as bytes of UTF-8 or of UTF-16. */
function holding(folder: string, text: string): string[] {
  const forms = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return forms.some((form) => bytes.includes(form));
    });
}

test('X15: cleared and closed, the profile on disk holds nothing of prompts, pictures and runs', async () => {
  test.setTimeout(180_000);
  const profile = mkdtempSync(join(tmpdir(), 'winnow-profile-'));
  const server = await startServer({ dir: DIST });
  const executablePath = process.env.WINNOW_CHROMIUM;
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      ...{ args: [...TEST_ARGS], serviceWorkers: 'allow' },
      ...(executablePath !== undefined && { executablePath }),
    });
  const mine = [1, 2, 3].map((at) =>
    picture(`${CANARY}-${at}.png`, png(40, 30, [20 * at, 90, 160], `${CANARY}-${at}`)),
  );
  let context = await launch();
  await test.step('used', async () => {
    const page = context.pages()[0] ?? (await context.newPage());
    await openBench(page, server.url);
    await typePrompt(page, `${CANARY} on the table by the harbour`);
    await addPictures(page, mine);
    await page.getByRole('link', { name: 'Triage', exact: true }).click();
    await judgeRun(page, mine);
    await decide(page, 'axe');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByRole('button', { name: 'Clear everything' }).click();
    await expect(page.getByRole('dialog')).toContainText('1 run, 3 decisions');
    await page.keyboard.press('Escape');
  });
  // What would be found if something were kept: the run is, under its id.
  const id = await test.step('closed before it is cleared, the run is there', async () => {
    const page = context.pages()[0]!;
    const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(names).toContain('winnow-triage');
    const kept = await page.evaluate(
      () => JSON.parse(localStorage.getItem('winnow.bench.1') ?? '{}').runs[0],
    );
    await context.close();
    expect(holding(profile, kept).length).toBeGreaterThan(0);
    expect(holding(profile, CANARY)).toEqual([]);
    return kept as string;
  });
  context = await launch();
  await test.step('cleared', async () => {
    const page = context.pages()[0] ?? (await context.newPage());
    await openBench(page, server.url);
    await typePrompt(page, `${CANARY} on the table by the harbour`);
    await page.goto(`${server.url}#/triage`);
    await expect(page.getByRole('button', { name: /^Go on with/ })).toBeVisible({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByRole('button', { name: 'Clear everything' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear everything' }).click();
    await expect(page.getByText('Everything is cleared.')).toBeVisible({ timeout: 20_000 });
    // The app that begins anew opens the starters and notes what that took on this machine, as on a first visit.
    const left = () =>
      page.evaluate(async () => {
        const names = (await indexedDB.databases()).map(({ name }) => name);
        return [...names.filter((name) => name !== 'winnow-device'), ...Object.keys(localStorage)];
      });
    await expect.poll(left).toEqual([]);
    await context.close();
  });
  expect(holding(profile, CANARY)).toEqual([]);
  test.info().annotations.push({ type: 'run id', description: holding(profile, id).join(', ') || 'gone' });
  await server.close();
  rmSync(profile, { recursive: true });
});
