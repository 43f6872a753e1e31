/**
 * MobileNet and its like: a Keras functional model of convolutions, normalisation and pooling → an
 * ONNX graph. The layer graph is walked as it is, so any width, depth, size and number of classes goes.
 *
 * In:  `pixels` F32 [batch, channels, height, width], normalised as the card says.
 * Out: `logits` F32 [batch, classes], before the last softmax or sigmoid;
 *      `embedding` F32 [batch, features], what the pooling gives.
 */

import { asArray, asWhole } from '../checkpoint/json';
import type { KerasLayer, KerasModel } from '../checkpoint/keras';
import type { Weight } from '../checkpoint/weight';
import { InvalidError, UnsupportedError } from '../errors';
import { type Graph, GraphBuilder } from '../onnx/graph';
import { LAYERS } from './keras-layers';
import { Construction, lazily, type Value } from './value';

/** Pixels on a side; what a picture classifier takes is far below. */
const SIDE_LIMIT = 4096;

/**
 * Builds the graph. Throws `unsupported-model` naming a layer or setting outside the family, and
 * `invalid-model` naming a tensor that is missing, left over or of the wrong shape.
 */
export function mobilenet(model: KerasModel, weights: ReadonlyMap<string, Weight>): Graph {
  const g = new GraphBuilder('mobilenet');
  const construction = new Construction(g, weights);
  const values = new Map<string, Value>();
  let embedding: Value | undefined;
  for (const layer of model.layers) {
    const inputs = layer.inputs.map((name) => values.get(name)!);
    const value = build(construction, layer.name === model.output ? withoutLast(layer) : layer, inputs);
    values.set(layer.name, value);
    if (value.shape.length === 1) embedding ??= value;
  }
  construction.finish();
  const logits = values.get(model.output);
  if (logits?.shape.length !== 1 || !embedding)
    throw new InvalidError('invalid-model', 'The model does not end in one number per class.');
  g.output(logits.emit(), 'logits', 'F32', ['batch', ...logits.shape]);
  g.output(embedding.emit(), 'embedding', 'F32', ['batch', ...embedding.shape]);
  return g.build();
}

function build(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  if (layer.type === 'InputLayer') return input(c, layer);
  const make = LAYERS.get(layer.type);
  if (!make)
    throw new UnsupportedError(
      'unsupported-model',
      `${layer.name} is a ${layer.type}, which is not supported.`,
    );
  return make(c, layer, inputs);
}

function input(c: Construction, layer: KerasLayer): Value {
  const what = `The shape of ${layer.name}`;
  const [, ...sizes] = asArray(layer.config.get('batch_input_shape'), what, 4);
  const [height, width, channels] = sizes.map((size) => asWhole(size, what, 1));
  if (!height || !width || !channels || Math.max(height, width, channels) > SIDE_LIMIT)
    throw new UnsupportedError('unsupported-model', `${what} is not a picture of at most ${SIDE_LIMIT} px.`);
  const shape = [channels, height, width];
  const name = c.g.input('pixels', 'F32', ['batch', ...shape]);
  return lazily(shape, () => name);
}

/** The last layer without the activation that turns logits into probabilities. */
function withoutLast(layer: KerasLayer): KerasLayer {
  const activation = layer.config.get('activation');
  return activation === 'softmax' || activation === 'sigmoid'
    ? { ...layer, config: layer.config.with('activation', 'linear') }
    : layer;
}
