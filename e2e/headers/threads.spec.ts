/** The probes again, in the app's own threads. */
import { expect, test } from '@playwright/test';
import { addPictures, openBench, picture } from '../support/journey';
import { tryPageExits, tryWorkerExits } from '../support/probes';
import { startRecorder } from '../support/recorder';

test('X04 nothing gets out of the worker that has just scored a picture', async ({ page }) => {
  const recorder = await startRecorder();
  await openBench(page);
  await addPictures(page, [picture('pineapple.png')]);
  const workers = page.workers().filter((worker) => worker.url().includes('/assets/inference-'));
  expect(workers.length).toBeGreaterThan(0);
  for (const worker of workers) {
    const outcome = await worker.evaluate(tryWorkerExits, {
      other: recorder.origin,
      own: new URL('.', page.url()).href,
    });
    const through = Object.keys(outcome).filter((name) => outcome[name] === 'got through');
    // The debugger's own evaluation may use eval; code of the worker may not, which policies.spec.ts shows.
    expect(through.filter((name) => name !== 'eval')).toEqual(['wasm']);
  }
  expect(recorder.hits).toEqual([]);
  await recorder.close();
});

test('X04 the download worker reaches its own origin only', async ({ page }) => {
  const recorder = await startRecorder();
  await openBench(page);
  await expect
    .poll(() => page.workers().filter((worker) => worker.url().includes('/assets/download-')).length)
    .toBe(1);
  const worker = page.workers().find((one) => one.url().includes('/assets/download-'));
  const outcome = await worker?.evaluate(tryWorkerExits, {
    other: recorder.origin,
    own: new URL('.', page.url()).href,
  });
  expect(outcome).toMatchObject({ fetchOwn: 'got through', xhrOwn: 'got through' });
  expect(recorder.hits).toEqual([]);
  await recorder.close();
});

test('X05 nothing gets out of the app’s own page', async ({ page }) => {
  const recorder = await startRecorder();
  await openBench(page);
  await page.evaluate(tryPageExits, recorder.origin);
  expect(recorder.hits).toEqual([]);
  await recorder.close();
});

test('W19 the page is cross-origin isolated, so models may use threads', async ({ page }) => {
  await openBench(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
