/** What is kept of a download when storage, the browser or a person gets in its way. */
import type { Page } from '@playwright/test';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { crash, download, expect, stored, test } from './stage';

const kept = (page: Page) => page.evaluate(async () => (await downloads.sources())[0]?.kept ?? 0);

test('S01, S03 no room when it is committed: says how much is needed, and gives back what it took', async ({
  open,
  ask,
  app,
  standIn,
}) => {
  const page = await open();
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(app);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 12e6 });
  const ended = await download(page, ask());
  expect(ended.error).toMatchObject({ kind: 'failed', code: 'storage-full', data: { bytes: standIn.bytes } });
  expect(ended.error?.message).toContain('25 MB are needed');
  expect(await page.evaluate(() => downloads.sources())).toEqual([]);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  expect((await download(page, ask(), 'again')).downloaded?.verification).toBe('verified');
});

test('S04 the page crashes in the middle of a chunk: whole chunks are not fetched again', async ({
  open,
  ask,
  hub,
  context,
  standIn,
}) => {
  const page = await open();
  hub.fault('stall@0.6:60');
  await page.evaluate((what) => downloads.start('one', what), ask());
  await expect.poll(() => kept(page)).toBe(CHUNK_BYTES);
  await crash(page);
  const next = await open({ page: await context.newPage() });
  const ended = await download(next, ask());
  expect(ended.downloaded).toMatchObject({
    verification: 'verified',
    sha256: standIn.sha256,
    fetched: standIn.bytes - CHUNK_BYTES,
  });
  expect(stored(hub).at(-1)?.range).toBe(`bytes=${CHUNK_BYTES}-`);
});

test('S05 the page crashes before the last word: verified and finished, nothing fetched', async ({
  open,
  ask,
  hub,
  context,
  standIn,
}) => {
  const page = await open();
  const { key } = (await download(page, ask())).downloaded!;
  await page.evaluate((name) => downloads.spoil(name, 0, 'unfinish'), key);
  await crash(page);
  const requests = hub.log.length;
  const next = await open({ page: await context.newPage() });
  const ended = await download(next, ask());
  expect(ended.downloaded).toMatchObject({ verification: 'verified', sha256: standIn.sha256, fetched: 0 });
  expect(hub.log).toHaveLength(requests);
});

for (const how of ['flip', 'delete'] as const)
  test(`S10 a chunk that was changed (${how}) is noticed when it is read, and it alone is fetched again`, async ({
    open,
    ask,
    hub,
    standIn,
  }) => {
    const page = await open();
    const { key } = (await download(page, ask())).downloaded!;
    await page.evaluate(([name, act]) => downloads.spoil(name, 1, act), [key, how] as const);
    const { error } = await page.evaluate((name) => downloads.read(name), key);
    const code = how === 'flip' ? 'asset-corrupt' : 'asset-missing';
    expect(error).toMatchObject({ code, data: { key, chunk: 1 } });
    // One that is gone is seen without reading; one that changed needs to be looked for.
    const again = await download(page, ask(how === 'flip' ? { recheck: true } : {}), 'again');
    expect(again.downloaded).toMatchObject({ verification: 'verified', fetched: CHUNK_BYTES });
    expect(stored(hub).at(-1)?.range).toBe(`bytes=${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}`);
    expect((await page.evaluate((name) => downloads.read(name), key)).sha256).toBe(standIn.sha256);
  });

test('cancelling is quick, and what had arrived stays', async ({ open, ask, hub, standIn }) => {
  const page = await open();
  hub.fault('slow:10000000');
  await page.evaluate((what) => downloads.start('one', what), ask());
  await expect.poll(() => kept(page), { intervals: [50] }).toBeGreaterThanOrEqual(CHUNK_BYTES);
  expect(await page.evaluate(() => downloads.cancel('one'))).toBeLessThan(300);
  const before = await kept(page);
  const rest = await download(page, ask(), 'two');
  expect(rest.downloaded).toMatchObject({ verification: 'verified', fetched: standIn.bytes - before });
});

test('S10 a record that makes no sense counts as none', async ({ open, ask, standIn }) => {
  const page = await open();
  const { key } = (await download(page, ask())).downloaded!;
  for (const nonsense of [
    null,
    5,
    {},
    { version: 1, bytes: 'many' },
    { version: 0, bytes: standIn.bytes, chunks: {} },
  ]) {
    await page.evaluate(
      async ([name, value]) => {
        const opening = indexedDB.open('winnow-sources');
        await new Promise((done) => {
          opening.onsuccess = done;
        });
        const putting = opening.result
          .transaction('sources', 'readwrite')
          .objectStore('sources')
          .put(value, ['file', name]);
        await new Promise((done) => {
          putting.onsuccess = done;
        });
        opening.result.close();
      },
      [key, nonsense] as const,
    );
    expect(await page.evaluate(() => downloads.sources())).toEqual([]);
    const { error } = await page.evaluate((name) => downloads.read(name), key);
    expect(error?.code).toBe('asset-missing');
  }
  expect((await download(page, ask(), 'again')).downloaded?.verification).toBe('verified');
});
