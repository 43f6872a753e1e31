/** The starter image model on ONNX Runtime Web, with our preprocessing. */
import * as ort from 'onnxruntime-web/wasm';
import type { ImageInput } from '../../src/catalog/card';
import { starterImage } from '../../src/catalog/starter-image';
import { compactAxis, cornerAxis, sampleCorners } from '../../src/core/image/resize-corners';
import { withOpaqueRows } from '../../src/runtime/readback';

const input = starterImage.input as ImageInput;

export interface Ours {
  /** Logits in label order. */
  run(pixels: Float32Array): Promise<Float32Array>;
  classify(bitmap: ImageBitmap): Promise<Readonly<Record<string, number>>>;
}

export async function openOurs(threads = 1): Promise<Ours> {
  ort.env.wasm.wasmPaths = {
    wasm: '/ort/ort-wasm-simd-threaded.wasm',
    mjs: new URL('/ort/ort-wasm-simd-threaded.mjs', location.href).href,
  };
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create('/models/starter-image.onnx', {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
  });
  const run = async (pixels: Float32Array) => {
    const dims = [1, 3, input.height, input.width];
    const { logits } = await session.run({ pixels: new ort.Tensor('float32', pixels, dims) });
    return logits!.data as Float32Array;
  };
  return {
    run,
    classify: async (bitmap) => probabilities(await run(await toPixels(bitmap))),
  };
}

/** As the product does it: only the rows that count are read back. */
export function toPixels(bitmap: ImageBitmap): Promise<Float32Array> {
  const rows = compactAxis(cornerAxis(bitmap.height, input.height));
  const columns = cornerAxis(bitmap.width, input.width);
  return withOpaqueRows({ bitmap, turned: false }, rows.needed, (found) =>
    sampleCorners(found, rows.axis, columns, input),
  );
}

function probabilities(logits: Float32Array): Readonly<Record<string, number>> {
  const powers = Array.from(logits, (value) => Math.exp(value - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b);
  return Object.fromEntries(starterImage.labels.map(({ name }, i) => [name, powers[i]! / sum]));
}
