/**
 * Bilinear resampling with aligned corners and no antialiasing, as
 * `tf.image.resizeBilinear(x, size, alignCorners = true)` does it on TF.js's CPU backend, to the bit:
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-backend-cpu/src/kernels/ResizeBilinear.ts
 * Only the pixels that count are read: at most two rows and two columns per output row and column.
 */
import { InvalidError } from '../errors';

/** Where each output position reads along one axis: between `low` and `high`, `fraction` of the way. */
export interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** 0 to 1. */
  readonly fraction: Float64Array;
}

/** RGBA, row-major, 4 bytes a pixel; alpha is not read. */
export interface RgbaPixels {
  /** Set when the bytes are in the order BGRA, as some browsers keep bitmaps. */
  readonly bgr?: boolean;
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** tensor = (pixel / 255 − mean) / std, per channel. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The positions along an axis of `from` pixels that becomes one of `to`. Both ≥ 1. */
export function cornerAxis(from: number, to: number): Axis {
  // One output pixel cannot have both corners: TF then falls back to plain scaling.
  const ratio = to > 1 ? (from - 1) / (to - 1) : from;
  const axis = { low: new Int32Array(to), high: new Int32Array(to), fraction: new Float64Array(to) };
  for (let i = 0; i < to; i++) {
    const position = ratio * i;
    axis.low[i] = Math.floor(position);
    axis.high[i] = Math.min(from - 1, Math.ceil(position));
    axis.fraction[i] = position - axis.low[i]!;
  }
  return axis;
}

/** The source positions that an axis reads, ascending, and the same axis over those alone. */
export function compactAxis(axis: Axis): { readonly needed: Int32Array; readonly axis: Axis } {
  const needed = Int32Array.from(new Set([...axis.low, ...axis.high])).sort();
  const place = new Map(Array.from(needed, (position, index) => [position, index]));
  const moved = (positions: Int32Array) => positions.map((position) => place.get(position)!);
  return { needed, axis: { ...axis, low: moved(axis.low), high: moved(axis.high) } };
}

/**
 * Resamples a picture of any size, 1 × n included, to `width` × `height`; returns F32 [3, height, width],
 * normalised. Throws `invalid-input` when there are fewer bytes than pixels.
 */
export function resizeCorners(
  pixels: RgbaPixels,
  width: number,
  height: number,
  normalisation: Normalisation,
): Float32Array {
  return sampleCorners(
    pixels,
    cornerAxis(pixels.height, height),
    cornerAxis(pixels.width, width),
    normalisation,
  );
}

/** As `resizeCorners`, for axes whose positions refer to `pixels`, which may be a compacted picture. */
export function sampleCorners(
  { data, width, height, bgr }: RgbaPixels,
  rows: Axis,
  columns: Axis,
  normalisation: Normalisation,
): Float32Array {
  if (width < 1 || height < 1 || data.length < 4 * width * height)
    throw new InvalidError(
      'invalid-input',
      `${data.length} bytes are not a picture of ${width} × ${height}.`,
    );
  const plane = rows.low.length * columns.low.length;
  const out = new Float32Array(3 * plane);
  const left = columns.low.map((x) => 4 * x);
  const right = columns.high.map((x) => 4 * x);
  for (let channel = 0; channel < 3; channel++) {
    const finish = { mean: normalisation.mean[channel]!, std: normalisation.std[channel]! };
    const target = out.subarray(channel * plane, (channel + 1) * plane);
    samplePlane(
      data,
      4 * width,
      bgr ? 2 - channel : channel,
      rows,
      { left, right, fraction: columns.fraction },
      finish,
      target,
    );
  }
  return out;
}

/** pixel / 255 in float32: TF.js divides before it resamples. */
const UNIT = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

function samplePlane(
  data: RgbaPixels['data'],
  stride: number,
  channel: number,
  rows: Axis,
  columns: { left: Int32Array; right: Int32Array; fraction: Float64Array },
  { mean, std }: { mean: number; std: number },
  target: Float32Array,
): void {
  const { left, right, fraction } = columns;
  const width = left.length;
  for (let y = 0; y < rows.low.length; y++) {
    const upper = rows.low[y]! * stride + channel;
    const lower = rows.high[y]! * stride + channel;
    const down = rows.fraction[y]!;
    for (let x = 0; x < width; x++) {
      const l = left[x]!;
      const r = right[x]!;
      const across = fraction[x]!;
      const topLeft = UNIT[data[upper + l]!]!;
      const bottomLeft = UNIT[data[lower + l]!]!;
      const top = topLeft + (UNIT[data[upper + r]!]! - topLeft) * across;
      const bottom = bottomLeft + (UNIT[data[lower + r]!]! - bottomLeft) * across;
      // Rounded to float32 before it is normalised, as the resampled tensor is.
      target[y * width + x] = (Math.fround(top + (bottom - top) * down) - mean) / std;
    }
  }
}
