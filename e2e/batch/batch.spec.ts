/** A batch through the real workers: order, copies, pause, cancel, broken files, and what lost or late workers do to it. */
import type { Page } from '@playwright/test';
import type { BatchItem, BatchResult, BatchSummary } from '../../src/sdk';
import { gif } from '../bench-view/files';
import { prefixed } from '../support/installing';
import { expect, inferenceWorkers, test } from '../support/sdk-page';

interface Ran {
  readonly results: readonly BatchResult[];
  readonly summary: BatchSummary;
}

declare global {
  /** In the page. `steer` is told of every result. */
  var runBatch: (
    models: readonly string[],
    items: readonly BatchItem[],
    steer?: (count: number, batch: ReturnType<typeof winnow.batch>) => void,
  ) => Promise<Ran>;
  /** Pictures of several sizes and formats, some with transparency, drawn from a number. */
  var drawn: (number: number) => Promise<Blob>;
  var moving: Blob;
}

/** Replies come late and in another order; a picture that calls itself poison ends every worker that decodes it. */
const LATE = `{
  const send = postMessage.bind(globalThis);
  let seed = 11;
  globalThis.postMessage = (...parameters) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const late = seed % 3 === 0 ? seed % 40 : 0;
    if (late) setTimeout(() => send(...parameters), late); else send(...parameters);
  };
  const decode = createImageBitmap;
  globalThis.createImageBitmap = (...parameters) => {
    if (parameters[0].type === 'image/poison') { close(); return new Promise(() => {}); }
    return decode(...parameters);
  };
}`;

