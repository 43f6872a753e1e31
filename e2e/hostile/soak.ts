/** The hostile corpus with many more mutations and the slow files, in a real browser, for as long as it takes. */
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../scripts/chromium.mjs';
import { startHarness } from '../golden-nsfwjs/harness';
import { fullCorpus } from './corpus';
import { baseFromDisk, fixtureFiles } from './files';
import { wrong } from './verdicts';
import type { Outcome } from './worker';

/** What the run adds to the page. */
interface Reporter {
  onOutcome(outcome: Outcome): void;
}

/** `[files = 4000, seed = today's]`: prints what became of them; 0 when all ended as they must. */
export async function soakImages([
  files = '4000',
  seed = String(Date.now() % 2 ** 31),
]: readonly string[]): Promise<number> {
  const mutated = Number(files);
  const items = fullCorpus(baseFromDisk(), mutated, Number(seed));
  console.log(`${items.length} files, seed ${seed}`);
  const harness = await startHarness({ root: import.meta.dirname, files: fixtureFiles(), isolated: true });
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_ARGS });
  try {
    const outcomes = new Map<string, Outcome>();
    const crashes: string[] = [];
    const page = await browser.newPage();
    page.on('pageerror', (error) => crashes.push(String(error)));
    const crashed = new Promise<void>((resolve) =>
      page.on('crash', () => {
        crashes.push('The page crashed.');
        resolve();
      }),
    );
    await page.exposeFunction('onOutcome', (outcome: Outcome) => {
      outcomes.set(outcome.id, outcome);
      if (outcomes.size % 500 === 0) console.log(`${outcomes.size} of ${items.length}`);
    });
    await page.goto(harness.url);
    await page.waitForFunction('window.pictures !== undefined');
    const done = page.evaluate(
      ([start, count]) =>
        window.runCorpus((one) => (window as unknown as Reporter).onOutcome(one), start, count),
      [Number(seed), mutated] as const,
    );
    await Promise.race([done, crashed]);
    const problems = [...crashes, ...items.flatMap((item) => wrong(item, outcomes.get(item.id)) ?? [])];
    report([...outcomes.values()], problems);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
    await harness.close();
  }
}

function report(outcomes: readonly Outcome[], problems: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const { code = 'pixels' } of outcomes) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const [code, count] of counts) console.log(`${String(count).padStart(7)}  ${code}`);
  const slowest = outcomes.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  console.log(`slowest: ${slowest.id}, ${Math.round(slowest.milliseconds)} ms`);
  for (const problem of problems) console.log(`WRONG  ${problem}`);
}
