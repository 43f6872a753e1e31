/** A backend that is wrong is found out before it judges anything; WebGPU is SwiftShader's here. */
import type { Page } from '@playwright/test';
import type { BatchResult } from '../../src/sdk';
import { modelFiles, pick, png, prefixed, vitCard } from '../support/installing';
import { expect, inferenceWorkers, test } from '../support/sdk-page';
import { WEBGPU } from '../support/webgpu';

declare global {
  /** Added to the first number of whatever is read back from the graphics processor. */
  var off: number;
  var results: BatchResult[];
  var go: (() => void) | undefined;
  var withdrawn: { scores: number; message: string; hashes: readonly string[] }[];
}

test.use(WEBGPU);

/** A graphics processor that computes wrongly while the page says so: asked before it gives a device. */
const WRONG = `{
  const faults = new BroadcastChannel('faults');
  const told = () => new Promise((resolve) => {
    faults.onmessage = ({ data }) => resolve(data);
    faults.postMessage('?');
  });
  let off = 0;
  const request = globalThis.GPUAdapter?.prototype.requestDevice;
  if (request) GPUAdapter.prototype.requestDevice = async function (...given) {
    off = await told();
    return request.apply(this, given);
  };
  const mapped = globalThis.GPUBuffer?.prototype.getMappedRange;
  if (mapped) GPUBuffer.prototype.getMappedRange = function (...given) {
    const range = mapped.apply(this, given);
    if (off && this.usage & GPUBufferUsage.MAP_READ) new Float32Array(range, 0, 1)[0] += off;
    return range;
  };
}`;

const { id } = vitCard();

const start = (page: Page, checkEvery?: number) =>
  page.evaluate(
    async ([card, every]) => {
      globalThis.off ??= 0;
      const faults = new BroadcastChannel('faults');
      faults.onmessage = ({ data }) => data === '?' && faults.postMessage(globalThis.off);
      globalThis.winnow = await sdk.createWinnow({ catalog: [card], ...(every && { checkEvery: every }) });
    },
    [vitCard(), checkEvery] as const,
  );

const reopen = (page: Page) =>
  page.evaluate(async (model) => {
    await winnow.release(model);
    const opened = await winnow.open(model);
    const state = (await winnow.models()).find(({ card }) => card.id === model)!;
    return { opened, runs: state.runs };
  }, id);

const perturb = (page: Page, by: number) =>
  page.evaluate((value) => {
    globalThis.off = value;
  }, by);

