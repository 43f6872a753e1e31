/**
 * starter-image against nsfwjs: same pictures, one browser, every contender in a page of its own, taking
 * turns. Prints medians, and under `best` the mean of each picture’s fastest round.
 *   npm run bench -- starter [--direct] [--rounds 7]
 * Ours is the SDK in dist/, so build first. `--direct` adds the same steps without SDK and workers.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';
import { buildStarterImage } from '../../../scripts/starter-image/build';
import { type Harness, startHarness } from '../../golden-nsfwjs/harness';
import { median, report } from '../report';
import type { ContenderName } from './contenders';
import type { LargeMeasured, Measured } from './page';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const THREADS = 2;
/** Pictures that page.ts measures in a round. */
const EVERYDAY_COUNT = 6;
/** The readme's promise: this many times as fast as the faster of nsfwjs's backends. */
const TARGET = 1.5;
/** Of a 12-megapixel picture's time: outside the model's run and the browser's own decode. */
const SHARE = 0.2;

interface Entrant {
  readonly name: ContenderName;
  readonly page: Page;
  readonly backend: string;
  readonly everyday: Measured[];
  readonly large: LargeMeasured[];
  readonly batch: number[];
}

export async function benchStarter(args: readonly string[]): Promise<void> {
  const direct = args.includes('--direct');
  const built = existsSync(join(ROOT, 'dist', 'sdk', 'winnow.js'));
  if (!built && !direct)
    throw new Error('There is no build in dist/. Run `npm run build` first, or pass --direct.');
  const names: ContenderName[] = ['nsfwjs-wasm', 'nsfwjs-default'];
  if (direct) names.unshift('winnow-direct');
  if (built) names.unshift('winnow');
  const rounds = Number(args[args.indexOf('--rounds') + 1]) || 7;
  const executablePath = await ensureChromium();
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    console.log(`Chromium ${browser.version()}, medians of ${rounds} rounds, milliseconds`);
    for (const threads of [1, THREADS]) await table(browser, names, threads, rounds);
  } finally {
    await browser.close();
  }
}

async function table(
  browser: Browser,
  names: readonly ContenderName[],
  threads: number,
  rounds: number,
): Promise<void> {
  const files = new Map([...buildStarterImage().files].map(([name, bytes]) => [`models/${name}`, bytes]));
  const harness = await startHarness({
    root: import.meta.dirname,
    files,
    // Without isolation nothing can start threads, ours or theirs.
    isolated: threads > 1,
    mounts: { dist: join(ROOT, 'dist') },
  });
  try {
    const entrants: Entrant[] = [];
    for (const name of names) entrants.push(await enter(browser, harness, name, threads));
    for (let round = 0; round < rounds; round++) for (const entrant of entrants) await turn(entrant);
    print(entrants, threads);
    for (const { page } of entrants) await page.close();
  } finally {
    await harness.close();
  }
}

async function enter(
  browser: Browser,
  harness: Harness,
  name: ContenderName,
  threads: number,
): Promise<Entrant> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(harness.url);
  await page.waitForFunction('typeof prepare === "function"');
  const { backend, isolated } = await page.evaluate(([n, t]) => window.prepare(n, t), [
    name,
    threads,
  ] as const);
  if (isolated !== threads > 1) throw new Error('The page’s isolation is not what the threads need.');
  return { name, page, backend, everyday: [], large: [], batch: [] };
}

async function turn({ page, everyday, large, batch }: Entrant): Promise<void> {
  await page.bringToFront();
  everyday.push(...(await page.evaluate(() => window.everyday())));
  large.push(await page.evaluate(() => window.large()));
  batch.push(await page.evaluate(() => window.batch()));
}

function print(entrants: readonly Entrant[], threads: number): void {
  console.log(`\n${threads} thread${threads > 1 ? 's' : ''}`);
  const rows = entrants.map(({ name, backend, everyday, large, batch }) => ({
    contender: `${name} (${backend})`,
    picture: median(everyday.map(({ milliseconds }) => milliseconds)),
    best: best(everyday),
    'of a batch': median(batch),
    '12 Mpx JPEG': median(large.map(({ milliseconds }) => milliseconds)),
    ...steps(everyday),
  }));
  console.table(rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, rounded(v)]))));
  const first = rows[0]!;
  const others = rows.filter(({ contender }) => contender.startsWith('nsfwjs'));
  const times = (of: (row: (typeof rows)[number]) => number) => Math.min(...others.map(of)) / of(first);
  const [single, least, together] = [
    times(({ picture }) => picture),
    times((row) => row.best),
    times((row) => row['of a batch']),
  ];
  report(
    `one by one ${single.toFixed(2)} × as fast as the faster nsfwjs (${least.toFixed(2)} × at best)`,
    `at least ${TARGET}`,
    single >= TARGET,
  );
  report(
    `a batch ${together.toFixed(2)} × as fast as the faster nsfwjs`,
    `at least ${TARGET}`,
    together >= TARGET,
  );
  const share = outside(entrants[0]!.large);
  const percent = `${(100 * share).toFixed(1)} %`;
  report(
    `12 Mpx JPEG outside run and browser decode: ${percent}`,
    `at most ${100 * SHARE} %`,
    share <= SHARE,
  );
}

/** Mean over the pictures of the fastest round: what is left when other programs keep the machine busy. */
function best(measured: readonly Measured[]): number {
  const times = measured.map(({ milliseconds }) => milliseconds);
  const fastest = Array.from({ length: EVERYDAY_COUNT }, (_, i) =>
    Math.min(...times.filter((_time, at) => at % EVERYDAY_COUNT === i)),
  );
  return fastest.reduce((a, b) => a + b) / fastest.length;
}

/** Medians of the steps of the everyday pictures, for the contender that tells them. */
function steps(measured: readonly Measured[]): Record<string, number> {
  const known = measured.flatMap((one) => (one.steps ? [one.steps] : []));
  if (known.length === 0) return {};
  const names = ['decode', 'preprocess', 'run'] as const;
  return Object.fromEntries(names.map((name) => [name, median(known.map((one) => one[name]))]));
}

/** Share of the time that is neither the model's run nor what the browser's decode takes by itself. */
function outside(measured: readonly LargeMeasured[]): number {
  return median(
    measured.map(({ milliseconds, steps: own, decode }) => {
      const rest = milliseconds - (own?.run ?? 0) - Math.min(decode, own?.decode ?? decode);
      return rest / milliseconds;
    }),
  );
}

const rounded = (value: string | number) => (typeof value === 'number' ? Number(value.toFixed(1)) : value);
