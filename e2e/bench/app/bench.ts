/**
 * The app as its user meets it, on the build in dist/: navigation to the first verdict, slider to verdict,
 * 500 pictures at once, text speed. Prints medians; the machine should be otherwise idle.
 *   npm run bench -- app [--runs 10]
 */
import { type Browser, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';
import { startServer } from '../../../scripts/serve.mjs';
import { squares } from '../../bench-view/files';
import { judgedAll, open, panel } from '../../bench-view/stage';
import { median, report } from '../report';

export async function benchApp(args: readonly string[]): Promise<void> {
  const runs = Number(args[args.indexOf('--runs') + 1]) || 10;
  const server = await startServer({ dir: 'dist' });
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_ARGS });
  try {
    console.log(`Chromium ${browser.version()}, production build, localhost`);
    await firstVerdict(browser, server.url, runs);
    await textSpeed(browser, server.url);
    await manyPictures(browser, server.url);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  // tsx names every function through this helper of its own, which pages do not have.
  await page.addInitScript('globalThis.__name = (value) => value');
  return page;
}

/** A warm cache; the picture is dropped as soon as the page takes drops. Milliseconds since navigation. */
async function firstVerdict(browser: Browser, url: string, runs: number): Promise<void> {
  const page = await newPage(browser);
  const picture = squares('first.png').bytes.toString('base64');
  await page.addInitScript(dropAndTime, picture);
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await page.goto(url);
    await page.waitForFunction(() => globalThis.firstVerdictAt !== undefined, undefined, { timeout: 60_000 });
    const at = await page.evaluate(() => globalThis.firstVerdictAt!);
    // The first run fills the cache.
    if (run > 0) times.push(at);
    await page.goto('about:blank');
  }
  await page.close();
  const found = median(times);
  report(
    `navigation to the first picture's verdict: ${found.toFixed(0)} ms, median of ${runs}`,
    'at most 1,200 ms',
    found <= 1_200,
  );
}

declare global {
  var firstVerdictAt: number | undefined;
  var longTasks: number[];
}

/** In the page, before its own scripts. */
function dropAndTime(base64: string): void {
  let dropped = false;
  new MutationObserver(() => {
    const lane = [...document.querySelectorAll('.lane')].at(-1);
    if (!dropped && lane?.querySelector('input[type=file]')) {
      dropped = true;
      const dataTransfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], 'first.png', { type: 'image/png' }));
      // The page shows its drop zone a moment before it listens: again and again until it took the picture.
      const timer = setInterval(() => {
        if (document.querySelector('.lane .film, .lane__meta')) return clearInterval(timer);
        const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(drop);
        return undefined;
      }, 10);
    }
    if (
      dropped &&
      globalThis.firstVerdictAt === undefined &&
      lane?.querySelector('.say .verdict:not([data-verdict=pending])')
    )
      globalThis.firstVerdictAt = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

async function textSpeed(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser);
  // Once the app has opened its own models: they would take the processor from this one.
  await open(page, url);
  const times = await page.evaluate(async (address) => {
    const { createWinnow } = (await import(`${address}sdk/winnow.js`)) as typeof import('../../../src/sdk');
    const winnow = await createWinnow();
    const sentence =
      'The boats leave the harbour at six, and the market opens at seven with lemons and bread. ';
    const text = sentence.repeat(23).slice(0, 1_900);
    const found: number[] = [];
    for (let run = 0; run < 40; run++) {
      // Another text each time, as while typing.
      const scores = await winnow.classifyText(`${run} ${text}`, { model: 'starter-text' });
      if (run >= 10) found.push((scores.milliseconds * 1_000) / (text.length + 3));
    }
    await winnow.close();
    return found;
  }, url);
  await page.close();
  const found = median(times);
  report(`starter-text: ${found.toFixed(2)} ms per 1,000 characters`, 'at most 2 ms', found <= 2);
}

async function manyPictures(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser);
  await open(page, url);
  await dropMany(page, 1);
  await judgedAll(page, 1);
  await clearAll(page);
  const before = await memory(page);
  await page.evaluate(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  const started = performance.now();
  await dropMany(page, 500);
  await judgedAll(page, 500);
  const seconds = (performance.now() - started) / 1_000;
  const longest = await page.evaluate(() => Math.max(0, ...globalThis.longTasks));
  const slider = await slide(page);
  await clearAll(page);
  const after = await memory(page);
  await page.close();
  report(
    `500 pictures (${(500 / seconds).toFixed(0)} a second): longest main-thread task ${longest.toFixed(0)} ms`,
    'at most 200 ms',
    longest <= 200,
  );
  report(
    `slider to verdict with 500 pictures: ${median(slider).toFixed(1)} ms`,
    'at most 16 ms',
    median(slider) <= 16,
  );
  const growth = after / before;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  report(
    `memory of the page and its workers after clearing: ${megabytes(before)} → ${megabytes(after)} MB`,
    'within 20 %',
    growth <= 1.2,
  );
}

async function dropMany(page: Page, count: number): Promise<void> {
  await page.evaluate(
    ([base64, files]) => {
      const dataTransfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      for (let at = 0; at < files; at++)
        dataTransfer.items.add(new File([bytes], `file-${at}.png`, { type: 'image/png' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [squares('x').bytes.toString('base64'), count] as const,
  );
}

async function clearAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Clear all pictures' }).click();
  // Undo keeps what was cleared until it is dismissed.
  await page.getByRole('button', { name: 'Dismiss' }).click();
}

/** Bytes of the page's and its workers' heaps, after a collection; what the browser itself attributes to them. */
async function memory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measure = (
      performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
    ).measureUserAgentSpecificMemory;
    return (await measure.call(performance)).bytes;
  });
}

/** From key to the new value in the page, all verdicts judged; milliseconds. */
async function slide(page: Page): Promise<number[]> {
  return panel(page, 'Starter image classifier')
    .getByRole('slider')
    .first()
    .evaluate(async (thumb) => {
      const times: number[] = [];
      for (let step = 0; step < 21; step++) {
        const value = thumb.getAttribute('aria-valuenow');
        const started = performance.now();
        const key = step % 2 ? 'ArrowRight' : 'ArrowLeft';
        thumb.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        while (thumb.getAttribute('aria-valuenow') === value) await Promise.resolve();
        times.push(performance.now() - started);
      }
      return times;
    });
}
