/** Keras layers → graph, one function per layer class. TF stores pictures channels last; the graph has them first. */
import type { KerasLayer } from '../checkpoint/keras';
import { weightValues } from '../checkpoint/weight';
import { InvalidError, UnsupportedError } from '../errors';
import * as ops from '../onnx/ops';
import { elements, float32Tensor } from '../tensor';
import { emitBias, emitWeight, type Linear, scaled } from './linear';
import { NO_PADS, type Pads, samePads, slidingSize, sumPads, type Window } from './sliding';
import { type Construction, lazily, type Value } from './value';

export type LayerFunction = (c: Construction, layer: KerasLayer, inputs: readonly Value[]) => Value;

/** A Map, so that a layer of class `constructor` finds nothing. */
export const LAYERS: ReadonlyMap<string, LayerFunction> = new Map<string, LayerFunction>([
  ['Conv2D', convolution],
  ['DepthwiseConv2D', convolution],
  ['Dense', dense],
  ['BatchNormalization', batchNormalization],
  ['ReLU', relu],
  ['Activation', (c, layer, inputs) => activate(c, layer, single(layer, inputs, 'any'))],
  ['ZeroPadding2D', zeroPadding],
  ['Add', addition],
  ['AveragePooling2D', averagePooling],
  ['GlobalAveragePooling2D', globalAveragePooling],
  ['Flatten', flatten],
  // Drops nothing once trained: https://keras.io/api/layers/regularization_layers/dropout
  ['Dropout', (_, layer, inputs) => single(layer, inputs, 'any')],
]);

/**
 * Pictures of fewer pixels are multiplied channels last. ONNX Runtime's WASM kernels go 16 columns at a time and
 * pack only the right factor once: with pixels for columns, 7 × 7 of them are padded to 64 and packed in each run.
 */
const SMALL_PIXELS = 64;

function convolution(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const { config, name } = layer;
  const depthwise = layer.type === 'DepthwiseConv2D';
  const { of: input, pads, size, window } = slide(layer, inputs, config.pair('kernel_size', 1));
  config.require('groups', 1);
  const [channels] = input.shape as [number, number, number];
  const [kH, kW] = window.kernel;
  const multiplier = depthwise ? config.whole('depth_multiplier', 1) : 1;
  const filters = depthwise ? channels * multiplier : config.whole('filters', 1);
  if (!depthwise && isPointwise(window, pads) && elements(size) < SMALL_PIXELS)
    return pointwise(c, layer, input, filters);
  // Stored as [kH, kW, in, filters] (depthwise: [kH, kW, channels, multiplier]); ONNX: [out, in / group, kH, kW].
  const perFilter = depthwise ? 1 : channels;
  const stored = depthwise ? [kH, kW, channels, multiplier] : [kH, kW, channels, filters];
  const area = kH * kW;
  const parts: Linear = {
    name,
    weight: c.take(`${name}/${depthwise ? 'depthwise_kernel' : 'kernel'}`, stored),
    shape: [filters, perFilter, kH, kW],
    order: (index) => {
      const filter = Math.floor(index / (perFilter * area));
      const channel = Math.floor(index / area) % perFilter;
      return (index % area) * perFilter * filters + channel * filters + filter;
    },
    channelAxis: 0,
    gain: new Float64Array(filters).fill(1),
    shift: bias(c, layer, filters),
  };
  const { strides, dilations } = window;
  const group = depthwise ? channels : 1;
  const add = (p: Linear) =>
    ops.conv(c.g, input.emit(), emitWeight(c.g, p), emitBias(c.g, p), {
      name,
      strides,
      dilations,
      pads,
      group,
    });
  return activate(c, layer, linearValue([filters, ...size], parts, add));
}

const isPointwise = ({ kernel, strides }: Window, pads: Pads): boolean =>
  [...kernel, ...strides].every((size) => size === 1) && pads.every((size) => size === 0);

