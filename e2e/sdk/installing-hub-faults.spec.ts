/** What goes wrong between a source and an installed model: changes, damage, deaths, other tabs; and clearing it all. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { DIST } from '../support/build';
import { startHub } from '../support/hub/hub';
import {
  begin,
  ended,
  expect,
  hubLarge,
  hubVit,
  install,
  progressProblems,
  scores,
  startWinnow,
  test,
  told,
  transfers,
  VIT,
  writeRepo,
} from '../support/hub-models';
import { fixture, modelFiles, pick, storedKeys } from '../support/installing';
import { inferenceWorkers } from '../support/sdk-page';

const state = (page: Page, id: string) =>
  page.evaluate(async (model) => (await winnow.models()).find(({ card }) => card.id === model), id);

/** A folder to lay over the build, whose workers have no Web Locks. */
function withoutLocks(overlay: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-locks-'));
  cpSync(overlay, folder, { recursive: true });
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const deny = "Object.defineProperty(WorkerNavigator.prototype, 'locks', { value: undefined });\n";
  for (const name of readdirSync(join(DIST, 'assets')).filter((one) =>
    /^(download|inference)-.*\.js$/.test(one),
  ))
    writeFileSync(join(folder, 'assets', name), deny + readFileSync(join(DIST, 'assets', name), 'utf8'));
  return folder;
}

/** Changes what is stored, in the database of sources or of models. */
async function spoil(page: Page, database: string, store: string, how: 'flip' | 'delete', match: string) {
  return page.evaluate(
    async ([name, table, act, text]) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const opened = await done(indexedDB.open(name));
      const all = () => opened.transaction(table, 'readwrite').objectStore(table);
      const keys = await done(all().getAllKeys());
      const key = keys.find(
        (one) => JSON.stringify(one).includes('"chunk"') && JSON.stringify(one).includes(text),
      )!;
      if (act === 'delete') await done(all().delete(key));
      else {
        const blob: Blob = await done(all().get(key));
        const bytes = new Uint8Array(await blob.arrayBuffer());
        bytes[bytes.length >> 1]! ^= 1;
        await done(all().put(new Blob([bytes]), key));
      }
      opened.close();
      return JSON.stringify(key);
    },
    [database, store, how, match] as const,
  );
}

test('S05 the page dies while a model is prepared: what was downloaded is used, with no network at all', async ({
  page1: page,
  source,
  context,
  app,
  open,
  hub,
}) => {
  await begin(page, hubLarge.id, { source });
  await expect
    .poll(() => page.evaluate((id) => installs[id]?.seen.at(-1)?.phase, hubLarge.id), {
      intervals: [20],
      timeout: 30_000,
    })
    .toBe('prepare');
  const requests = hub.log.length;
  await page.goto('chrome://crash').catch(() => {});
  const again = await open(app, await context.newPage());
  await startWinnow(again);
  const before = await state(again, hubLarge.id);
  expect(before).toMatchObject({ state: 'available' });
  expect(before!.interrupted!.bytes).toBe(before!.interrupted!.of);
  const done = await install(again, hubLarge.id, { source });
  expect(done.error).toBeUndefined();
  expect(progressProblems(done)).toEqual([]);
  expect(hub.log).toHaveLength(requests);
  expect(await again.evaluate(() => winnow.downloads())).toEqual([]);
});

for (const how of ['flip', 'delete'] as const)
  test(`S10 a chunk of a download that was changed (${how}) before it is prepared: it alone is fetched again`, async ({
    page1: page,
    hub,
    source,
  }) => {
    const first = await install(page, hubLarge.id, { source, cancelAt: 'prepare' });
    expect(first.error).toMatchObject({ kind: 'cancelled' });
    const before = hub.log.length;
    await spoil(page, 'winnow-sources', 'sources', how, 'model.safetensors",1');
    const second = await install(page, hubLarge.id, { source });
    expect(second.error).toBeUndefined();
    expect(await scores(page, hubLarge.id)).toHaveLength(2);
    const asked = hub.log.slice(before).filter(({ host, method }) => host === 'store' && method === 'GET');
    expect(asked.map(({ range }) => range)).toEqual([`bytes=${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}`]);
  });

