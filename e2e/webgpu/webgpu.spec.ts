/** Engines in a browser: the contract over each of them, and every family on WebGPU, which SwiftShader computes here. */
import { expect, type Page, test } from '@playwright/test';
import type { Precision } from '../../src/core/policy/types';
import { type Harness, startHarness } from '../golden-nsfwjs/harness';
import { WEBGPU } from '../support/webgpu';
import { type Case, cases } from './networks';

test.use(WEBGPU);
test.describe.configure({ mode: 'serial', timeout: 120_000 });

let harness: Harness;
let networks: readonly Case[];
let page: Page;

test.beforeAll(async ({ browser }) => {
  networks = await cases();
  const made = networks.flatMap(({ precisions, files }) => precisions.map((precision) => files(precision)));
  const files = (await Promise.all(made)).flat();
  harness = await startHarness({ root: import.meta.dirname, files: new Map(files), isolated: true });
  page = await browser.newPage();
  await page.goto(harness.url);
  await page.waitForFunction('window.start !== undefined');
});

test.afterAll(async () => {
  await page?.close();
  await harness?.close();
});

type Name = 'wasm' | 'webgpu' | 'asyncify';

const start = (name: Name) =>
  page.evaluate(async (which) => {
    const build = which === 'asyncify' ? 'asyncify' : 'jspi';
    window.engines[which] = await window.start(which === 'wasm' ? 'wasm' : 'webgpu', build);
  }, name);

const open = (name: Name, what: string, precision: Precision) =>
  page.evaluate(async ([engine, network, kept]) => window.engines[engine]!.open(network, kept), [
    name,
    what,
    precision,
  ] as const);

async function answers(name: Name, { name: what, input, inputs }: Case, precision: Precision) {
  const found: Record<string, number[]>[] = [];
  for (const { data, dims } of inputs) {
    const answer = await page.evaluate(
      async ([engine, network, kept, feed, values, shape]) =>
        window.engines[engine]!.run(network, kept, feed, values, shape),
      [name, what, precision, input, [...data], dims] as const,
    );
    if (!('value' in answer)) throw new Error(`${what}, ${precision}: ${answer.message}`);
    found.push(answer.value);
  }
  return found;
}

const close = (name: Name, what: string, precision: Precision) =>
  page.evaluate(async ([engine, network, kept]) => window.engines[engine]!.dispose(network, kept), [
    name,
    what,
    precision,
  ] as const);

const softmax = (logits: readonly number[]): number[] => {
  if (logits.length === 1) return [1 / (1 + Math.exp(-logits[0]!))];
  const raised = logits.map((value) => Math.exp(value - Math.max(...logits)));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
};

/** Values apart by at most, and probabilities. */
const TOLERANCE = { exact: [1e-4, 1e-6], 'int8-blocks': [0.05, 0.005], half: [0.01, 0.005] } as const;

function compare(
  found: Record<string, number[]>,
  wanted: Record<string, readonly number[]>,
  how: keyof typeof TOLERANCE,
) {
  const [values, shares] = TOLERANCE[how];
  const apart = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) : Number.NaN;
  for (const [key, expected] of Object.entries(wanted)) {
    expect(apart(found[key] ?? [], expected), key).toBeLessThan(values);
    if (key === 'logits') expect(apart(softmax(found[key]!), softmax(expected))).toBeLessThan(shares);
  }
}

test('every engine keeps its promises', async () => {
  for (const name of ['wasm', 'webgpu', 'asyncify'] as const) {
    await start(name);
    const broken = await page.evaluate(async (engine) => window.engines[engine]!.brokenPromises(), name);
    expect(broken, name).toEqual([]);
  }
});

test('every family gives its answers on WebGPU, with nothing left to the CPU', async () => {
  for (const network of networks) {
    const { name, precisions, expected } = network;
    let wanted: Record<string, readonly number[]>[] = [];
    for (const precision of precisions as (keyof typeof TOLERANCE)[])
      await test.step(`${name}, ${precision}`, async () => {
        // Flavours for WebGPU run on WASM too: what a demoted backend falls back to.
        expect(await open('wasm', name, precision)).toEqual({});
        const fromWasm = await answers('wasm', network, precision);
        await close('wasm', name, precision);
        if (precision === 'exact')
          wanted = expected
            ? [Object.fromEntries([...expected].map(([key, { data }]) => [key, [...data]]))]
            : fromWasm;
        for (const [at, found] of fromWasm.entries()) compare(found, firstRow(wanted[at]!, found), precision);
        const opened = await open('webgpu', name, precision);
        if (precision === 'half') return expect(opened).toMatchObject({ code: 'gpu-unavailable' });
        expect(opened).toEqual({});
        const found = await answers('webgpu', network, precision);
        await close('webgpu', name, precision);
        for (const [at, one] of found.entries()) compare(one, firstRow(wanted[at]!, one), precision);
      });
  }
});

/** Of references over a batch, the first; by the names that ours have. */
function firstRow(wanted: Record<string, readonly number[]>, found: Record<string, number[]>) {
  const named = Object.entries(found).map(([key, { length }]) => {
    const reference = (key === 'embedding' ? wanted.normalized : undefined) ?? wanted[key];
    return [key, reference!.slice(0, length)] as const;
  });
  return Object.fromEntries(named);
}

test('W13 models are switched again and again, and each gives the same answers every time', async () => {
  const answers = await page.evaluate(async () =>
    window.engines.webgpu!.switching(['timm-vit', 'hf-vit'], 'pixels', [1, 3, 64, 64], 6),
  );
  expect(answers).toHaveLength(6);
  expect(new Set(answers).size).toBe(2);
});

test('many items through one model: the same answers as at first, and memory that does not grow', async () => {
  for (const name of ['wasm', 'webgpu'] as const) {
    expect(await open(name, 'head', 'exact')).toEqual({});
    const found = await page.evaluate(
      async (engine) => window.engines[engine]!.repeat('head', 'exact', 'embedding', [1, 24], 150),
      name,
    );
    await close(name, 'head', 'exact');
    expect(found).toMatchObject({ different: 0, kinds: 5 });
    expect(found.early).toBeGreaterThan(0);
    expect(found.late).toBeLessThanOrEqual(1.1 * found.early);
  }
});

test('W07, W08 a device that is lost ends in its own error, never in numbers; another worker goes on', async () => {
  const dims = [1, 24];
  expect(await open('webgpu', 'head', 'exact')).toEqual({});
  const ended = await page.evaluate(
    async (shape) => window.engines.webgpu!.lose('head', 'exact', 'embedding', shape),
    dims,
  );
  expect(ended).toEqual(['gpu-lost', 'gpu-lost']);
  // Nothing hangs on what is gone.
  await close('webgpu', 'head', 'exact');
  await start('webgpu');
  expect(await open('webgpu', 'head', 'exact')).toEqual({});
  const head = networks.find(({ name }) => name === 'head')!;
  const [found] = await answers('webgpu', head, 'exact');
  expect(Object.values(found!).flat().every(Number.isFinite)).toBe(true);
});
