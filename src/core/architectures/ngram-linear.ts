/** The graph of a linear model over hashed n-grams: a weighted sum of rows of an int8 table. */
import { type Graph, GraphBuilder } from '../onnx/graph';
import * as ops from '../onnx/ops';
import { bytesOf, float32Tensor } from '../tensor';
import { loadNgramWeights, type NgramWeights } from './ngram-weights';

/**
 * indices I32 [n], values F32 [n] → logits F32 [1, labels], contributions F32 [n, labels].
 * contributions = codes[indices] × scale × values; logits = their sum + bias, so the explanation is the score.
 */
export function ngramLinear(weights: NgramWeights): Graph {
  const { buckets, labels } = weights;
  const g = new GraphBuilder('ngram-linear');
  const indices = g.input('indices', 'I32', ['n']);
  const values = g.input('values', 'F32', ['n']);
  const table = g.initializer('codes', {
    dtype: 'I8',
    shape: [buckets, labels],
    bytes: bytesOf(weights.codes),
  });
  const scale = g.initializer('scale', float32Tensor(weights.scale, [labels]));
  const bias = g.initializer('bias', float32Tensor(weights.bias, [labels]));

  const codes = ops.cast(g, ops.gather(g, table, indices), 'F32'); //      [n, labels]
  const rows = ops.mul(g, codes, scale); //                               [n, labels]
  const column = ops.reshape(g, values, [-1, 1]); //                      [n, 1]
  const contributions = ops.mul(g, rows, column); //                      [n, labels]
  const logits = ops.add(g, ops.reduceSum(g, contributions, [0]), bias); // [1, labels]

  g.output(logits, 'logits', 'F32', [1, labels]);
  g.output(contributions, 'contributions', 'F32', ['n', labels]);
  return g.build();
}

/** The starter text model's weights, from the file the training script writes. */
export function loadStarterTextWeights(bytes: Uint8Array): NgramWeights {
  return loadNgramWeights(bytes);
}