/** A 1 × 1 convolution as a product of matrices. Transpositions that meet cancel out in the runtime. */
function pointwise(c: Construction, layer: KerasLayer, input: Value, filters: number): Value {
  const [channels, ...size] = input.shape as [number, number, number];
  const { name } = layer;
  const parts: Linear = {
    name,
    weight: c.take(`${name}/kernel`, [1, 1, channels, filters]),
    shape: [channels, filters],
    order: (index) => index,
    channelAxis: 1,
    gain: new Float64Array(filters).fill(1),
    shift: bias(c, layer, filters),
  };
  const add = (p: Linear) => {
    const last = ops.transpose(c.g, input.emit(), [0, 2, 3, 1]);
    const product = ops.add(c.g, ops.matMul(c.g, last, emitWeight(c.g, p)), emitBias(c.g, p));
    return ops.transpose(c.g, product, [0, 3, 1, 2], { name });
  };
  return activate(c, layer, linearValue([filters, ...size], parts, add));
}

function dense(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const input = single(layer, inputs, 'features');
  const [features] = input.shape as [number];
  const units = layer.config.whole('units', 1);
  const parts: Linear = {
    name: layer.name,
    weight: c.take(`${layer.name}/kernel`, [features, units]),
    shape: [features, units],
    order: (index) => index,
    channelAxis: 1,
    gain: new Float64Array(units).fill(1),
    shift: bias(c, layer, units),
  };
  const add = (p: Linear) =>
    ops.gemm(c.g, input.emit(), emitWeight(c.g, p), emitBias(c.g, p), { name: layer.name });
  return activate(c, layer, linearValue([units], parts, add));
}

function linearValue(shape: readonly number[], parts: Linear, add: (parts: Linear) => string): Value {
  return lazily(shape, () => add(parts), {
    linear: { parts, rebuild: (other) => linearValue(shape, other, add) },
  });
}

function bias(c: Construction, layer: KerasLayer, channels: number): Float64Array {
  return layer.config.get('use_bias') === false
    ? new Float64Array(channels)
    : Float64Array.from(weightValues(c.take(`${layer.name}/bias`, [channels])));
}

/** y = γ (x − μ) / √(σ² + ε) + β: https://keras.io/api/layers/normalization_layers/batch_normalization */
function batchNormalization(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const input = single(layer, inputs, 'any');
  const { config, name } = layer;
  config.require('axis', -1, [-1], input.shape.length, [input.shape.length]);
  const channels = input.shape[0]!;
  const tensor = (suffix: string) => weightValues(c.take(`${name}/${suffix}`, [channels]));
  const gamma = config.get('scale') === false ? new Float32Array(channels).fill(1) : tensor('gamma');
  const beta = config.get('center') === false ? new Float32Array(channels) : tensor('beta');
  const mean = tensor('moving_mean');
  const variance = tensor('moving_variance');
  const epsilon = config.number('epsilon', 1e-3);
  const factor = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i]! + epsilon));
  if (!factor.every(Number.isFinite))
    throw new InvalidError('invalid-model', `${name} divides by the root of a number that is not positive.`);
  const offset = Float64Array.from(beta, (b, i) => b - mean[i]! * factor[i]!);
  if (input.linear) return input.linear.rebuild(scaled(input.linear.parts, factor, offset));
  const shape = [channels, ...input.shape.slice(1).map(() => 1)];
  const constant = (kind: string, values: Float64Array) =>
    c.g.initializer(`${name}.${kind}`, float32Tensor(Float32Array.from(values), shape));
  return lazily(input.shape, () =>
    ops.add(c.g, ops.mul(c.g, input.emit(), constant('factor', factor)), constant('offset', offset), {
      name,
    }),
  );
}

function relu(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  layer.config.require('negative_slope', 0);
  layer.config.require('threshold', 0);
  return rectified(c, layer.name, single(layer, inputs, 'any'), layer.config.number('max_value', Infinity));
}

function rectified(c: Construction, name: string, input: Value, high: number): Value {
  return lazily(input.shape, () =>
    high === Infinity
      ? ops.relu(c.g, input.emit(), { name })
      : ops.clip(c.g, input.emit(), c.scalar(0), c.scalar(high), { name }),
  );
}

/** The activation in a layer's own settings. The model's last softmax or sigmoid was taken off before. */
function activate(c: Construction, layer: KerasLayer, input: Value): Value {
  const activation = layer.config.get('activation') ?? 'linear';
  if (activation === 'linear') return input;
  if (activation === 'relu') return rectified(c, `${layer.name}_relu`, input, Infinity);
  if (activation === 'relu6') return rectified(c, `${layer.name}_relu6`, input, 6);
  throw new UnsupportedError('unsupported-model', `${layer.name} has an activation that is not supported.`);
}

