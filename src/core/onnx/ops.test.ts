/** Every operator function, executed by ONNX Runtime: what was emitted is what is tested. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bytesOf, float32Tensor } from '../tensor';
import { GraphBuilder } from './graph';
import * as ops from './ops';
import { writeModel } from './write';

/** Runs a graph from `x`, float32 of the given shape, to the one output that `body` returns. */
async function run(
  shape: readonly number[],
  values: readonly number[],
  body: (g: GraphBuilder, x: string) => string,
): Promise<number[]> {
  const g = new GraphBuilder('test');
  const result = body(g, g.input('x', 'F32', shape));
  g.output(result, 'y', 'F32');
  const session = await InferenceSession.create(writeModel(g.build()), { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new OrtTensor('float32', Float32Array.from(values), shape) });
  return [...(y!.data as Float32Array)];
}

const weights = (g: GraphBuilder, values: readonly number[], shape: readonly number[]) =>
  g.initializer('w', float32Tensor(Float32Array.from(values), shape));

const unary = [
  ['relu', ops.relu, [0, 0, 2]],
  ['sigmoid', ops.sigmoid, [1 / (1 + Math.exp(3)), 0.5, 1 / (1 + Math.exp(-2))]],
  ['tanh', ops.tanh, [Math.tanh(-3), 0, Math.tanh(2)]],
] as const;

const binary = [
  ['add', ops.add, [11, 102]],
  ['sub', ops.sub, [-9, -98]],
  ['mul', ops.mul, [10, 200]],
  ['div', ops.div, [0.1, 0.02]],
] as const;

describe('operators', () => {
  it.each(unary)('%s', async (_, op, expected) => {
    const y = await run([3], [-3, 0, 2], (g, x) => op(g, x));
    for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 6);
  });

  it.each(binary)('%s broadcasts in argument order', async (_, op, expected) => {
    const y = await run([1, 2], [1, 2], (g, x) => op(g, x, weights(g, [10, 100], [2])));
    for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 6);
  });

  it('conv: strides, uneven pads, bias', async () => {
    const y = await run([1, 1, 2, 3], [1, 2, 3, 4, 5, 6], (g, x) =>
      ops.conv(g, x, weights(g, [1, 10, 100, 1000], [1, 1, 2, 2]), weights(g, [0.5], [1]), {
        strides: [2, 2],
        pads: [0, 0, 1, 1],
      }),
    );
    // Windows start at columns 0 and 2 of the only row that fits; the right pad reads as 0.
    expect(y).toEqual([1 + 20 + 400 + 5000 + 0.5, 3 + 0 + 600 + 0 + 0.5]);
  });

  it('conv: groups and dilations', async () => {
    const y = await run([1, 2, 1, 3], [1, 2, 3, 4, 5, 6], (g, x) =>
      ops.conv(g, x, weights(g, [1, 10, 100, 1000], [2, 1, 1, 2]), '', { group: 2, dilations: [1, 2] }),
    );
    expect(y).toEqual([1 + 30, 400 + 6000]);
  });

  it('gemm and matMul', async () => {
    const bias = (g: GraphBuilder) => weights(g, [0.5, 0.25], [2]);
    expect(
      await run([1, 2], [1, 2], (g, x) => ops.gemm(g, x, weights(g, [1, 10, 100, 1000], [2, 2]), bias(g))),
    ).toEqual([201.5, 2010.25]);
    expect(
      await run([1, 2], [1, 2], (g, x) =>
        ops.gemm(g, x, weights(g, [1, 10, 100, 1000], [2, 2]), '', { transB: true }),
      ),
    ).toEqual([21, 2100]);
    expect(
      await run([1, 2], [1, 2], (g, x) => ops.matMul(g, x, weights(g, [1, 10, 100, 1000], [2, 2]))),
    ).toEqual([201, 2010]);
  });

  it('averagePool leaves padding out of the average; globalAveragePool takes all', async () => {
    const x = [1, 2, 3, 4];
    expect(
      await run([1, 1, 2, 2], x, (g, v) =>
        ops.averagePool(g, v, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] }),
      ),
    ).toEqual([2.5]);
    expect(
      await run([1, 1, 2, 2], x, (g, v) => ops.averagePool(g, v, { kernel: [2, 2], pads: [1, 1, 0, 0] })),
    ).toEqual([1, 1.5, 2, 2.5]);
    expect(await run([1, 2, 1, 2], x, (g, v) => ops.globalAveragePool(g, v))).toEqual([1.5, 3.5]);
  });

  it('clip with both bounds and with one', async () => {
    const both = (g: GraphBuilder, x: string) =>
      ops.clip(g, x, ops.scalar(g, 'low', 0), ops.scalar(g, 'high', 6));
    expect(await run([3], [-1, 3, 9], both)).toEqual([0, 3, 6]);
    expect(await run([3], [-1, 3, 9], (g, x) => ops.clip(g, x, ops.scalar(g, 'low', 0), ''))).toEqual([
      0, 3, 9,
    ]);
  });

  it('cast, gather: indices pick rows', async () => {
    const y = await run([2], [2, 0], (g, x) =>
      ops.gather(g, weights(g, [1, 2, 3, 4, 5, 6], [3, 2]), ops.cast(g, x, 'I32')),
    );
    expect(y).toEqual([5, 6, 1, 2]);
  });

  it('reduceSum, softmax, layerNormalization', async () => {
    expect(await run([2, 2], [1, 2, 3, 4], (g, x) => ops.reduceSum(g, x, [0], false))).toEqual([4, 6]);
    const soft = await run([1, 2], [0, Math.log(3)], (g, x) => ops.softmax(g, x));
    expect(soft[0]).toBeCloseTo(0.25, 6);
    const norm = await run([1, 2], [1, 3], (g, x) =>
      ops.layerNormalization(g, x, weights(g, [1, 2], [2]), weights(g, [0, 5], [2]), 1e-12),
    );
    expect(norm[0]).toBeCloseTo(-1, 5);
    expect(norm[1]).toBeCloseTo(7, 5);
  });

  it('flatten, transpose, reshape, concat, pad move values and nothing else', async () => {
    const x = [1, 2, 3, 4, 5, 6];
    expect(await run([1, 2, 3], x, (g, v) => ops.flatten(g, v))).toEqual(x);
    expect(await run([2, 3], x, (g, v) => ops.transpose(g, v, [1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await run([2, 3], x, (g, v) => ops.transpose(g, ops.reshape(g, v, [3, -1]), [1, 0]))).toEqual([
      1, 3, 5, 2, 4, 6,
    ]);
    expect(await run([1, 2], [1, 2], (g, v) => ops.concat(g, [v, v], 0))).toEqual([1, 2, 1, 2]);
    expect(await run([1, 2], [1, 2], (g, v) => ops.pad(g, v, [0, 1, 0, 2]))).toEqual([0, 1, 2, 0, 0]);
  });

  it('reads uint8 weights', async () => {
    const y = await run([2], [0.5, 2], (g, x) => {
      const codes = g.initializer('codes', {
        dtype: 'U8',
        shape: [2],
        bytes: bytesOf(Uint8Array.of(3, 255)),
      });
      return ops.mul(g, x, ops.cast(g, codes, 'F32'));
    });
    expect(y).toEqual([1.5, 510]);
  });
});