for (const id of ['T01', 'T04'])
  test(`${id} two tabs install the same${id === 'T04' ? ' without Web Locks' : ''}: every byte is fetched once, and both have it`, async ({
    hub,
    source,
    context,
    serve,
    open,
    overlay,
  }) => {
    const own = id === 'T04' ? withoutLocks(overlay) : undefined;
    if (own)
      await context.addInitScript(
        "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });",
      );
    const app = await serve({ overlay: own ?? overlay, modelHosts: [hub.endpoint, hub.store] });
    const first = await open(app);
    await startWinnow(first);
    const second = await open(app, await context.newPage());
    await startWinnow(second);
    hub.fault('slow:25000000', { match: /model/ });
    await begin(first, hubLarge.id, { source });
    await expect.poll(() => told(first, hubLarge.id)).toBeGreaterThan(0);
    await begin(second, hubLarge.id, { source });
    await expect
      .poll(() =>
        second.evaluate(
          (id) => installs[id]?.seen.some(({ state: how }) => how?.kind === 'shared'),
          hubLarge.id,
        ),
      )
      .toBe(true);
    const [one, two] = await Promise.all([ended(first, hubLarge.id), ended(second, hubLarge.id)]);
    expect([one.error, two.error]).toEqual([undefined, undefined]);
    expect(two.state!.installed!.at).toBe(one.state!.installed!.at);
    expect(transfers(hub)).toHaveLength(1);
    expect(await first.evaluate(() => winnow.downloads())).toEqual([]);
    if (own) rmSync(own, { recursive: true });
  });

test('N20 what changed at the source since is refused, and taken when somebody says so', async ({
  serve,
  open,
}) => {
  const folder = writeRepo(modelFiles('timm-vit'));
  const hub = await startHub({ repos: { [VIT]: { folder } } });
  const source = { kind: 'hub', endpoint: hub.endpoint, hosts: [hub.store] } as const;
  const page = await open(await serve({ modelHosts: [hub.endpoint, hub.store] }));
  await startWinnow(page);
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  const was = (await state(page, hubVit.id))!.installed!.files.find(
    ({ name }) => name === 'config.json',
  )!.sha256;
  await page.evaluate((id) => winnow.remove(id), hubVit.id);
  const config = JSON.parse(new TextDecoder().decode(fixture('timm-vit', 'config.json').bytes));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, note: 'another version' }));
  const refused = await install(page, hubVit.id, { source });
  expect(refused.error).toMatchObject({
    kind: 'invalid',
    code: 'source-changed',
    data: { file: 'config.json', was },
  });
  expect(refused.error!.data.is).toMatch(/^[0-9a-f]{64}$/);
  expect(transfers(hub).filter(({ path }) => path.includes('model'))).toHaveLength(1);
  const looked = await page.evaluate(([id, from]) => winnow.look(id, { source: from, acceptChanged: true }), [
    hubVit.id,
    source,
  ] as const);
  expect(looked.files.every(({ known }) => known === 'source')).toBe(true);
  const taken = await install(page, hubVit.id, { source, acceptChanged: true });
  expect(taken.error).toBeUndefined();
  // What was accepted is what is known from now on.
  await page.evaluate((id) => winnow.remove(id), hubVit.id);
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  // A card’s own word cannot be overruled.
  const pinned = {
    ...hubVit,
    install: {
      ...hubVit.install!,
      files: hubVit.install!.files.map((file) =>
        file.role === 'config' ? { ...file, bytes: 486, sha256: 'a'.repeat(64) } : file,
      ),
    },
  };
  await startWinnow(page, [pinned]);
  const never = await install(page, hubVit.id, { source, acceptChanged: true });
  expect(never.error).toMatchObject({ code: 'source-damaged', data: { file: 'config.json' } });
  await hub.close();
  rmSync(folder, { recursive: true });
});

test('an installed model that is damaged says so when it is opened, and is repaired from where it came', async ({
  page1: page,
  hub,
  source,
}) => {
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  const before = await scores(page, hubVit.id);
  await page.evaluate((id) => winnow.release(id), hubVit.id);
  await spoil(page, 'winnow-models', 'kept', 'flip', hubVit.id);
  const damaged = await page.evaluate((id) => winnow.open(id).catch((error) => error.serialize()), hubVit.id);
  expect(damaged).toMatchObject({ code: 'asset-corrupt' });
  const { installed, repairBytes } = (await state(page, hubVit.id))!;
  expect(repairBytes).toBe(installed!.files.reduce((sum, { bytes }) => sum + bytes, 0));
  const repaired = await page.evaluate((id) => winnow.repair(id), hubVit.id);
  expect(repaired).toMatchObject({
    state: 'installed',
    installed: { origin: { kind: 'hub', url: hub.endpoint } },
  });
  expect(await scores(page, hubVit.id)).toEqual(before);
  // Of files that were chosen there is nothing to go back to.
  await pick(page, modelFiles('timm-vit'));
  expect((await install(page, hubVit.id, { picked: true })).error).toBeUndefined();
  const refused = await page.evaluate(
    (id) => winnow.repair(id).catch((error) => error.serialize()),
    hubVit.id,
  );
  expect(refused).toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('Choose them again'),
  });
});

