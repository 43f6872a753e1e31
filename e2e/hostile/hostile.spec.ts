/** The hostile corpus through the product's decoder, in a worker, in a real browser. */
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Harness, startHarness } from '../golden-nsfwjs/harness';
import { corpus } from './corpus';
import { png } from './encoders/png';
import { baseFromDisk, fixtureFiles } from './files';
import { wrong } from './verdicts';
import type { Outcome } from './worker';

/** What the test adds to the page. */
interface Reporter {
  onOutcome(outcome: Outcome): void;
}

let harness: Harness;

test.describe.configure({ mode: 'serial', timeout: 180_000 });

test.beforeAll(async () => {
  harness = await startHarness({ root: import.meta.dirname, files: fixtureFiles(), isolated: true });
});

test.afterAll(async () => {
  await harness?.close();
});

test('I01–I13 every file ends in pixels or a typed error, cut ones never in pixels, and the page lives', async ({
  page,
}, info) => {
  const items = corpus(baseFromDisk());
  const crashes: string[] = [];
  const elsewhere: string[] = [];
  page.on('crash', () => crashes.push('crash'));
  page.on('pageerror', (error) => crashes.push(String(error)));
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (/egress/.test(path) || !request.url().startsWith(harness.url)) elsewhere.push(request.url());
  });
  const outcomes = new Map<string, Outcome>();
  await page.exposeFunction('onOutcome', (outcome: Outcome) => outcomes.set(outcome.id, outcome));
  await page.goto(harness.url);
  await page.waitForFunction('window.pictures !== undefined');
  await page.evaluate(async () => {
    await window.runCorpus((outcome) => (window as unknown as Reporter).onOutcome(outcome));
  });
  await expect.poll(() => outcomes.size).toBe(items.length);
  const problems = items.flatMap((item) => wrong(item, outcomes.get(item.id)) ?? []);
  expect(problems).toEqual([]);
  expect(crashes).toEqual([]);
  expect(elsewhere).toEqual([]);
  expect(await page.evaluate('globalThis.ran')).toBeUndefined();
  info.annotations.push({ type: 'outcomes', description: summary([...outcomes.values()]) });
});

function summary(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { code = 'pixels' } of outcomes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}

test('I14 a file that changes or goes away after it was picked is named as that', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'winnow-picked-'));
  const path = join(folder, 'picked.png');
  await page.goto(harness.url);
  try {
    for (const change of [() => writeFile(path, png({ width: 90, height: 90 })), () => unlink(path)]) {
      await writeFile(path, png({ width: 16, height: 16 }));
      await page.setInputFiles('input', path);
      expect((await page.evaluate(() => window.decodeChosen())).views).toHaveLength(1);
      // The browser compares modification times, which some file systems keep to the second.
      await new Promise((later) => setTimeout(later, 1100));
      await change();
      const { code, views } = await page.evaluate(() => window.decodeChosen());
      expect(code).toBe('unreadable-file');
      expect(views).toEqual([]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
