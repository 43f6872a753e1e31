/** The app opened without a network, once it has been opened with one. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { makePagesBuild } from '../../scripts/headers.mjs';
import { startServer } from '../../scripts/serve.mjs';
import { DIST } from '../support/build';
import { keptForOffline } from '../support/build-kept';
import { addPictures, openBench, picture, typePrompt, verdicts } from '../support/journey';

test.use({ serviceWorkers: 'allow' });

async function judge(page: Page): Promise<string[]> {
  await typePrompt(page, 'A crate of pineapple and two lemons');
  await addPictures(page, [picture('harbour.png')]);
  const values = page.getByRole('region').getByText(/^0\.\d+$/);
  await expect(verdicts(page, 'Prompt').first()).toHaveText(/Clear|Review|Block/);
  return values.allInnerTexts();
}

for (const host of ['with headers', 'without headers'] as const)
  test(`N19: on a host ${host}, the app opens and scores without a network, from the start`, async ({
    context,
  }) => {
    const dir = mkdtempSync(join(tmpdir(), 'winnow-offline-'));
    cpSync(DIST, dir, { recursive: true });
    if (host === 'without headers') makePagesBuild(dir);
    const server = await startServer({ dir, headers: host === 'with headers' });
    const first = await context.newPage();
    await openBench(first, server.url);
    const online = await judge(first);
    await keptForOffline(first);
    await first.close();
    // Nobody answers any more, and what the browser kept for itself is gone too.
    await server.close();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.clearBrowserCache');
    await openBench(page, server.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await judge(page)).toEqual(online);
    expect(online.length).toBeGreaterThan(0);
    rmSync(dir, { recursive: true });
  });

test('X15: clearing everything ends it', async ({ page }) => {
  const server = await startServer({ dir: DIST });
  await openBench(page, server.url);
  await keptForOffline(page);
  await page.goto(`${server.url}#/models`);
  await page.getByRole('button', { name: 'Clear everything' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Clear everything/ })
    .click();
  const left = () =>
    page.evaluate(async () => [
      ...(await caches.keys()),
      ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    ]);
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  await server.close();
});

test('a newer build replaces what is kept, parts that were in use too; what only the older had goes', async ({
  page,
}) => {
  const server = await startServer({ dir: DIST });
  await openBench(page, server.url);
  await keptForOffline(page);
  await page.evaluate(async () => {
    const cache = await caches.open('winnow-build');
    await cache.put('assets/older-0a1b2c3d.js', new Response('older'));
    await cache.put('assets/ort-wasm-simd-threaded.jspi-0a1b2c3d.wasm', new Response('older'));
  });
  await page.reload();
  const older = () =>
    page.evaluate(async () =>
      Boolean(await (await caches.open('winnow-build')).match('assets/older-0a1b2c3d.js')),
    );
  await expect.poll(older, { timeout: 20_000 }).toBe(false);
  await keptForOffline(page);
  const runtimes = await page.evaluate(async () => {
    const requests = await (await caches.open('winnow-build')).keys();
    return requests.map(({ url }) => new URL(url).pathname).filter((path) => path.includes('simd-threaded.'));
  });
  // WebGPU's WASM and glue as JSPI runs them; of the other way, which was never used, nothing.
  expect(runtimes.map((path) => path.replace(/-[\w-]{8}(\.\w+)$/, '$1')).sort()).toEqual([
    '/assets/ort-wasm-simd-threaded.jspi.mjs',
    '/assets/ort-wasm-simd-threaded.jspi.wasm',
  ]);
  await server.close();
});