test('S10 a repair that was broken off goes on, and what is left of it to fetch is said before', async ({
  page1: page,
  hub,
  source,
}) => {
  test.setTimeout(120_000);
  expect((await install(page, hubLarge.id, { source })).error).toBeUndefined();
  const cost = async () => (await state(page, hubLarge.id))?.repairBytes ?? -1;
  const all = await cost();
  hub.fault('slow:10000000', { match: /safetensors/ });
  await page.evaluate(
    async ([id, enough]) => {
      const controller = new AbortController();
      const repair = winnow.repair(id, { signal: controller.signal }).catch(() => {});
      // What was told of may still be on its way to the disk.
      while ((await winnow.downloads()).reduce((sum, one) => sum + one.kept, 0) <= enough)
        await new Promise((resolve) => setTimeout(resolve, 50));
      controller.abort();
      await repair;
    },
    [hubLarge.id, 2 * CHUNK_BYTES] as const,
  );
  hub.heal();
  const kept = await page.evaluate(async () =>
    (await winnow.downloads()).reduce((sum, one) => sum + one.kept, 0),
  );
  expect(kept).toBeGreaterThan(2 * CHUNK_BYTES);
  await expect.poll(cost).toBe(all - kept);
  const before = hub.log.length;
  expect(await page.evaluate(async (id) => (await winnow.repair(id)).state, hubLarge.id)).toBe('installed');
  const sent = hub.log.slice(before).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(sent).toBe(all - kept);
  expect(await cost()).toBe(all);
});

test('X15 clearing: every worker ends and every database goes, in two tabs; the bundled models go on', async ({
  page1: page,
  hub,
  source,
  context,
  app,
  open,
}) => {
  const other = await open(app, await context.newPage());
  await startWinnow(other);
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  await expect.poll(async () => (await state(other, hubVit.id))?.state).toBe('installed');
  expect(await scores(other, hubVit.id)).toHaveLength(2);
  hub.fault('stall@0.6:60', { match: /large/ });
  await begin(other, hubLarge.id, { source });
  const stored = () => page.evaluate(() => winnow.storage());
  // What was told of may still be on its way to the disk.
  await expect
    .poll(async () => (await stored()).downloads, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(CHUNK_BYTES);
  expect((await stored()).models).toBeGreaterThan(300_000);
  await page.evaluate(() => winnow.clear());
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
  expect((await ended(other, hubLarge.id)).error).toMatchObject({ kind: 'cancelled' });
  for (const each of [page, other]) {
    await expect.poll(async () => (await state(each, hubVit.id))?.state).toBe('available');
    expect(await state(each, hubLarge.id)).not.toHaveProperty('interrupted');
    // That a thread has ended is told a moment later.
    await expect.poll(() => inferenceWorkers(each).length).toBe(0);
    expect(await each.evaluate(() => winnow.downloads())).toEqual([]);
  }
  const left = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  await expect.poll(left).toEqual([]);
  expect(await scores(page, 'stand-in-red')).toHaveLength(2);
  // Nothing was learned that would be held against the source.
  const again = await install(page, hubVit.id, { source });
  expect(again.error).toBeUndefined();
  expect(await storedKeys(page)).not.toEqual([]);
});

test('X15 another tab that keeps a database open is told of', async ({
  page1: page,
  source,
  context,
  app,
}) => {
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  const other = await context.newPage();
  await other.goto(`${app}sdk.html`);
  await other.evaluate(
    () =>
      new Promise<void>((done) => {
        // Does not listen for `versionchange`, as an older version of the page might not.
        const opening = indexedDB.open('winnow-models');
        opening.onsuccess = () => {
          (globalThis as unknown as { held: IDBDatabase }).held = opening.result;
          done();
        };
      }),
  );
  const refused = await page.evaluate(() => winnow.clear().catch((error) => error.serialize()));
  expect(refused).toMatchObject({
    code: 'storage-unavailable',
    message: expect.stringContaining('Close the other tabs'),
  });
});

test('a download longer than the deadline of every other job is not ended by it', async ({
  hub,
  serve,
  open,
  source,
}) => {
  const page = await open(await serve({ modelHosts: [hub.endpoint, hub.store] }));
  await page.evaluate(
    async (catalog) => {
      globalThis.installs = {};
      globalThis.winnow = await sdk.createWinnow({ catalog, deadline: 2_500 });
    },
    [hubLarge],
  );
  hub.fault('slow:8000000', { match: /model/ });
  const done = await install(page, hubLarge.id, { source });
  expect(done.milliseconds).toBeGreaterThan(5_000);
  expect(done.error).toBeUndefined();
  expect(transfers(hub)).toHaveLength(1);
});
