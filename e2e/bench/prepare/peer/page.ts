/** What one would do without Winnow: the published file into ONNX Runtime Web as it is. */
import * as ort from 'onnxruntime-web/wasm';

declare global {
  var openPlain: (url: string, threads: number) => Promise<number>;
  /** Milliseconds of one run. */
  var runPlain: (feeds: Readonly<Record<string, PlainFeed>>) => Promise<number>;
}

export interface PlainFeed {
  readonly type: 'int64' | 'float32';
  /** Repeated until `dims` are filled. */
  readonly values: readonly number[];
  readonly dims: readonly number[];
}

let session: ort.InferenceSession | undefined;

globalThis.openPlain = async (url, threads) => {
  const started = performance.now();
  ort.env.wasm.wasmPaths = {
    wasm: '/ort/ort-wasm-simd-threaded.wasm',
    mjs: new URL('/ort/ort-wasm-simd-threaded.mjs', location.href).href,
  };
  ort.env.wasm.numThreads = threads;
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return performance.now() - started;
};

globalThis.runPlain = async (feeds) => {
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]));
  const started = performance.now();
  await session!.run(tensors);
  return performance.now() - started;
};

function tensor({ type, values, dims }: PlainFeed): ort.Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  const value = (_: unknown, at: number) => values[at % values.length]!;
  if (type === 'float32') return new ort.Tensor('float32', Float32Array.from({ length: count }, value), dims);
  return new ort.Tensor(
    'int64',
    BigInt64Array.from({ length: count }, (_, at) => BigInt(value(_, at))),
    dims,
  );
}
