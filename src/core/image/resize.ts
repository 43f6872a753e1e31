/**
 * Pillow's antialiased resampling of 8-bit pixels, to the bit: `ImagingResample` of libImaging/Resample.c
 * (Pillow 12.3). Each axis is a pass with 22-bit fixed-point coefficients; the result of the horizontal pass
 * is rounded to 8 bits before the vertical one. Alpha is not read: as `convert("RGB")`, it is dropped.
 */
import { InvalidError } from '../errors';
import { orient } from './orient';
import { resample } from './simd/resample';
import type { PixelImage } from './types';

export type Filter = 'bilinear' | 'bicubic';

/** 8-bit pixels, rows from the top, 3 bytes a pixel: R, G, B. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A part of the resized picture: resampling pixels that are cropped away would be wasted. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** PRECISION_BITS: 32, less 8 of the pixel, less 2 so that overshoot fits. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** Reach of each filter in source pixels at scale 1, and its weight at distance `x`. */
const FILTERS: Readonly<Record<Filter, { support: number; weight: (x: number) => number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: bicubic },
};

/** Keys' cubic with a = −0.5. Written as Pillow writes it: another order of operations rounds differently. */
function bicubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** For each output position: the first source position, how many, and their weights. */
export interface Coefficients {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `size` a position, fixed point. */
  readonly weights: Int32Array;
  readonly size: number;
}

/**
 * precompute_coeffs and normalize_coeffs_8bpc: how an axis of `from` pixels becomes one of `to`, for the
 * `length` output positions from `start`.
 */
export function coefficients(from: number, to: number, filter: Filter, start = 0, length = to): Coefficients {
  const { support, weight } = FILTERS[filter];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const size = Math.ceil(reach) * 2 + 1;
  const table = {
    first: new Int32Array(length),
    count: new Int32Array(length),
    weights: new Int32Array(length * size),
    size,
  };
  const row = new Float64Array(size);
  for (let i = 0; i < length; i++) {
    const center = (start + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(from, Math.trunc(center + reach + 0.5)) - first;
    let sum = 0;
    for (let t = 0; t < count; t++) {
      // Pillow multiplies by the reciprocal; dividing would differ in the last bit.
      row[t] = weight((t + first - center + 0.5) * (1 / stretch));
      sum += row[t]!;
    }
    table.first[i] = first;
    table.count[i] = count;
    for (let t = 0; t < count; t++) {
      const exact = (sum === 0 ? row[t]! : row[t]! / sum) * (1 << PRECISION_BITS);
      table.weights[i * size + t] = Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5);
    }
  }
  return table;
}

/**
 * `image` resampled to `width` × `height`, or the `window` of that. Throws `invalid-input` when there are fewer
 * bytes than pixels or a side is below 1.
 */
export function resize(
  image: PixelImage,
  width: number,
  height: number,
  filter: Filter,
  window: Window = { left: 0, top: 0, width, height },
): RgbImage {
  if (!(image.width > 0 && image.height > 0 && width > 0 && height > 0))
    throw new InvalidError('invalid-input', 'A picture without pixels cannot be resized.');
  if (image.data.length < 4 * image.width * image.height)
    throw new InvalidError('invalid-input', 'There are fewer bytes than the picture has pixels.');
  // Image.resize (PIL/Image.py): the vertical pass goes first for very tall pictures that become lower.
  if (image.height > 100 * image.width && height < image.height) {
    const { left, top, width: columns, height: rows } = window;
    const lying = { left: top, top: left, width: rows, height: columns };
    return transposed(passes(orient(image, TRANSPOSE), height, width, filter, lying));
  }
  return passes(image, width, height, filter, window);
}

/** EXIF's number for swapping rows and columns. */
const TRANSPOSE = 5;

function passes(image: PixelImage, width: number, height: number, filter: Filter, window: Window): RgbImage {
  const columns = axis(image.width, width, filter, window.left, window.width);
  const rows = axis(image.height, height, filter, window.top, window.height);
  const top = rows.first[0]!;
  const last = window.height - 1;
  const bottom = rows.first[last]! + rows.count[last]!;
  return resample(image, columns, rows, top, bottom) ?? plainPasses(image, columns, rows, top, bottom);
}

/** The passes without WebAssembly; the reference that the fast ones are held to. */
export function plainPasses(
  image: PixelImage,
  columns: Coefficients,
  rows: Coefficients,
  top: number,
  bottom: number,
): RgbImage {
  return vertical(horizontal(image, columns, top, bottom), rows, top);
}

function transposed({ data, width, height }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) out.set(data.subarray(i, i + 3), 3 * (x * height + y));
  return { data: out, width: height, height: width };
}

/** Pillow skips the pass along an axis that keeps its size; one tap of weight 1 is the same. */
function axis(from: number, to: number, filter: Filter, start: number, length: number): Coefficients {
  if (from !== to) return coefficients(from, to, filter, start, length);
  return {
    first: Int32Array.from({ length }, (_, i) => start + i),
    count: new Int32Array(length).fill(1),
    weights: new Int32Array(length).fill(1 << PRECISION_BITS),
    size: 1,
  };
}

/** Rows `top` to `bottom` (exclusive) of the source, resampled along x: 4 bytes a pixel become 3. */
function horizontal(image: PixelImage, table: Coefficients, top: number, bottom: number): RgbImage {
  const width = table.first.length;
  const out = { data: new Uint8Array(3 * width * (bottom - top)), width, height: bottom - top };
  const data = image.data as Uint8Array;
  for (let y = top; y < bottom; y++)
    resampleRow(data, 4 * y * image.width, table, out.data, 3 * width * (y - top));
  return out;
}

function resampleRow(
  data: Uint8Array,
  source: number,
  { first, count, weights, size }: Coefficients,
  out: Uint8Array,
  target: number,
): void {
  for (let x = 0, o = target; x < first.length; x++, o += 3) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let p = source + 4 * first[x]!;
    const end = x * size + count[x]!;
    for (let k = x * size; k < end; k++, p += 4) {
      const weight = weights[k]!;
      red = (red + Math.imul(data[p]!, weight)) | 0;
      green = (green + Math.imul(data[p + 1]!, weight)) | 0;
      blue = (blue + Math.imul(data[p + 2]!, weight)) | 0;
    }
    out[o] = clip(red);
    out[o + 1] = clip(green);
    out[o + 2] = clip(blue);
  }
}

/** Resampled along y. `top`: the source row that is the first of `image`. */
function vertical(image: RgbImage, table: Coefficients, top: number): RgbImage {
  const height = table.first.length;
  const stride = 3 * image.width;
  const out = new Uint8Array(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let t = 0; t < table.count[y]!; t++)
      addRow(sums, image.data, stride * (table.first[y]! - top + t), table.weights[y * table.size + t]!);
    for (let i = 0; i < stride; i++) out[y * stride + i] = clip(sums[i]!);
  }
  return { data: out, width: image.width, height };
}

function addRow(sums: Int32Array, data: Uint8Array, start: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i]! + Math.imul(data[start + i]!, weight)) | 0;
}

/** clip8: drops the fraction (the half was added before) and keeps to a byte. */
function clip(sum: number): number {
  const value = sum >> PRECISION_BITS;
  if (value < 0) return 0;
  return Math.min(value, 255);
}
