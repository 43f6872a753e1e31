/** Whether this runtime reads weights that are not in memory: tried out once per worker, before a model is opened. */
import { float, GraphBuilder } from '../core/onnx/graph';
import { writeModel } from '../core/onnx/write';
import type { Layout } from '../core/prepare/layout';
import { mount } from '../core/prepare/mount';
import { WEIGHTS } from '../core/prepare/plan';
import { narrowF16 } from '../core/quantize/half';

/** More than ONNX Runtime keeps inline for small tensors. */
const LENGTH = 128;
/** Not at the file's start: an offset that is ignored must show. */
const OFFSET = 64;

/** Runs a graph of one input `x` and one output `y`, both [LENGTH], with `weights` as its external data. */
export type RunOnce = (graph: Uint8Array, weights: Uint8Array, x: Float32Array) => Promise<Float32Array>;

let answer: Promise<boolean> | undefined;

/** Whether a mounted file can be given to the runtime as external data. Never rejects. */
export function lazyWeightsWork(run: RunOnce): Promise<boolean> {
  answer ??= tryLazyWeights(run).catch(() => false);
  return answer;
}

/**
 * y = 2 x + w, with w kept as float16 behind something else. Right only when the runtime asks for the very range,
 * and gets it widened.
 */
export async function tryLazyWeights(run: RunOnce): Promise<boolean> {
  const w = Float32Array.from({ length: LENGTH }, (_, i) => i / 4 - 7);
  const kept = narrowF16(w);
  const place = { offset: 32, length: kept.byteLength };
  const layout: Layout = {
    ...{ version: 1, tables: [] },
    seenBytes: OFFSET + LENGTH * 4,
    keptBytes: place.offset + place.length,
    weights: [{ seen: { offset: OFFSET, length: LENGTH * 4 }, place, widen: 'F16' }],
  };
  let reads = 0;
  const weights = mount(layout, (start, end) => {
    reads += 1;
    return kept.subarray(start - place.offset, end - place.offset);
  });
  const x = Float32Array.from({ length: LENGTH }, (_, i) => i);
  const y = await run(writeModel(probe()), weights, x);
  return reads > 0 && y.length === LENGTH && y.every((value, i) => value === 2 * i + w[i]!);
}

function probe() {
  const g = new GraphBuilder('probe');
  const x = g.input('x', 'F32', [LENGTH]);
  const external = { location: WEIGHTS, offset: OFFSET, length: LENGTH * 4 };
  const w = g.initializer('w', { dtype: 'F32', shape: [LENGTH], external });
  const doubled = g.add('LeakyRelu', [g.add('Add', [x, x])], { alpha: float(1) });
  g.output(g.add('Add', [doubled, w]), 'y', 'F32', [LENGTH]);
  return g.build();
}
