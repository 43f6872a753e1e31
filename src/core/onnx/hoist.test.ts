import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMBEDDED, guard } from '../architectures/guard';
import { memorySource } from '../checkpoint/source';
import { layoutOf } from '../prepare/layout';
import { materialise } from '../prepare/mount';
import { prepare } from '../prepare/prepare';
import { InferenceSession, Tensor } from '../prepare/testing';
import { GraphBuilder, int } from './graph';
import { hoist, LAST, SHAPE } from './hoist';
import { wholes } from './ops';
import { readOnnx } from './read';
import { writeModel } from './write';

const FOLDER = join(import.meta.dirname, '../architectures/fixtures/qwen3-guard');
/** What depends on whole numbers of 64 bits, and is no part of a network that computes in float32. */
const WHOLE = ['Shape', 'Range', 'Cos', 'Sin', 'LessOrEqual', 'Where', 'Cast'];

async function cutGuard() {
  const file = readFileSync(join(FOLDER, 'model.onnx'));
  const network = guard.fromOnnx(await readOnnx(memorySource('model.onnx', file)), { precision: 'exact' });
  const kept = new Uint8Array(network.weights.keptBytes);
  let at = 0;
  await prepare(network.weights, {
    write: async (bytes) => {
      kept.set(bytes, at);
      at += bytes.length;
    },
  });
  const layout = layoutOf(network.weights);
  const data = materialise(layout, (start, end) => kept.subarray(start, end));
  const open = (graph: Parameters<typeof writeModel>[0]) =>
    InferenceSession.create(writeModel(graph), {
      externalData: [{ path: 'weights', data }],
      logSeverityLevel: 3,
    });
  return { network, open, parts: hoist(network.graph, EMBEDDED)! };
}

const whole = (values: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);

describe('hoist', () => {
  it('a guard: nothing of whole numbers is left, and the answers stay the same, padded too', async () => {
    const { network, open, parts } = await cutGuard();
    const left = parts.main.nodes.filter(({ op }) => WHOLE.includes(op)).map(({ op }) => op);
    expect(left).toEqual([]);
    expect(parts.apart.inputs.map(({ name }) => name)).toEqual([SHAPE]);
    expect(parts.main.inputs.map(({ name }) => name).sort()).toEqual(
      [EMBEDDED, LAST, ...parts.values].sort(),
    );
    const [all, main, apart] = [await open(network.graph), await open(parts.main), await open(parts.apart)];
    const width = network.says.embedding;
    for (const [length, padded] of [
      [1, 1],
      [7, 7],
      [7, 64],
      [64, 64],
      [65, 128],
    ] as const) {
      const data = Float32Array.from({ length: length * width }, (_, i) => Math.sin(i * 0.7));
      const wanted = await all.run({ [EMBEDDED]: new Tensor('float32', data, [1, length, width]) });
      const filled = new Float32Array(padded * width);
      filled.set(data);
      const got = await main.run({
        [EMBEDDED]: new Tensor('float32', filled, [1, padded, width]),
        ...(await apart.run({ [SHAPE]: whole([1, padded, width]) })),
        [LAST]: new Tensor('int32', Int32Array.of(length - 1), parts.last!),
      });
      for (const name of ['logits', 'embedding']) {
        const [a, b] = [got[name]!.data as Float32Array, wanted[name]!.data as Float32Array];
        expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-6);
      }
    }
  });

  it('a network that asks for its last element in two forms is not padded', () => {
    const g = new GraphBuilder('two');
    const x = g.input('x', 'F32', [1, 'sequence', 4]);
    const flat = g.add('Flatten', [x], { axis: int(2) });
    const scalar = g.initializer('at', { dtype: 'I64', shape: [], bytes: new Uint8Array(8).fill(255) });
    const one = g.add('Gather', [flat, wholes(g, 'at', [-1])]);
    g.output(g.add('Add', [one, g.add('Gather', [flat, scalar])]), 'y', 'F32');
    expect(hoist(g.build(), 'x')!.last).toBeUndefined();
  });

  it('a network that gives its length away is left alone', () => {
    const g = new GraphBuilder('length');
    g.output(g.add('Shape', [g.input('x', 'F32', [1, 'sequence', 4])]), 'y', 'I64');
    expect(hoist(g.build(), 'x')).toBeUndefined();
    expect(hoist(g.build(), 'z')).toBeUndefined();
  });
});
