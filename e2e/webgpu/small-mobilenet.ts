/** A picture classifier of the starter's kind in some pixels, with weights in float32 and in codes, as TF.js stores them. */
import { mobilenet } from '../../src/core/architectures/mobilenet';
import { random } from '../../src/core/architectures/testing';
import { readKeras } from '../../src/core/checkpoint/keras';
import type { Weight } from '../../src/core/checkpoint/weight';
import type { Graph } from '../../src/core/onnx/graph';
import { elements, float32Tensor } from '../../src/core/tensor';

export const PIXELS = 16;
const [CHANNELS, WIDE, CLASSES] = [8, 16, 5];

const named = (class_name: string, name: string, config: object, input?: string) => ({
  ...{ class_name, name, config: { name, ...config } },
  inbound_nodes: input === undefined ? [] : [[[input, 0, 0, {}]]],
});
const conv = (filters: number, kernel: number, stride: number) => ({
  ...{ filters, kernel_size: [kernel, kernel], strides: [stride, stride], padding: 'same' },
  ...{ use_bias: false, activation: 'linear', dilation_rate: [1, 1] },
});

/** Strided, depthwise and pointwise convolutions, normalised and clipped; pooled; classes. */
const LAYERS = [
  named('InputLayer', 'in', { batch_input_shape: [null, PIXELS, PIXELS, 3] }),
  named('Conv2D', 'stem', conv(CHANNELS, 3, 2), 'in'),
  named('BatchNormalization', 'stem_bn', { epsilon: 1e-3, scale: true, center: true }, 'stem'),
  named('ReLU', 'stem_relu', { max_value: 6 }, 'stem_bn'),
  named('DepthwiseConv2D', 'deep', { ...conv(0, 3, 1), depth_multiplier: 1 }, 'stem_relu'),
  named('BatchNormalization', 'deep_bn', { epsilon: 1e-3, scale: true, center: true }, 'deep'),
  named('ReLU', 'deep_relu', { max_value: 6 }, 'deep_bn'),
  named('Conv2D', 'point', conv(WIDE, 1, 1), 'deep_relu'),
  named('GlobalAveragePooling2D', 'pool', {}, 'point'),
  named('Dense', 'out', { units: CLASSES, activation: 'softmax', use_bias: true }, 'pool'),
];

const NORM = (width: number) => ({
  ...{ gamma: [width], beta: [width], moving_mean: [width], moving_variance: [width] },
});
const SHAPES: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  stem: { kernel: [3, 3, 3, CHANNELS] },
  stem_bn: NORM(CHANNELS),
  deep: { depthwise_kernel: [3, 3, CHANNELS, 1] },
  deep_bn: NORM(CHANNELS),
  point: { kernel: [1, 1, CHANNELS, WIDE] },
  out: { kernel: [WIDE, CLASSES], bias: [CLASSES] },
};

export function smallMobilenet(): Graph {
  const next = random(11);
  const weights = new Map<string, Weight>();
  for (const [layer, parts] of Object.entries(SHAPES))
    for (const [part, shape] of Object.entries(parts))
      weights.set(`${layer}/${part}`, weight(part, shape, next));
  const config = { layers: LAYERS, output_layers: [['out', 0, 0]] };
  return mobilenet(readKeras({ class_name: 'Functional', config }), weights);
}

function weight(part: string, shape: readonly number[], next: () => number): Weight {
  // Of a matrix in codes, as the starter has them.
  if (part === 'kernel') {
    const bytes = Uint8Array.from({ length: elements(shape) }, () => Math.floor(256 * next()));
    return { kind: 'affine', codes: { dtype: 'U8', shape, bytes }, scale: 1 / 128, min: -1 };
  }
  const from = part === 'moving_variance' ? 0.5 : -0.5;
  const values = Float32Array.from({ length: elements(shape) }, () => from + next());
  return { kind: 'plain', tensor: float32Tensor(values, shape) };
}