test('W08, W10, W11: a backend that is wrong gives way, which is said, noted, and asked for again', async ({
  serve,
  open,
}) => {
  test.slow();
  const url = await serve({ intercept: prefixed(/\/inference-[^/]*\.js$/, WRONG) });
  const page = await open(url);
  await start(page);
  await pick(page, modelFiles('timm-vit'));
  await page.evaluate((model) => winnow.install(model, { files }), id);

  await test.step('one that the processor stands in for is not chosen', async () => {
    const { opened, runs } = await reopen(page);
    expect(opened).toMatchObject({ backend: 'wasm', why: expect.stringContaining('by the processor') });
    expect(runs).toMatchObject({ backend: 'wasm', backends: ['wasm', 'webgpu'] });
  });

  await test.step('W10: asked for and wrong, it is left for WASM before it judged anything', async () => {
    await perturb(page, 3);
    await page.evaluate((model) => winnow.prefer(model, 'webgpu'), id);
    const { opened, runs } = await reopen(page);
    expect(opened).toMatchObject({
      backend: 'wasm',
      why: expect.stringMatching(/WebGPU was off by 0\.\d\d/),
    });
    expect(runs).toMatchObject({ backend: 'wasm', demoted: expect.stringContaining('WebGPU was off by') });
    await pick(page, [png(64, 48, 3)]);
    const scores = await page.evaluate((model) => winnow.classifyImage(files[0]!, { model }), id);
    expect(scores).toMatchObject({ status: 'scored', backend: 'wasm' });
  });

  await test.step('it is not tried again in another page, though it is right again', async () => {
    await open(url);
    await start(page);
    const { opened } = await reopen(page);
    expect(opened).toMatchObject({ backend: 'wasm', why: expect.stringContaining('WebGPU was off by') });
  });

  await test.step('until somebody asks: then it is compared anew', async () => {
    await page.evaluate((model) => winnow.prefer(model, 'webgpu'), id);
    const { opened, runs } = await reopen(page);
    expect(opened).toMatchObject({ backend: 'webgpu', why: 'Runs on WebGPU. Chosen by you.' });
    expect(opened.selfTestDistance).toBeLessThan(1e-4);
    expect(runs).toMatchObject({ chosen: 'webgpu' });
  });

  await test.step('measuring finds how to share the cores, and is told', async () => {
    const measured = await page.evaluate(() => winnow.measure());
    const { cores, isolated } = await page.evaluate(() => ({
      cores: navigator.hardwareConcurrency,
      isolated: crossOriginIsolated,
    }));
    // Where the machine is so busy that its time was over, the first way to share the cores is the only one.
    const late = measured.milliseconds >= 1_500;
    expect(measured.timings.length).toBeGreaterThan(isolated && cores > 1 && !late ? 1 : 0);
    for (const { float32, int8 } of measured.timings) expect(Math.min(float32, int8)).toBeGreaterThan(0);
    expect(measured.threads).toBeLessThanOrEqual(cores);
    await page.evaluate((model) => winnow.prefer(model), id);
    const { opened } = await reopen(page);
    expect(opened.backend).toBe('wasm');
    expect(opened.why).not.toContain('not measured yet');
  });

  await test.step('W08: a worker that goes wrong: its answers need review at once, then others give them', async () => {
    await open(url);
    await start(page, 8);
    const running = page.evaluate(async (model) => {
      globalThis.results = [];
      globalThis.withdrawn = [];
      winnow.onWithdrawn((scores, { message }, of) =>
        globalThis.withdrawn.push({ scores: scores.length, message, hashes: of.map(({ sha256 }) => sha256) }),
      );
      const items = await Promise.all(Array.from({ length: 40 }, (_, at) => picture(6 * at)));
      let steered = () => {};
      const halfway = new Promise<void>((resolve) => {
        steered = resolve;
      });
      const batch = winnow.batch({
        models: [model],
        onResult: (result) => {
          globalThis.results.push(result);
          if (globalThis.results.length === 10) {
            batch.pause();
            steered();
          }
        },
      });
      batch.add(items.map((content, at) => ({ id: `${at}`, content })));
      batch.end();
      await halfway;
      globalThis.go = () => batch.resume();
      const summary = await batch.done;
      const fresh = [];
      for (const at of [0, 20, 39]) fresh.push(await winnow.classifyImage(items[at]!, { model }));
      return { summary, fresh, results: globalThis.results, withdrawn: globalThis.withdrawn };
    }, id);
    await page.waitForFunction(() => globalThis.go !== undefined);
    // Plausible, and wrong: the labels are swapped.
    await inferenceWorkers(page)[0]!.evaluate(() => {
      const { slice } = Float32Array.prototype;
      Float32Array.prototype.slice = function (...given) {
        const copy = slice.apply(this, given);
        return copy.length === 2 ? copy.reverse() : copy;
      };
    });
    await page.evaluate(() => globalThis.go!());
    const { summary, fresh, results, withdrawn } = await running;
    expect(summary).toMatchObject({ done: 40, total: 40, failed: 0 });
    const gone = results.filter(({ scores }) => scores.code === 'self-test-failed');
    expect(gone.length).toBeGreaterThan(0);
    expect(withdrawn).toHaveLength(1);
    expect(withdrawn[0]).toMatchObject({ scores: gone.length, message: expect.stringContaining('Score it') });
    expect([...withdrawn[0]!.hashes].sort()).toEqual(gone.map(({ sha256 }) => sha256).sort());
    const last = new Map(results.map((result) => [result.id, result.scores]));
    expect([...last.values()].every(({ status }) => status === 'scored')).toBe(true);
    for (const [index, at] of [0, 20, 39].entries())
      expect(last.get(`${at}`)!.probabilities).toEqual(fresh[index]!.probabilities);
  });
});
