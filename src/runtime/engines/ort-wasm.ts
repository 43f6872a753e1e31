/** ONNX Runtime Web's plain WASM build: float32 and int8 on the CPU, one thread or several. */
import * as ort from 'onnxruntime-web/wasm';
import { FailedError, toWinnowError } from '../../core/errors';
import type { RuntimeAssets } from '../../rpc/contract';
import type { Engine, Feed } from '../engine';

/**
 * Opens an ONNX model held in memory. The worker may not fetch, so the WASM arrives as bytes; only the glue
 * is imported, as a script of the same origin. Rejects with FailedError: `worker-failed` when the runtime
 * itself cannot start, `unsupported-model` semantics stay with the caller.
 */
export async function openOrtWasm(model: Uint8Array, runtime: RuntimeAssets): Promise<Engine> {
  ort.env.wasm.wasmBinary = runtime.wasm;
  ort.env.wasm.wasmPaths = { mjs: runtime.glue };
  ort.env.wasm.numThreads = runtime.threads;
  // Its messages can carry values derived from the input, and a console is somebody else's to read.
  ort.env.logLevel = 'fatal';
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    // Off by default on the web. Shapes are static here, so the plan is made once and buffers are reused.
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 4,
    // Idle threads that spin take the cores that the browser decodes the next picture with.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((cause: unknown) => {
    const known = toWinnowError(cause);
    if (known.code === 'out-of-memory') throw known;
    throw new FailedError(
      'worker-failed',
      'This browser could not start the model. Close other tabs and try again, or use another browser.',
      {},
      { cause },
    );
  });
  // One run at a time: ONNX Runtime Web does not queue them itself.
  let last: Promise<unknown> = Promise.resolve();
  return {
    backend: 'wasm',
    precision: 'exact',
    threads: runtime.threads,
    run(feeds) {
      const result = last.then(() => run(session, feeds));
      last = result.catch(() => {});
      return result;
    },
    dispose: () => session.release(),
  };
}

async function run(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Readonly<Record<string, Feed>>> {
  const tensors: Record<string, ort.Tensor> = {};
  for (const [name, { data, dims }] of Object.entries(feeds))
    tensors[name] =
      data instanceof Int32Array
        ? new ort.Tensor('int32', data, dims)
        : new ort.Tensor('float32', data, dims);
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
