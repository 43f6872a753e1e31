/** What one would do without Winnow: the published file into ONNX Runtime Web as it is. */
import * as ort from 'onnxruntime-web/wasm';
import { filled, type PlainFeed } from './feed';

declare global {
  var openPlain: (url: string, threads: number) => Promise<number>;
  /** Gives the network's memory back. */
  var closePlain: () => Promise<void>;
  /** Milliseconds of one run. */
  var runPlain: (feeds: Readonly<Record<string, PlainFeed>>) => Promise<number>;
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

globalThis.closePlain = async () => {
  await session?.release();
  session = undefined;
};

globalThis.runPlain = async (feeds) => {
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]));
  const started = performance.now();
  await session!.run(tensors);
  return performance.now() - started;
};

function tensor(feed: PlainFeed): ort.Tensor {
  const data = filled(feed);
  return data instanceof Float32Array
    ? new ort.Tensor('float32', data, feed.dims)
    : new ort.Tensor('int64', data, feed.dims);
}