function zeroPadding(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const input = single(layer, inputs, 'picture');
  const [channels, height, width] = input.shape as [number, number, number];
  const rows = layer.config.get('padding');
  const [vertical, horizontal] = Array.isArray(rows) ? rows : [];
  const [top, bottom] = layer.config.pairOf(vertical, 'padding', 0);
  const [left, right] = layer.config.pairOf(horizontal, 'padding', 0);
  const shape = [channels, height + top + bottom, width + left + right];
  elements(shape);
  const add = () => ops.pad(c.g, input.emit(), [0, 0, top, left, 0, 0, bottom, right], { name: layer.name });
  return lazily(shape, add, { padded: { of: input, pads: [top, left, bottom, right] } });
}

function addition(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const [first, ...others] = inputs;
  if (!first || others.length === 0 || others.some((other) => String(other.shape) !== String(first.shape)))
    throw new InvalidError('invalid-model', `${layer.name} adds values of different shapes.`);
  return lazily(first.shape, () =>
    others.reduce((sum, other) => ops.add(c.g, sum, other.emit(), { name: layer.name }), first.emit()),
  );
}

function averagePooling(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const { of: input, pads, size, window } = slide(layer, inputs, layer.config.pair('pool_size', 1));
  const shape = [input.shape[0]!, ...size];
  // A border that came from ZeroPadding2D counts towards Keras's average, that of `same` does not.
  if (inputs[0]!.padded)
    throw new UnsupportedError('unsupported-model', `${layer.name} averages over a border of zeros.`);
  const whole = window.kernel[0] === input.shape[1] && window.kernel[1] === input.shape[2];
  return lazily(shape, () =>
    whole
      ? ops.globalAveragePool(c.g, input.emit(), { name: layer.name })
      : ops.averagePool(c.g, input.emit(), { name: layer.name, ...window, pads }),
  );
}

function globalAveragePooling(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const input = single(layer, inputs, 'picture');
  const channels = input.shape[0]!;
  const keep = layer.config.get('keepdims') === true;
  return lazily(keep ? [channels, 1, 1] : [channels], () => {
    const pooled = ops.globalAveragePool(c.g, input.emit(), { name: layer.name });
    return keep ? pooled : ops.flatten(c.g, pooled);
  });
}

/** Keras flattens channels last, so the graph must turn a picture round first, unless it is one pixel. */
function flatten(c: Construction, layer: KerasLayer, inputs: readonly Value[]): Value {
  const input = single(layer, inputs, 'any');
  const pixels = elements(input.shape.slice(1));
  return lazily([elements(input.shape)], () => {
    const x = pixels === 1 ? input.emit() : ops.transpose(c.g, input.emit(), [0, 2, 3, 1]);
    return ops.flatten(c.g, x, { name: layer.name });
  });
}

/** Where a layer's window goes: the value under it without its border, the border, and how many fit. */
function slide(layer: KerasLayer, inputs: readonly Value[], kernel: [number, number]) {
  const padded = single(layer, inputs, 'picture');
  const { config } = layer;
  const dilations =
    config.get('dilation_rate') === undefined ? ([1, 1] as const) : config.pair('dilation_rate', 1);
  const window: Window = { kernel, strides: config.pair('strides', 1), dilations };
  config.require('data_format', 'channels_last');
  config.require('padding', 'same', 'valid');
  const outer = [padded.shape[1]!, padded.shape[2]!] as const;
  const own = config.get('padding') === 'same' ? samePads(outer, window) : NO_PADS;
  const of = padded.padded?.of ?? padded;
  const pads: Pads = sumPads(padded.padded?.pads ?? NO_PADS, own);
  return { of, pads, window, size: slidingSize(outer, own, window) };
}

/** The layer's one input. Throws `invalid-model` when there are more, or when it has the wrong rank. */
function single(layer: KerasLayer, inputs: readonly Value[], rank: 'picture' | 'features' | 'any'): Value {
  const [input] = inputs;
  const wanted = rank === 'picture' ? 3 : rank === 'features' ? 1 : input?.shape.length;
  if (!input || inputs.length !== 1 || input.shape.length !== wanted)
    throw new InvalidError('invalid-model', `${layer.name} does not fit what it reads.`);
  return input;
}
