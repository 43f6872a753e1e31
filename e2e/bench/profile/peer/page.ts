/** Runs a network in ONNX Runtime Web with its profiler on, which writes what it found to the console. */
import * as ort from 'onnxruntime-web/wasm';
import { filled, type PlainFeed } from '../../prepare/peer/feed';

declare global {
  var profile: (given: ProfileRequest) => Promise<void>;
}

export interface ProfileRequest {
  readonly model: string;
  /** Of the weights that the graph leaves out, named as it names them. */
  readonly weights?: { readonly path: string; readonly url: string } | undefined;
  readonly feeds: Readonly<Record<string, PlainFeed>>;
  readonly threads: number;
  readonly runs: number;
}

globalThis.profile = async ({ model, weights, feeds, threads, runs }) => {
  ort.env.wasm.wasmPaths = {
    wasm: '/ort/ort-wasm-simd-threaded.wasm',
    mjs: new URL('/ort/ort-wasm-simd-threaded.mjs', location.href).href,
  };
  ort.env.wasm.numThreads = threads;
  const bytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const session = await ort.InferenceSession.create(await bytes(model), {
    executionProviders: ['wasm'],
    enableProfiling: true,
    ...(weights && { externalData: [{ path: weights.path, data: await bytes(weights.url) }] }),
  });
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      const data = filled(feed);
      return [
        name,
        data instanceof Float32Array
          ? new ort.Tensor('float32', data, feed.dims)
          : new ort.Tensor('int64', data, feed.dims),
      ];
    }),
  );
  for (let run = 0; run < runs; run++) await session.run(tensors);
  session.endProfiling();
  await session.release();
};
