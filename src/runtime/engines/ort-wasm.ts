/** ONNX Runtime Web's plain WASM build: float32 and int8 on the CPU, one thread or several. */
import * as ort from 'onnxruntime-web/wasm';
import { FailedError, toWinnowError } from '../../core/errors';
import { materialise, mount } from '../../core/prepare/mount';
import { WEIGHTS } from '../../core/prepare/plan';
import type { RuntimeAssets } from '../../rpc/contract';
import type { Engine, EngineNetwork, Feed } from '../engine';
import { lazyWeightsWork, type RunOnce } from '../selftest';
import { standInFor } from './compiled';

/**
 * Opens an ONNX model. The worker may not fetch, so the WASM arrives compiled; only the glue is imported, as a
 * script of the same origin. Weights outside the graph are read one tensor at a time where the runtime's own file
 * interface allows it; where it does not, they are put into memory once beside the runtime's copy: seenBytes more.
 * Rejects with FailedError: `worker-failed` when the runtime itself cannot start, `out-of-memory`.
 */
export async function openOrtWasm(network: EngineNetwork, runtime: RuntimeAssets): Promise<Engine> {
  ort.env.wasm.wasmBinary = standInFor(runtime.wasm);
  ort.env.wasm.wasmPaths = { mjs: runtime.glue };
  ort.env.wasm.numThreads = runtime.threads;
  // Its messages can carry values derived from the input, and a console is somebody else's to read.
  ort.env.logLevel = 'fatal';
  const session = await createSession(network);
  const wide = new Set(
    session.inputMetadata.filter((input) => input.isTensor && input.type === 'int64').map(({ name }) => name),
  );
  // One run at a time: ONNX Runtime Web does not queue them itself.
  let last: Promise<unknown> = Promise.resolve();
  return {
    backend: 'wasm',
    precision: network.precision ?? 'exact',
    threads: runtime.threads,
    inputs: session.inputNames,
    run(feeds) {
      const result = last.then(() => run(session, feeds, wide));
      last = result.catch(() => {});
      return result;
    },
    dispose: () => session.release(),
  };
}

const OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
  // Off by default on the web. Shapes are static here, so the plan is made once and buffers are reused.
  enableCpuMemArena: true,
  enableMemPattern: true,
  logSeverityLevel: 4,
};

const EXTRA = {
  // The arena grows in powers of two: weights in it would cost up to twice their size.
  use_device_allocator_for_initializers: '1',
};

async function createSession({ graph, weights }: EngineNetwork): Promise<ort.InferenceSession> {
  // The runtime answers a read that failed with a number of its own.
  let unread: unknown;
  try {
    // Idle threads that spin take the cores that the browser decodes the next picture with. Where a run is much longer
    // than decoding, they save more than they take: 8 % of Marqo's 0.25 s (2 threads on 2 cores).
    const spin = { intra_op: { allow_spinning: weights ? '1' : '0' } };
    const options = { ...OPTIONS, extra: { session: { ...EXTRA, ...spin } } };
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
    const lazy = await lazyWeightsWork(runOnce);
    await weights.ready;
    const data = lazy ? mount(layout, read) : materialise(layout, read);
    return await ort.InferenceSession.create(graph, {
      ...options,
      externalData: [{ path: WEIGHTS, data }],
    });
  } catch (cause) {
    const known = toWinnowError(unread ?? cause);
    if (known.code !== 'internal') throw known;
    // Emscripten's allocator says so in a plain Error, or as C++ does.
    if (/memory|bad_alloc|allocat/i.test(known.message))
      throw new FailedError(
        'out-of-memory',
        'The browser ran out of memory. Close other tabs.',
        {},
        { cause },
      );
    throw new FailedError(
      'worker-failed',
      'This browser could not start the model. Close other tabs and try again, or use another browser.',
      {},
      { cause },
    );
  }
}

const runOnce: RunOnce = async (graph, data, x) => {
  const session = await ort.InferenceSession.create(graph, {
    ...OPTIONS,
    externalData: [{ path: WEIGHTS, data }],
  });
  try {
    const { y } = await session.run({ x: new ort.Tensor('float32', x, [x.length]) });
    return new Float32Array(y!.data as Float32Array);
  } finally {
    await session.release();
  }
};

async function run(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
  wide: ReadonlySet<string>,
): Promise<Readonly<Record<string, Feed>>> {
  const tensors: Record<string, ort.Tensor> = {};
  for (const [name, feed] of Object.entries(feeds)) tensors[name] = tensorOf(feed, wide.has(name));
  try {
    const results = await session.run(tensors);
    const outputs: Record<string, Feed> = {};
    for (const [name, tensor] of Object.entries(results)) {
      const data = tensor.data as Float32Array | Int32Array;
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

function tensorOf({ data, dims }: Feed, wide: boolean): ort.Tensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims);
  if (wide) return new ort.Tensor('int64', BigInt64Array.from(data, BigInt), dims);
  return new ort.Tensor('int32', data, dims);
}
