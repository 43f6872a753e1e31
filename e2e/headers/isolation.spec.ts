/** The build on a host that sends no headers, made fit by `scripts/headers.mjs dist --pages`. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { makePagesBuild } from '../../scripts/headers.mjs';
import { startServer } from '../../scripts/serve.mjs';
import { DIST } from '../support/build';
import { addPictures, openBench, picture } from '../support/journey';
import { tryPageExits, tryWorkerExits } from '../support/probes';
import { startRecorder } from '../support/recorder';

test.use({ serviceWorkers: 'allow' });

let dir: string;
let server: Awaited<ReturnType<typeof startServer>>;

test.beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-pages-'));
  cpSync(DIST, dir, { recursive: true });
  makePagesBuild(dir);
  server = await startServer({ dir, headers: false });
});
test.afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

/** How often the page was loaded by the time it is isolated. */
async function loadsUntilIsolated(page: Page): Promise<number> {
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await openBench(page, server.url);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
  return loads;
}

test('the service worker isolates the page after one reload, and scoring works', async ({ page }) => {
  expect(await loadsUntilIsolated(page)).toBe(2);
  await addPictures(page, [picture('pineapple.png')]);
  const names = await page
    .getByRole('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(names.join()).toMatch(/pineapple\.png, hidden, (Clear|Review|Block)$/);
});

test('X04 its workers are held to their policies, which come from the service worker', async ({ page }) => {
  const recorder = await startRecorder();
  await loadsUntilIsolated(page);
  await addPictures(page, [picture('pineapple.png')]);
  const workers = page.workers().filter((worker) => worker.url().includes('/assets/inference-'));
  expect(workers.length).toBeGreaterThan(0);
  for (const worker of workers) {
    const outcome = await worker.evaluate(tryWorkerExits, { other: recorder.origin, own: server.url });
    const through = Object.keys(outcome).filter((name) => outcome[name] === 'got through' && name !== 'eval');
    expect(through).toEqual(['wasm']);
  }
  await page.evaluate(tryPageExits, recorder.origin);
  expect(recorder.hits).toEqual([]);
  await recorder.close();
});

test('no worker starts before the service worker is there', async ({ page }) => {
  const before = server.requests.length;
  await loadsUntilIsolated(page);
  const asked = server.requests.slice(before).map(({ path }) => path.replace(/\?.*/, ''));
  const registered = asked.findIndex((path) => path.endsWith('/isolation.js'));
  const started = asked.findIndex((path) => /\/assets\/(download|inference)-/.test(path));
  expect(registered).toBeGreaterThanOrEqual(0);
  expect(started === -1 || started > registered).toBe(true);
});

test('a visit that skips the service worker ends up isolated again', async ({ page }) => {
  await loadsUntilIsolated(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Page.reload', { ignoreCache: true });
  await expect
    .poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)).catch(() => false))
    .toBe(true);
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
});

test('where service workers are refused the page still works, on one thread', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => Promise.reject(new DOMException('Refused', 'SecurityError'));
  });
  await openBench(page, server.url);
  await addPictures(page, [picture('pineapple.png')]);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
});

test('a build for hosts with headers registers no service worker', async ({ page }) => {
  await openBench(page);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
