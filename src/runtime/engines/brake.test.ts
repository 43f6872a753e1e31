import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GraphBuilder } from '../../core/onnx/graph';
import { writeModel } from '../../core/onnx/write';
import { isWithdrawn, noteCrossed, sharedWords } from '../../rpc/withdrawal';
import type { Engine, EngineNetwork } from '../engine';

/** Products of 512 × 512, each some 10 ms: a run that takes a second unless it is ended. */
const PRODUCTS = 120;
const SIDE = 512;

/** The page's thread, which withdraws a while after it hears of the brake. */
const OTHER = `require('node:worker_threads').parentPort.on('message', ({ words, brake, after }) => setTimeout(() => {
  Atomics.store(words, 0, 1);
  if (Atomics.load(words, 1) !== 1) return;
  Atomics.or(brake, 0, 1);
  Atomics.notify(brake, 0);
}, after));`;

/** The helping thread's own script, with what a browser's worker has that Node's has not. */
const HELPER = `
  const { parentPort } = require('node:worker_threads');
  require('tsx/cjs');
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  globalThis.addEventListener = (type, listener, options) =>
    parentPort[options?.once ? 'once' : 'on'](type, (data) => listener({ data }));
  require(${JSON.stringify(join(import.meta.dirname, '../../../workers/helper.ts'))});`;

const helpers: Worker[] = [];

class NodeHelper extends Worker {
  constructor() {
    super(HELPER, { eval: true });
    helpers.push(this);
  }

  addEventListener(type: 'message' | 'error', listener: (event: unknown) => void): void {
    this.on(type, (data) => listener({ data, preventDefault() {} }));
  }
}

let engine: Engine;
let open: (network: Partial<EngineNetwork>) => Promise<Engine>;
let other: Worker;

beforeAll(async () => {
  vi.stubGlobal('crossOriginIsolated', true);
  const { ortWasm } = await import('./ort-wasm');
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const wasm = await WebAssembly.compile(readFileSync(join(folder, 'ort-wasm-simd-threaded.wasm')));
  const glue = pathToFileURL(join(folder, 'ort-wasm-simd-threaded.mjs')).href;
  const g = new GraphBuilder('products');
  const x = g.input('x', 'F32', [SIDE, SIDE]);
  const times = g.input('times', 'F32', [1]);
  let y = x;
  for (let at = 0; at < PRODUCTS; at++) y = g.add('Mul', [g.add('MatMul', [y, x]), times]);
  g.output(y, 'y', 'F32');
  const runtime = { wasm, glue, helper: '', threads: 1 };
  const graph = writeModel(g.build());
  open = (network) => ortWasm.open({ graph, ...network }, runtime);
  engine = await open({});
  // Not before: in Node, ONNX Runtime puts one there.
  vi.stubGlobal('Worker', NodeHelper);
  other = new Worker(OTHER, { eval: true });
}, 30_000);

afterAll(async () => {
  await engine?.dispose();
  await other?.terminate();
  for (const helper of helpers) await helper.terminate();
  vi.unstubAllGlobals();
});

const feeds = (side = SIDE) => ({
  x: { data: new Float32Array(side * side).fill(1 / side), dims: [side, side] },
  times: { data: new Float32Array([1]), dims: [1] },
});

/** A signal that the other thread withdraws so many milliseconds after the run began. */
function crossing(after: number): AbortSignal {
  const words = sharedWords()!;
  const { signal } = new AbortController();
  noteCrossed(signal, { words, tell: (brake) => other.postMessage({ words, brake, after }) });
  return signal;
}

/** A run that would take `all` milliseconds, withdrawn at a twentieth of it, is over before half of it. */
async function endsEarly(of: Engine, all: number): Promise<void> {
  const times: number[] = [];
  // The fastest of three: the other thread may be late on a busy machine.
  while (times.length < 3 && !times.some((time) => time < all / 2)) {
    const signal = crossing(all / 20);
    const started = performance.now();
    await expect(of.run(feeds(), signal)).rejects.toMatchObject({ kind: 'cancelled' });
    times.push(performance.now() - started);
    expect(isWithdrawn(signal)).toBe(true);
  }
  expect(Math.min(...times)).toBeLessThan(all / 2);
}

it('ends a run between two operators, which would have gone on for a second', async () => {
  // The first long run is what a thread is started for, afterwards.
  const began = performance.now();
  await engine.run(feeds(), crossing(0));
  const all = performance.now() - began;
  expect(helpers).toHaveLength(0);
  await expect.poll(() => helpers.length, { timeout: 5_000 }).toBe(1);
  await once(helpers[0]!, 'message');
  await endsEarly(engine, all);
}, 60_000);

it('lets nobody else see the memory of the runtime', async () => {
  let told: Int32Array | undefined;
  const signal = new AbortController().signal;
  noteCrossed(signal, {
    words: sharedWords(),
    tell: (brake) => {
      told = brake;
    },
  });
  await engine.run(feeds(), signal);
  expect(told?.buffer.byteLength).toBe(8);
});

it('W17: what is withdrawn before its turn is not begun', async () => {
  const words = sharedWords()!;
  const { signal } = new AbortController();
  noteCrossed(signal, { words, tell: () => {} });
  Atomics.store(words, 0, 1);
  await expect(engine.run(feeds(), signal)).rejects.toMatchObject({ kind: 'cancelled' });
});

it('runs again what somebody else’s withdrawal stopped', async () => {
  let times = 0;
  const signal = new AbortController().signal;
  noteCrossed(signal, {
    words: sharedWords(),
    tell: (brake) => {
      times += 1;
      // A brake that comes late: of the job before.
      other.postMessage({ words: new Int32Array([0, 1]), brake, after: 50 });
    },
  });
  const { y } = await engine.run(feeds(), signal);
  expect(times).toBe(1);
  expect(y!.data[0]).toBeCloseTo(1 / SIDE, 6);
}, 60_000);

it('gives the same answers, and ends as soon, without a plan of memory', async () => {
  // As text models are opened.
  const unplanned = await open({ sequence: { input: 'x', width: SIDE } });
  const planned = await engine.run(feeds());
  const began = performance.now();
  const found = await unplanned.run(feeds());
  const all = performance.now() - began;
  expect(found.y!.data).toEqual(planned.y!.data);
  await endsEarly(unplanned, all);
  await unplanned.dispose();
}, 60_000);