test('W01 W06 W16 W17: a batch answers every item once, its own, whatever happens to workers', async ({
  serve,
  open,
}) => {
  test.setTimeout(120_000);
  const page = await open(await serve({ intercept: prefixed(/\/pixels-[^/]*\.js$/, LATE) }));
  await page.evaluate(define);
  await addMoving(page);
  await page.evaluate(async () => {
    globalThis.winnow = await sdk.createWinnow({ threads: 1 });
  });

  await test.step('pictures: exactly the scores that classifyImage gives, views and frames included', async () => {
    const found = await page.evaluate(async () => {
      const model = 'starter-image';
      const items: BatchItem[] = await Promise.all(
        Array.from({ length: 12 }, async (_, at) => ({ id: `${at}`, content: await drawn(at) })),
      );
      items.push({ id: 'moving', content: async () => moving });
      const first = items[0]!.content as Blob;
      items.push({ id: 'copy', content: new Blob([await first.arrayBuffer()]) });
      items.push({ id: 'broken', content: (items[3]!.content as Blob).slice(0, 500) });
      items.push({ id: 'empty', content: new Blob([]) });
      const ran = await runBatch([model], items);
      const alone = [];
      for (const { id, content } of items.slice(0, 13))
        alone.push({
          id,
          scores: await winnow.classifyImage(id === 'moving' ? moving : (content as Blob), { model }),
        });
      const hash = await crypto.subtle.digest('SHA-256', await first.arrayBuffer());
      const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const identity =
        ran.results.find(({ id }) => id === 'copy')?.scores ===
        ran.results.find(({ id }) => id === '0')?.scores;
      return { ran, alone, hex, bytes: first.size, identity };
    });
    const { results, summary } = found.ran;
    const of = (id: string) => results.find((result) => result.id === id)!;
    expect(summary).toMatchObject({ done: 16, total: 16, failed: 2, cancelled: false });
    expect(new Set(results.map(({ id }) => id)).size).toBe(16);
    for (const { id, scores } of found.alone) {
      const { milliseconds: _, timings, ...same } = scores;
      expect(of(id).scores, id).toMatchObject(same);
      expect(Object.keys(of(id).scores.timings!)).toEqual(Object.keys(timings!));
      expect(of(id).scores.timings!.run).toBeGreaterThan(0);
    }
    expect(of('moving').scores.coverage).toMatchObject({ unit: 'frames', checked: 3, total: 3 });
    expect(of('moving').scores.coverage.parts).toHaveLength(3);
    expect(results.some(({ scores }) => scores.coverage.unit === 'views')).toBe(true);
    expect(of('0')).toMatchObject({ sha256: found.hex, bytes: found.bytes });
    expect(of('copy')).toMatchObject({ again: '0', sha256: found.hex });
    expect(found.identity).toBe(true);
    expect(of('broken').scores).toMatchObject({ status: 'error', code: 'damaged-file', probabilities: [] });
    expect(of('empty').scores).toMatchObject({ status: 'error', code: 'empty-file', probabilities: [] });
  });

  await test.step('W01: texts through two models, of which one throws at every run', async () => {
    const { results, summary } = await page.evaluate(() =>
      runBatch(
        ['stand-in-pineapple', 'throwing-text', 'starter-text'],
        ['harbour lantern', 'a pineapple', 'harbour lantern'].map((content, at) => ({
          id: `${at}`,
          content,
        })),
      ),
    );
    expect(summary).toMatchObject({ done: 3, failed: 3, cancelled: false });
    const of = (model: string) => results.filter((result) => result.model === model);
    expect(of('throwing-text').map(({ scores }) => scores.code)).toEqual(Array(3).fill('inference-failed'));
    expect(of('starter-text').map(({ scores }) => scores.status)).toEqual(Array(3).fill('scored'));
    const fruit = of('stand-in-pineapple');
    expect(fruit.find(({ id }) => id === '1')!.scores.probabilities[0]).toBeGreaterThan(0.9);
    expect(fruit.filter(({ again }) => again === '0' || again === '2')).toHaveLength(1);
  });

  await test.step('W16: 300 pictures keep their own scores while replies are late and workers die', async () => {
    const running = page.evaluate(async () => {
      const items = Array.from({ length: 300 }, (_, at) => ({
        id: `${at}`,
        content: () => picture((at * 37) % 256, 16 + at),
      }));
      globalThis.finished = 0;
      const { results, summary } = await runBatch(['stand-in-red'], items, (count, batch) => {
        globalThis.finished = count;
        if (count === 50) batch.next(['299', '250']);
      });
      const expected = (at: number) => 1 / (1 + Math.exp(-((12 * ((at * 37) % 256)) / 255 - 2)));
      const wrong = results.filter(
        ({ id, scores }) =>
          scores.status !== 'scored' || Math.abs(scores.probabilities[0]! - expected(Number(id))) > 1e-4,
      );
      return { order: results.map(({ id }) => id), wrong, summary };
    });
    for (const [at, pattern] of [/\/inference-/, /\/pixels-/, /\/inference-/].entries()) {
      await page.waitForFunction((count) => (globalThis.finished ?? 0) >= count, 70 * (at + 1));
      await page
        .workers()
        .findLast((worker) => pattern.test(worker.url()))
        ?.evaluate(() => globalThis.close())
        .catch(() => {});
    }
    const { order, wrong, summary } = await running;
    expect(wrong).toEqual([]);
    expect(summary).toMatchObject({ done: 300, total: 300, failed: 0 });
    expect(new Set(order).size).toBe(300);
    // Asked for at the 50th; what was under way then came before them.
    for (const id of ['299', '250']) expect(order.indexOf(id)).toBeLessThan(75);
  });

  await test.step('W06: a picture that ends every worker is given up, once for all its copies; the rest goes on', async () => {
    const { results, summary } = await page.evaluate(async () => {
      const poison = new Blob([await (await picture(90, 40)).arrayBuffer()], { type: 'image/poison' });
      const items: BatchItem[] = [0, 1, 2].map((at) => ({ id: `poison ${at}`, content: poison }));
      for (let at = 0; at < 12; at++) items.push({ id: `${at}`, content: await picture(at, 700 + at) });
      return runBatch(['stand-in-red'], items);
    });
    expect(summary).toMatchObject({ done: 15, failed: 3 });
    for (const { id, scores } of results)
      expect(scores, id).toMatchObject(
        id.startsWith('poison') ? { status: 'error', code: 'worker-died' } : { status: 'scored' },
      );
    expect(results.filter(({ again }) => again?.startsWith('poison'))).toHaveLength(2);
  });

  await test.step('W17: a pause ends within a second and loses nothing; so does cancelling, what is done kept', async () => {
    const found = await page.evaluate(async () => {
      const items = (from: number) =>
        Array.from({ length: 60 }, (_, at) => ({ id: `${at}`, content: () => picture(at, from + at) }));
      let during = 0;
      const paused = await runBatch(['starter-image'], items(300), (count, batch) => {
        globalThis.finished = count;
        if (count !== 10) return;
        batch.pause();
        setTimeout(() => {
          during = globalThis.finished! - count;
          batch.resume();
        }, 500);
      });
      let since = 0;
      const cancelled = await runBatch(['starter-image'], items(400), (count, batch) => {
        if (count !== 10) return;
        since = performance.now();
        batch.cancel();
      });
      const milliseconds = performance.now() - since;
      await new Promise((resolve) => setTimeout(resolve, 200));
      const after = await winnow.classifyImage(await picture(250), { model: 'stand-in-red' });
      return { during, paused, cancelled, milliseconds, after: after.status };
    });
    // What the network had begun with.
    expect(found.during).toBeLessThanOrEqual(3);
    expect(found.paused.summary).toMatchObject({ done: 60, failed: 0, cancelled: false });
    expect(new Set(found.paused.results.map(({ id }) => id)).size).toBe(60);
    expect(found.cancelled.summary).toMatchObject({ done: 10, total: 60, cancelled: true });
    expect(found.cancelled.results).toHaveLength(10);
    expect(found.milliseconds).toBeLessThan(1_000);
    expect(found.after).toBe('scored');
  });

  await test.step('workers of their own decode, and all go when Winnow is closed', async () => {
    expect(page.workers().filter((worker) => /\/pixels-/.test(worker.url()))).toHaveLength(1);
    await page.evaluate(() => winnow.close());
    await expect.poll(() => inferenceWorkers(page).length).toBe(0);
    await expect.poll(() => page.workers().filter((worker) => /\/pixels-/.test(worker.url())).length).toBe(0);
  });
});

