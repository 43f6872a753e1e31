import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../tensor';
import { beginningOf } from './beginning';
import { type Graph, GraphBuilder } from './graph';
import * as ops from './ops';
import { writeModel } from './write';

const WIDTH = 4;

/** Layers of a product and a softmax, with one addition before them and one behind. */
function network(layers: number): Graph {
  const g = new GraphBuilder('layers');
  const weight = (name: string, at: number) => {
    const values = Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => Math.sin(i + at));
    return g.initializer(name, float32Tensor(values, [WIDTH, WIDTH]));
  };
  const shift = g.initializer('shift', float32Tensor(new Float32Array(WIDTH).fill(0.5), [WIDTH]));
  let x = ops.add(g, g.input('x', 'F32', ['batch', WIDTH]), shift);
  for (let at = 0; at < layers; at++) x = ops.softmax(g, ops.matMul(g, x, weight(`w${at}`, at)));
  g.output(ops.add(g, x, shift), 'logits', 'F32', ['batch', WIDTH]);
  return g.build();
}

describe('the beginning of a network', () => {
  it('is its first layer, with the weights of that one, and gives what that layer gives', async () => {
    const whole = network(6);
    const beginning = beginningOf(whole)!;
    expect(beginning.nodes.map(({ op }) => op)).toEqual(['Add', 'MatMul', 'Softmax']);
    expect([...beginning.initializers.keys()].sort()).toEqual(['shift', 'w0']);
    const run = async (graph: Graph) => {
      const session = await InferenceSession.create(writeModel(graph), { logSeverityLevel: 3 });
      const outputs = await session.run({
        x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, WIDTH]),
      });
      await session.release();
      return outputs;
    };
    const name = beginning.outputs[0]!.name;
    const besides = { ...whole, outputs: [...whole.outputs, { name, dtype: 'F32' as const }] };
    expect((await run(beginning))[name]!.data).toEqual((await run(besides))[name]!.data);
  });

  it('is none where no layer is repeated, or the input is not one of numbers', () => {
    expect(beginningOf(network(2))).toBeUndefined();
    const g = new GraphBuilder('ids');
    const ids = g.input('ids', 'I64', ['batch', WIDTH]);
    const mask = g.input('mask', 'F32', ['batch', WIDTH]);
    let x = ops.mul(g, ops.cast(g, ids, 'F32'), mask);
    for (let at = 0; at < 9; at++) x = ops.softmax(g, x);
    g.output(x, 'logits', 'F32', ['batch', WIDTH]);
    expect(beginningOf(g.build())).toBeUndefined();
  });
});
