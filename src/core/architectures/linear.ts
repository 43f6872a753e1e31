/**
 * A convolution or dense layer that is not in the graph yet, so that the normalisation behind it can
 * still be folded in: y = gain × (W x) + shift, with one gain and one shift per output channel.
 *
 * Quantised weights stay as the codes they are stored in. The graph turns them into
 * (code + min / scale) × (scale × gain) with operators on constants only, which ONNX Runtime computes
 * once when it opens the model: one byte per weight on the wire, float32 kernels at run time.
 */
import { codeValues, type Weight, weightValues } from '../checkpoint/weight';
import type { GraphBuilder } from '../onnx/graph';
import * as ops from '../onnx/ops';
import { bytesOf, elements, float32Tensor } from '../tensor';

export interface Linear {
  readonly name: string;
  readonly weight: Weight;
  /** Of the weight as ONNX wants it. */
  readonly shape: readonly number[];
  /** Where each value of that layout lies in the stored weight. */
  readonly order: (index: number) => number;
  /** Position of the output channel in `shape`. */
  readonly channelAxis: number;
  readonly gain: Float64Array;
  readonly shift: Float64Array;
}

/** The layer with `factor` and `offset` applied to what it gives, per channel. */
export function scaled(linear: Linear, factor: ArrayLike<number>, offset: ArrayLike<number>): Linear {
  return {
    ...linear,
    gain: linear.gain.map((gain, c) => gain * factor[c]!),
    shift: linear.shift.map((shift, c) => shift * factor[c]! + offset[c]!),
  };
}

/** Adds the weights, gain included, to the graph; returns the value's name. */
export function emitWeight(g: GraphBuilder, linear: Linear): string {
  const { name, weight, shape, order, channelAxis, gain } = linear;
  const count = elements(shape);
  if (weight.kind === 'plain') {
    const values = weightValues(weight);
    const inner = elements(shape.slice(channelAxis + 1));
    const channels = shape[channelAxis]!;
    const out = Float32Array.from(
      { length: count },
      (_, i) => values[order(i)]! * gain[Math.floor(i / inner) % channels]!,
    );
    return g.initializer(`${name}.weight`, float32Tensor(out, shape));
  }
  const { codes, scale, min } = weight;
  const stored = codeValues(codes);
  const reordered = stored.slice();
  for (let i = 0; i < count; i++) reordered[i] = stored[order(i)]!;
  const constant = g.initializer(`${name}.codes`, {
    dtype: codes.dtype,
    shape,
    bytes: bytesOf(reordered),
  });
  // TF.js chooses `min` so that zero has a code of its own: −min / scale is whole but for rounding.
  const zero = -min / scale;
  const whole = Math.round(zero);
  const zeroPoint = ops.scalar(g, `${name}.zero`, Math.abs(zero - whole) < 1e-6 ? whole : zero);
  const perChannel = shape.map((size, axis) => (axis === channelAxis ? size : 1));
  const factors = g.initializer(
    `${name}.scale`,
    float32Tensor(
      Float32Array.from(gain, (value) => value * scale),
      perChannel,
    ),
  );
  return ops.mul(g, ops.sub(g, ops.cast(g, constant, 'F32'), zeroPoint), factors, { name: `${name}.weight` });
}

export function emitBias(g: GraphBuilder, { name, shift }: Linear): string {
  return g.initializer(`${name}.bias`, float32Tensor(Float32Array.from(shift), [shift.length]));
}