test('More workers of one model, while there is a backlog, give the same scores', async ({ serve, open }) => {
  const page = await open(await serve());
  await page.evaluate(define);
  const found = await page.evaluate(async () => {
    globalThis.winnow = await sdk.createWinnow({ threads: 1, workers: 3 });
    const items = await Promise.all(
      Array.from({ length: 24 }, async (_, at) => ({ id: `${at}`, content: await drawn(at) })),
    );
    const many = await runBatch(['starter-image'], items);
    return many.results.map(({ id, scores }) => ({ id: Number(id), scores: scores.probabilities }));
  });
  expect(inferenceWorkers(page).length).toBeGreaterThan(1);
  expect(inferenceWorkers(page).length).toBeLessThanOrEqual(3);
  const alone = await page.evaluate(async () => {
    await winnow.close();
    const one = await sdk.createWinnow({ threads: 1 });
    const all = [];
    for (let at = 0; at < 24; at += 6)
      all.push({
        id: at,
        scores: (await one.classifyImage(await drawn(at), { model: 'starter-image' })).probabilities,
      });
    return all;
  });
  expect(found).toHaveLength(24);
  for (const { id, scores } of alone) expect(found.find((one) => one.id === id)!.scores).toEqual(scores);
});

/** In the page. */
function define(): void {
  globalThis.runBatch = async (models, items, steer) => {
    const results: BatchResult[] = [];
    const batch = winnow.batch({
      models,
      onResult: (result) => {
        results.push(result);
        steer?.(results.length, batch);
      },
    });
    batch.add(items);
    batch.end();
    const summary = await batch.done;
    return { results, summary };
  };
  globalThis.drawn = (number) => {
    const [width, height] = [120 + 37 * number, 90 + ((53 * number) % 400)];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    const type = `image/${['png', 'jpeg', 'webp'][number % 3]}`;
    // Every fourth PNG lets what is behind it through.
    if (number % 12 !== 0) {
      context.fillStyle = `hsl(${40 * number} 60% 60%)`;
      context.fillRect(0, 0, width, height);
    }
    for (let at = 0; at < 9; at++) {
      context.fillStyle = `hsl(${40 * number + 71 * at} 70% ${20 + 8 * at}% / 0.8)`;
      context.fillRect(((at * 83) % width) - 20, (at * 47) % height, width / 3, height / 4);
    }
    return canvas.convertToBlob({ type, quality: 0.9 });
  };
}

async function addMoving(page: Page): Promise<void> {
  const bytes = gif('moving.gif', [
    [230, 20, 20],
    [20, 160, 40],
    [20, 40, 220],
  ]).bytes.toString('base64');
  await page.evaluate((base64) => {
    globalThis.moving = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
  }, bytes);
}
