/** Whether this runtime reads weights that are not in memory: tried out once per worker, before a model is opened. */
import { GraphBuilder } from '../core/onnx/graph';
import { writeModel } from '../core/onnx/write';
import type { Layout } from '../core/prepare/layout';
import { mount } from '../core/prepare/mount';
import { WEIGHTS } from '../core/prepare/plan';
import { narrowF16 } from '../core/quantize/half';
import { bytesOf } from '../core/tensor';

/** More than ONNX Runtime keeps inline for small tensors. */
const LENGTH = 128;
/** Not at the file's start: an offset that is ignored must show. */
const OFFSET = 64;
const PADDING = 32;
const BYTES = LENGTH * 4;

/** Runs a graph of one input `x` and one output `y`, both [LENGTH], with `weights` as its external data. */
export type RunOnce = (graph: Uint8Array, weights: Uint8Array, x: Float32Array) => Promise<Float32Array>;

let answer: Promise<boolean> | undefined;

/** Whether a mounted file can be given to the runtime as external data. Never rejects. */
export function lazyWeightsWork(run: RunOnce): Promise<boolean> {
  answer ??= tryLazyWeights(run).catch(() => false);
  return answer;
}

/**
 * y = (x + v) + w, where v and w lie behind something else, w as float16. Right only when the runtime asks for the very
 * ranges, gets them widened, and has copied the one before it asks for the other.
 */
export async function tryLazyWeights(run: RunOnce): Promise<boolean> {
  const v = Float32Array.from({ length: LENGTH }, (_, i) => 3 - i / 2);
  const w = Float32Array.from({ length: LENGTH }, (_, i) => i / 4 - 7);
  const narrow = narrowF16(w);
  const kept = new Uint8Array(PADDING + BYTES + narrow.byteLength);
  kept.set(bytesOf(v), PADDING);
  kept.set(narrow, PADDING + BYTES);
  const layout: Layout = {
    ...{ version: 1, tables: [] },
    seenBytes: OFFSET + 2 * BYTES,
    keptBytes: kept.byteLength,
    weights: [
      { seen: { offset: OFFSET, length: BYTES }, place: { offset: PADDING, length: BYTES } },
      {
        seen: { offset: OFFSET + BYTES, length: BYTES },
        place: { offset: PADDING + BYTES, length: narrow.byteLength },
        widen: 'F16',
      },
    ],
  };
  let reads = 0;
  const weights = mount(layout, (start, end) => {
    reads += 1;
    return kept.slice(start, end);
  });
  const x = Float32Array.from({ length: LENGTH }, (_, i) => i);
  const y = await run(writeModel(probe()), weights, x);
  return reads > 0 && y.length === LENGTH && y.every((value, i) => value === i + v[i]! + w[i]!);
}

function probe() {
  const g = new GraphBuilder('probe');
  const weight = (name: string, offset: number) =>
    g.initializer(name, {
      dtype: 'F32',
      shape: [LENGTH],
      external: { location: WEIGHTS, offset, length: BYTES },
    });
  const sum = g.add('Add', [g.input('x', 'F32', [LENGTH]), weight('v', OFFSET)]);
  g.output(g.add('Add', [sum, weight('w', OFFSET + BYTES)]), 'y', 'F32', [LENGTH]);
  return g.build();
}
