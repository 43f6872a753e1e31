/** What the page says to the console, where other people's tools and screenshots pick it up. */
import { expect, test } from '@playwright/test';
import { fullJourney } from '../support/journey';

const CANARY = 'marzipan-lighthouse-5d1e';

test.describe(() => {
  // Where it is blocked the browser says so.
  test.use({ serviceWorkers: 'allow' });

  test('X08 using the whole bench writes nothing to the console, content or not', async ({ page }) => {
    test.setTimeout(120_000);
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`thrown: ${error.message}`));
    await page.addInitScript(() => {
      addEventListener('unhandledrejection', (event) => console.error('unhandled', String(event.reason)));
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error('violation', event.violatedDirective),
      );
    });
    await page.goto('404.html');
    await page.evaluate(() => console.info('the spy listens'));
    await expect.poll(() => said).toEqual(['info: the spy listens']);
    said.length = 0;

    await fullJourney(page, CANARY);

    expect(said.filter((line) => line.includes('marzipan'))).toEqual([]);
    expect(said).toEqual([]);
  });
});

test('C05 nothing of what was judged is kept in the browser', async ({ page }) => {
  test.setTimeout(120_000);
  await fullJourney(page, CANARY);
  const kept = await page.evaluate(async () => {
    const records: { database: string | undefined; value: unknown }[] = [];
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(name!);
      const database = await new Promise<IDBDatabase>((done) => {
        opening.onsuccess = () => done(opening.result);
      });
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        for (const reading of [objects.getAllKeys(), objects.getAll()]) {
          await new Promise((done) => {
            reading.onsuccess = done;
          });
          records.push(...reading.result.map((value) => ({ database: name, value })));
        }
      }
      database.close();
    }
    const caches = await globalThis.caches.keys();
    const storage = { ...localStorage, ...sessionStorage };
    return {
      records,
      caches,
      storage,
      address: location.href,
      title: document.title,
    };
  });
  expect(JSON.stringify(kept)).not.toContain('marzipan');
  expect(JSON.stringify(kept)).not.toContain('harbour');
  expect(kept.caches).toEqual([]);
  // What this machine is good at, by model; models and runs would be kept in others.
  for (const { database } of kept.records) expect(database).toBe('winnow-device');
  for (const key of Object.keys(kept.storage)) expect(key).toMatch(/^winnow\./);
});
