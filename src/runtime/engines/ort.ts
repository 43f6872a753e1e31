/** What every build of ONNX Runtime Web has in common: opening, weights that are read when they are asked for, runs, errors. */
import type * as OrtBuild from 'onnxruntime-web/wasm';
import { CancelledError, FailedError, toWinnowError, type WinnowError } from '../../core/errors';
import { materialise, mount } from '../../core/prepare/mount';
import { WEIGHTS } from '../../core/prepare/plan';
import { step } from '../../rpc/step';
import type { EngineNetwork, Feed } from '../engine';
import { lazyWeightsWork, type RunOnce } from '../selftest';
import { standInFor } from './compiled';

/** A build of the runtime: they differ in what they were compiled from, not in their interface. */
export type Ort = typeof OrtBuild;
export type Session = OrtBuild.InferenceSession;
export type SessionOptions = OrtBuild.InferenceSession.SessionOptions;
type Tensor = OrtBuild.Tensor;

export type Feeds = Readonly<Record<string, Feed>>;

/** Threads of their own, once per worker: the worker may not fetch, so the WASM arrives compiled; only the glue is imported. */
export function setUp(
  { env }: Ort,
  { wasm, glue }: { readonly wasm: WebAssembly.Module; readonly glue: string },
  threads: number,
): void {
  env.wasm.wasmBinary = standInFor(wasm);
  env.wasm.wasmPaths = { mjs: glue };
  env.wasm.numThreads = threads;
  // Its messages can carry values derived from the input, and a console is somebody else's to read.
  env.logLevel = 'fatal';
}

/**
 * Opens a network. Weights outside the graph are read one tensor at a time where the runtime's own file interface allows
 * it; where it does not, they are put into memory once beside the runtime's copy: seenBytes more. Rejects with
 * FailedError ('out-of-memory', 'worker-failed'), or with what reading the weights threw.
 */
export async function openSession(
  ort: Ort,
  { graph, weights }: EngineNetwork,
  options: SessionOptions,
): Promise<Session> {
  // The runtime answers a read that failed with a number of its own.
  let unread: unknown;
  try {
    if (!weights) return await ort.InferenceSession.create(graph, options);
    const { layout } = weights;
    const read = (start: number, end: number) => {
      try {
        return weights.read(start, end);
      } catch (thrown) {
        unread = thrown;
        throw thrown;
      }
    };
    const lazy = await lazyWeightsWork(runOnce(ort, options));
    step('runtime started');
    await weights.ready;
    const data = lazy ? mount(layout, read) : materialise(layout, read);
    return await ort.InferenceSession.create(graph, {
      ...options,
      externalData: [{ path: WEIGHTS, data }],
    });
  } catch (cause) {
    throw openingError(unread ?? cause);
  }
}

/** Has the runtime start, and find out what `openSession` will ask it. Never rejects: opening says what is wrong. */
export async function startSession(ort: Ort, options: SessionOptions): Promise<void> {
  await lazyWeightsWork(runOnce(ort, options));
}

function openingError(cause: unknown): WinnowError {
  const known = toWinnowError(cause);
  if (known.code !== 'internal') return known;
  // Emscripten's allocator says so in a plain Error, or as C++ does.
  if (/memory|bad_alloc|allocat/i.test(known.message))
    return new FailedError(
      'out-of-memory',
      'The browser ran out of memory. Close other tabs.',
      {},
      { cause },
    );
  return new FailedError(
    'worker-failed',
    'This browser could not start the model. Close other tabs and try again, or use another browser.',
    {},
    { cause },
  );
}

const runOnce =
  (ort: Ort, { freeDimensionOverrides: _, ...options }: SessionOptions): RunOnce =>
  async (graph, data, x) => {
    const session = await ort.InferenceSession.create(graph, {
      ...options,
      externalData: [{ path: WEIGHTS, data }],
    });
    try {
      const { y } = await session.run({ x: new ort.Tensor('float32', x, [x.length]) });
      return new Float32Array((await y!.getData()) as Float32Array);
    } finally {
      await session.release();
    }
  };

/** Inputs that want whole numbers of 64 bits. */
export function wideInputs(session: Session): ReadonlySet<string> {
  return new Set(
    session.inputMetadata.filter((input) => input.isTensor && input.type === 'int64').map(({ name }) => name),
  );
}

/** One run. The outputs are copies. Rejects with FailedError('inference-failed'). */
export async function runSession(
  ort: Ort,
  session: Session,
  feeds: Feeds,
  wide: ReadonlySet<string>,
): Promise<Feeds> {
  try {
    const tensors: Record<string, Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) tensors[name] = tensorOf(ort, feed, wide.has(name));
    const results = await session.run(tensors);
    const outputs: Record<string, Feed> = {};
    for (const [name, tensor] of Object.entries(results)) {
      const data = (await tensor.getData()) as Float32Array | Int32Array;
      outputs[name] = { data: data.slice() as typeof data, dims: tensor.dims };
      tensor.dispose();
    }
    return outputs;
  } catch (cause) {
    throw new FailedError(
      'inference-failed',
      'The model stopped while scoring this. Try again.',
      {},
      { cause },
    );
  }
}

function tensorOf(ort: Ort, { data, dims }: Feed, wide: boolean): Tensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  if (wide) return new ort.Tensor('int64', BigInt64Array.from(data, BigInt), dims);
  return new ort.Tensor('int32', data, dims);
}

/** Does one thing at a time: ONNX Runtime Web does not queue runs itself. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** `work`, once everything before it has ended, well or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** `work`, but rejecting with CancelledError as soon as `signal` fires. What was begun goes on, and nobody hears of it. */
export function untilWithdrawn<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const withdraw = () => reject(new CancelledError());
    if (signal.aborted) withdraw();
    signal.addEventListener('abort', withdraw, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', withdraw));
  });
}
