import { expect, it } from 'vitest';
import type { ModelCard } from '../../catalog/card';
import { starterImage } from '../../catalog/starter-image';
import { memorySource } from '../../core/checkpoint/source';
import { GraphBuilder } from '../../core/onnx/graph';
import * as ops from '../../core/onnx/ops';
import { writeModel } from '../../core/onnx/write';
import { float32Tensor } from '../../core/tensor';
import { buildModel } from './build';

const card: ModelCard = {
  ...starterImage,
  ...{ limits: ['A limit of its own.'], activation: 'softmax' },
  labels: [{ name: 'pineapple' }, { name: 'normal' }],
  scores: [{ name: 'pineapple', labels: ['pineapple'], risk: true, review: 0.5, block: 0.8 }],
  input: {
    ...{ kind: 'image', width: 8, height: 8, resample: 'bicubic', fit: 'stretch', cropFraction: 1 },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], layout: 'NCHW' },
  },
};

/** Means of the channels → two scores, and tensors that no node reads. */
function network(...stray: readonly string[]): Uint8Array {
  const g = new GraphBuilder('exported');
  const x = g.input('pixels', 'F32', ['batch', 3, 8, 8]);
  const weight = g.initializer('head', float32Tensor(new Float32Array(6).fill(0.1), [3, 2]));
  for (const name of stray) g.initializer(name, float32Tensor(new Float32Array(2), [2]));
  g.output(ops.matMul(g, ops.flatten(g, ops.globalAveragePool(g, x)), weight), 'logits', 'F32', ['batch', 2]);
  return writeModel(g.build());
}

const built = (...stray: readonly string[]) =>
  buildModel(
    card,
    { onnx: [memorySource('model.onnx', network(...stray))], ignored: [] },
    { precision: undefined, own: true },
  );

it('says of an ONNX file which of its tensors the network never reads', async () => {
  expect((await built()).card.limits).toEqual(card.limits);
  const { card: said, parts } = await built('old.weight', 'b', 'c', 'd', 'e');
  expect(said.limits).toEqual([
    'A limit of its own.',
    'Its file has tensors that its network never reads, and they are left out: “old.weight”, “b”, “c” and 2 more.',
  ]);
  expect([...parts[0]!.network.graph.initializers.keys()]).not.toContain('old.weight');
});
