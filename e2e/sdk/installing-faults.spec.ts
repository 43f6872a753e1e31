/** Installations that are withdrawn, cut off, crowded out or tampered with: a model is there altogether or not at all. */
import { rmSync, truncateSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { modelFiles, pick, png, prefixed, storedKeys, vitCard } from '../support/installing';
import { largeCard, writeLargeVit } from '../support/large-vit';
import { keptRecord } from '../support/prepared';
import { test as base, expect, inferenceWorkers } from '../support/sdk-page';

const test = base.extend<object, { large: ReturnType<typeof writeLargeVit> }>({
  large: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      const large = writeLargeVit();
      await use(large);
      rmSync(large.folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

declare global {
  /** How the installation under way ended, once it did. */
  var installation: { code: string; message: string; data: object } | 'installed' | undefined;
  /** Bytes prepared so far. */
  var prepared: number;
  var controller: AbortController;
  /** What the model's worker did. */
  var states: string[];
}

const cards = [largeCard, vitCard()];

async function start(page: Page): Promise<void> {
  await page.evaluate(async (catalog) => {
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, cards);
}

/** Starts installing the picked files; `stopAt` bytes withdraw it. Returns at once. */
function begin(page: Page, id: string, stopAt = Number.POSITIVE_INFINITY): Promise<void> {
  return page.evaluate(
    ([model, limit]) => {
      globalThis.installation = undefined;
      globalThis.prepared = 0;
      globalThis.controller = new AbortController();
      winnow
        .install(model, {
          files: globalThis.files,
          signal: controller.signal,
          onProgress({ phase, done }) {
            if (phase === 'prepare') globalThis.prepared = done;
            if (phase === 'prepare' && done >= limit) controller.abort();
          },
        })
        .then(
          () => {
            globalThis.installation = 'installed';
          },
          ({ code, message, data }) => {
            globalThis.installation = { code, message, data };
          },
        );
    },
    [id, stopAt] as const,
  );
}

const ended = async (page: Page) => {
  await page.waitForFunction(() => globalThis.installation !== undefined);
  return page.evaluate(() => globalThis.installation);
};
const until = (page: Page, bytes: number) =>
  page.waitForFunction((least) => globalThis.prepared >= least, bytes, { polling: 5 });
const stateOf = (page: Page, id: string) =>
  page.evaluate(async (model) => (await winnow.models()).find(({ card }) => card.id === model)?.state, id);

test('Withdrawn while it is prepared, it leaves nothing behind', async ({ serve, open, large }) => {
  const page = await open(await serve());
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large', 5e6);
  expect(await ended(page)).toMatchObject({ code: 'cancelled' });
  expect(await storedKeys(page)).toEqual([]);
  expect(await stateOf(page, 'test-large')).toBe('available');
  expect(inferenceWorkers(page)).toEqual([]);
  // Withdrawn before it began.
  const early = await page.evaluate(() =>
    winnow
      .install('test-large', { files: globalThis.files, signal: AbortSignal.abort() })
      .catch(({ code }) => code),
  );
  expect(early).toBe('cancelled');
});

test('S04: a page that goes away mid-way leaves no model, and the next start clears up', async ({
  serve,
  open,
  large,
  context,
}) => {
  const url = await serve();
  const page = await open(url);
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  await until(page, 20e6);
  await page.close({ runBeforeUnload: false });
  const next = await context.newPage();
  await next.goto(`${url}sdk.html`);
  await next.waitForFunction(() => document.title === 'SDK ready');
  const left = await storedKeys(next);
  expect(left.length).toBeGreaterThan(0);
  expect(left.filter((key) => key.startsWith('["model"'))).toEqual([]);
  await start(next);
  expect(await stateOf(next, 'test-large')).toBe('available');
  expect(await storedKeys(next)).toEqual([]);
});

test('S04: the same after its worker crashed, at once', async ({ serve, open, large }) => {
  const page = await open(await serve());
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  await until(page, 5e6);
  await inferenceWorkers(page)
    .at(-1)!
    .evaluate(() => globalThis.close());
  expect(await ended(page)).toMatchObject({
    code: 'worker-died',
    message: expect.stringContaining('memory'),
  });
  expect(await storedKeys(page)).toEqual([]);
});

test('Two tabs: one start does not disturb the other’s installation; each hears what the other did', async ({
  serve,
  open,
  large,
  context,
}) => {
  const url = await serve();
  const page = await open(url);
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  await until(page, 5e6);
  const other = await context.newPage();
  await other.goto(`${url}sdk.html`);
  await other.waitForFunction(() => document.title === 'SDK ready');
  await start(other);
  await other.evaluate(() => {
    globalThis.finished = 0;
    winnow.onModels(() => {
      globalThis.finished! += 1;
    });
  });
  expect(await ended(page)).toBe('installed');
  // It hears of other things, too, such as how fast this machine is.
  await expect.poll(() => stateOf(other, 'test-large')).toBe('installed');
  const heard = await other.evaluate(() => globalThis.finished!);
  expect(heard).toBeGreaterThan(0);
  await pick(other, [png(64, 64, 1)]);
  const scores = await other.evaluate(() =>
    winnow.classifyImage(globalThis.files[0]!, { model: 'test-large' }),
  );
  expect(scores.status).toBe('scored');
  await page.evaluate(() => winnow.remove('test-large'));
  await expect.poll(() => stateOf(other, 'test-large')).toBe('available');
  expect(await other.evaluate(() => globalThis.finished!)).toBeGreaterThan(heard);
  await expect.poll(() => inferenceWorkers(other)).toEqual([]);
  expect(await storedKeys(page)).toEqual([]);
});

test('S01: no room for it is said with what it needs, and nothing stays', async ({ serve, open, large }) => {
  const url = await serve();
  const page = await open(url);
  await start(page);
  const session = await page.context().newCDPSession(page);
  const origin = new URL(url).origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20e6 });
  await pick(page, large.files);
  await begin(page, 'test-large');
  const error = await ended(page);
  expect(error).toMatchObject({ code: 'storage-full', message: expect.stringContaining('MB are needed') });
  expect((error as { data: { bytes: number } }).data.bytes).toBeGreaterThan(40e6);
  expect(await storedKeys(page)).toEqual([]);
  // Another model that does fit is installed after all.
  await pick(page, []);
  await pick(page, writeSmall());
  await begin(page, 'test-vit');
  expect(await ended(page)).toBe('installed');
});

const writeSmall = () => modelFiles('timm-vit') as never;

test('A file that changes on disk while it is read is named, with the way out', async ({ serve, open }) => {
  const own = writeLargeVit();
  try {
    const page = await open(await serve());
    await start(page);
    await pick(page, own.files);
    truncateSync(own.files[1]!, 1_000_000);
    await begin(page, 'test-large');
    expect(await ended(page)).toMatchObject({
      code: 'unreadable-file',
      message: expect.stringMatching(/model\.safetensors.*changed.*Choose it again/),
    });
    expect(await storedKeys(page)).toEqual([]);
  } finally {
    rmSync(own.folder, { recursive: true });
  }
});

/** Changes a chunk of an installed model as the page could, keeping its size. */
function tamper(page: Page, how: 'flip' | 'delete'): Promise<void> {
  return page.evaluate(
    (what) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('winnow-models');
        opening.onsuccess = async () => {
          const database = opening.result;
          const range = IDBKeyRange.bound(['chunk'], ['chunk', []]);
          const all = database.transaction('kept').objectStore('kept');
          const keys = await new Promise<IDBValidKey[]>((done) => {
            const request = all.getAllKeys(range);
            request.onsuccess = () => done(request.result);
          });
          const sizes = await new Promise<Blob[]>((done) => {
            const request = database.transaction('kept').objectStore('kept').getAll(range);
            request.onsuccess = () => done(request.result);
          });
          const largest = sizes.reduce((best, blob, at) => (blob.size > sizes[best]!.size ? at : best), 0);
          const bytes = new Uint8Array(await sizes[largest]!.arrayBuffer());
          bytes[bytes.length >> 1]! ^= 1;
          const transaction = database.transaction('kept', 'readwrite');
          const store = transaction.objectStore('kept');
          if (what === 'delete') store.delete(keys[largest]!);
          else store.put(new Blob([bytes]), keys[largest]!);
          transaction.oncomplete = () => {
            database.close();
            resolve();
          };
          transaction.onerror = () => reject(transaction.error);
        };
      }),
    how,
  );
}

for (const how of ['flip', 'delete'] as const)
  test(`S10: a stored chunk that was ${how === 'flip' ? 'altered' : 'deleted'} is noticed before anything is scored`, async ({
    serve,
    open,
  }) => {
    const page = await open(await serve());
    await start(page);
    await pick(page, modelFiles('timm-vit'));
    await begin(page, 'test-vit');
    expect(await ended(page)).toBe('installed');
    // It is open still, in the worker that installed it.
    await page.evaluate(() => winnow.release('test-vit'));
    await tamper(page, how);
    await pick(page, [png(64, 64, 1)]);
    const found = await page.evaluate(async () => {
      const scores = await winnow.classifyImage(globalThis.files[0]!, { model: 'test-vit' });
      await winnow.remove('test-vit');
      return scores;
    });
    expect(found).toMatchObject({ status: 'error', code: 'asset-corrupt', probabilities: [] });
    expect(found.reason).toMatch(/Remove it and install it again/);
    expect(await storedKeys(page)).toEqual([]);
  });

test('S11: where the browser keeps nothing, what is part of the build works and installing says why', async ({
  serve,
  open,
}) => {
  const denied = `Object.defineProperty(globalThis, 'indexedDB', {
    get() { throw new DOMException('The user denied permission to access the database.', 'SecurityError'); },
  });`;
  const url = await serve({ intercept: prefixed(/\/(inference|download)-[^/]*\.js$/, denied) });
  const page = await open(url);
  await start(page);
  await pick(page, modelFiles('timm-vit'));
  await begin(page, 'test-vit');
  expect(await ended(page)).toMatchObject({
    code: 'storage-unavailable',
    message: expect.stringContaining('private window'),
  });
  const scores = await page.evaluate(async () =>
    winnow.classifyImage(await picture(120), { model: 'stand-in-red' }),
  );
  expect(scores.status).toBe('scored');
});

/** Of 4 MB each, so that another worker checks it. */
const LAYERS = 26;

/** Of a kept model: its weights in the order in which they are read, and where each of them lies. */
async function keptOrder(page: Page, model: string): Promise<{ order: number[]; offsets: number[] }> {
  const { reads, layouts } = (await keptRecord(page, model)) as unknown as {
    reads: { network: { order: number[] } };
    layouts: { network: { weights: { place: { offset: number } }[] } };
  };
  return { order: reads.network.order, offsets: layouts.network.weights.map(({ place }) => place.offset) };
}

test('Opened from storage, every weight is read once, those of the first layers twice, and none of them lies in the worker besides', async ({
  serve,
  open,
  large,
}) => {
  // The worker’s own script, with a count of what it reads at once.
  const counting = `
    globalThis.reads = [];
    const original = FileReaderSync.prototype.readAsArrayBuffer;
    FileReaderSync.prototype.readAsArrayBuffer = function (blob) {
      const bytes = original.call(this, blob);
      globalThis.reads.push(bytes.byteLength);
      return bytes;
    };`;
  const url = await serve({ intercept: prefixed(/\/inference-[^/]*\.js$/, counting) });
  const page = await open(url);
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  expect(await ended(page)).toBe('installed');
  await page.evaluate(() => winnow.open('test-large'));
  const reads = await inferenceWorkers(page)
    .at(-1)!
    .evaluate(() => (globalThis as unknown as { reads: number[] }).reads);
  const state = await page.evaluate(
    async () => (await winnow.models()).find(({ card }) => card.id === 'test-large')!,
  );
  const total = reads.reduce((sum, bytes) => sum + bytes, 0);
  // Fewer than the checkpoint’s: biases stand beside each other. Padding is never read. What the first layers answer is
  // taken down when the model is installed, from a graph of their own.
  expect(reads.length).toBeGreaterThan(large.tensors / 2);
  expect(reads.length).toBeLessThanOrEqual(large.tensors * 1.1);
  expect(total).toBeLessThanOrEqual(state.bytes * 1.1);
  expect(total).toBeGreaterThan(state.bytes * 0.95);

  // The next time the order is known, and another worker reads ahead.
  await pick(page, [png(64, 64, 1)]);
  const ask = () => page.evaluate(() => winnow.classifyImage(globalThis.files[0]!, { model: 'test-large' }));
  const before = await ask();
  await page.evaluate(() => winnow.release('test-large'));
  expect((await ask()).probabilities).toEqual(before.probabilities);
  const later = await inferenceWorkers(page)
    .at(-1)!
    .evaluate(() => (globalThis as unknown as { reads: number[] }).reads);
  expect(later).toEqual([]);
});

test('S04: a larger one is checked by a worker of its own, which goes on with it, and kept in the order in which it is read', async ({
  serve,
  open,
}) => {
  const larger = writeLargeVit(LAYERS);
  try {
    const page = await open(await serve());
    await start(page);
    await page.evaluate(() => {
      globalThis.states = [];
      winnow.onActivity(({ model, state }) => {
        if (model === 'test-large') states.push(state);
      });
    });
    await pick(page, larger.files);
    await begin(page, 'test-large');
    expect(await ended(page)).toBe('installed');
    // Of those of the first layers, which are asked for by themselves before, the last time counts.
    const { order, offsets } = await keptOrder(page, 'test-large');
    const last = [...new Set(order.toReversed())].reverse();
    expect(last.length).toBe(offsets.length);
    expect(last.map((at) => offsets[at])).toEqual(offsets.toSorted((a, b) => a - b));
    expect(last).not.toEqual([...offsets.keys()]);

    await pick(page, [png(64, 64, 1)]);
    const ask = () =>
      page.evaluate(() => winnow.classifyImage(globalThis.files[0]!, { model: 'test-large' }));
    const first = await ask();
    expect(first.status).toBe('scored');
    expect(await page.evaluate(() => states.splice(0))).not.toContain('opening');
    await page.evaluate(() => winnow.release('test-large'));
    expect((await ask()).probabilities).toEqual(first.probabilities);
    expect(await page.evaluate(() => states)).toContain('opening');
    // Another page asks in the same order, so that nothing is noted anew.
    expect((await keptOrder(page, 'test-large')).order).toEqual(order);

    // The worker that checks it dies: nothing is left.
    await page.evaluate(() => winnow.remove('test-large'));
    await pick(page, larger.files);
    await page.evaluate(() => {
      const { Worker: Plain } = globalThis;
      globalThis.Worker = class extends Plain {
        override postMessage(message: { path?: string[] }, ...rest: [never]) {
          if (message.path?.at(-1) === 'finishInstall') this.terminate();
          else super.postMessage(message, ...rest);
        }
      };
    });
    await begin(page, 'test-large');
    expect(await ended(page)).toMatchObject({ code: 'worker-died' });
    await expect.poll(() => storedKeys(page)).toEqual([]);
  } finally {
    rmSync(larger.folder, { recursive: true });
  }
});

for (const where of ['read ahead', 'read at once'] as const)
  test(`S10: a weight of a large model that was altered is noticed when it is ${where}`, async ({
    serve,
    open,
    large,
  }) => {
    const broken = prefixed(/\/helper-[^/]*\.js$/, "throw new Error('no');");
    const page = await open(await serve(where === 'read at once' ? { intercept: broken } : {}));
    await start(page);
    await pick(page, large.files);
    await begin(page, 'test-large');
    expect(await ended(page)).toBe('installed');
    await page.evaluate(() => winnow.release('test-large'));
    await tamper(page, 'flip');
    await pick(page, [png(64, 64, 1)]);
    const found = await page.evaluate(() =>
      winnow.classifyImage(globalThis.files[0]!, { model: 'test-large' }),
    );
    expect(found).toMatchObject({ status: 'error', code: 'asset-corrupt', probabilities: [] });
  });

test('a model opens where nothing can be read ahead', async ({ serve, open, large }) => {
  const url = await serve({ intercept: prefixed(/\/helper-[^/]*\.js$/, "throw new Error('no');") });
  const page = await open(url);
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  expect(await ended(page)).toBe('installed');
  await pick(page, [png(64, 64, 1)]);
  const ask = () => page.evaluate(() => winnow.classifyImage(globalThis.files[0]!, { model: 'test-large' }));
  const before = await ask();
  await page.evaluate(() => winnow.release('test-large'));
  expect((await ask()).probabilities).toEqual(before.probabilities);
});

test('a large model that is opened and released again and again leaves no worker behind', async ({
  serve,
  open,
  large,
}) => {
  const page = await open(await serve());
  await start(page);
  await pick(page, large.files);
  await begin(page, 'test-large');
  expect(await ended(page)).toBe('installed');
  await page.evaluate(async () => {
    for (let time = 0; time < 16; time++) {
      await winnow.release('test-large');
      await winnow.open('test-large');
    }
  });
  const left = () => page.workers().filter((worker) => /\/inference-[^/]*$/.test(worker.url())).length;
  await expect.poll(left, { timeout: 20_000 }).toBe(1);
});
