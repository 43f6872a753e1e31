/**
 * A picture's perceptual hash: 64 bits that stay nearly the same when it is resized, compressed again or made brighter.
 * Christoph Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010), 3.2.1: the luminance as
 * 32 × 32, its cosine transform, and of 8 × 8 low frequencies which lie above their median. Not a fingerprint:
 * different pictures may share one, so nothing is decided by it alone.
 */
import type { Layout, Normalisation } from './normalize';

const SIDE = 32;
const LOW = 8;
/**
 * Bits of two hashes that differ, at most, for the pictures to be offered as near-duplicates. phash.test.ts measures: pictures
 * that were resized, compressed again, brightened differ in 0 to 4 (in 8, where they are nothing but noise), different ones in 18 and
 * more. Between the two lies 6, and the fewer bits, the fewer pairs have to be compared.
 */
export const NEAR = 6;
/**
 * Of the coefficients' root mean square, in steps of grey. Below it there is nothing but rounding to tell pictures apart by,
 * and every plain surface would be a duplicate of every other.
 */
const LEAST = 0.2;

/** cos((2 x + 1) u π / 64) for u from 1 to 8: DCT-II without its constant row. */
const COSINES = Float64Array.from({ length: LOW * SIDE }, (_, i) =>
  Math.cos(((2 * (i % SIDE) + 1) * (Math.floor(i / SIDE) + 1) * Math.PI) / (2 * SIDE)),
);

/**
 * 16 hex digits; empty for a picture without structure, such as a single colour, which is then nobody's duplicate. `rgb`: 8
 * bits each, rows from the top, at least 3 × width × height of them; any size.
 */
export function phash(rgb: Uint8Array | Uint8ClampedArray, width: number, height: number): string {
  if (!(width > 0 && height > 0) || rgb.length < 3 * width * height) return '';
  const low = lowFrequencies(luminance(rgb, width, height));
  const power = low.reduce((sum, value) => sum + value * value, 0) / low.length;
  if (Math.sqrt(power) < LEAST) return '';
  const sorted = low.toSorted();
  const median = (sorted[low.length / 2 - 1]! + sorted[low.length / 2]!) / 2;
  let hash = '';
  for (let at = 0; at < low.length; at += 4) {
    let digit = 0;
    for (let i = at; i < at + 4; i++) digit = 2 * digit + (low[i]! > median ? 1 : 0);
    hash += digit.toString(16);
  }
  return hash;
}

/**
 * As `phash`, of a picture as a network is fed with it, which whoever prepares it has in hand: all of it, or its middle, in the
 * network's own size. Hashes of one model's inputs compare with each other.
 */
export function inputHash(
  data: Float32Array,
  { width, height, mean, std, layout }: Normalisation & { width: number; height: number; layout: Layout },
): string {
  const plane = width * height;
  if (data.length < 3 * plane) return '';
  const rgb = new Uint8ClampedArray(3 * plane);
  const [offset, step] = layout === 'NCHW' ? [plane, 1] : [1, 3];
  for (let channel = 0; channel < 3; channel++) {
    const [m, s] = [mean[channel]!, std[channel]!];
    for (let i = 0, from = channel * offset; i < plane; i++, from += step)
      rgb[3 * i + channel] = 255 * (data[from]! * s + m);
  }
  return phash(rgb, width, height);
}

/** Bits in which two hashes differ, 0 to 64; 64 where either is empty. */
export function hashDistance(a: string, b: string): number {
  if (a.length !== 16 || b.length !== 16) return 64;
  let distance = 0;
  for (const at of [0, 8]) {
    let bits = Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16);
    for (; bits !== 0; bits &= bits - 1) distance++;
  }
  return distance;
}

/** Rec. 601 luma as 32 × 32 means over equal areas, partly covered pixels by their part: 0 to 255. */
function luminance(rgb: Uint8Array | Uint8ClampedArray, width: number, height: number): Float64Array {
  const columns = shares(width);
  const rows = shares(height);
  const out = new Float64Array(SIDE * SIDE);
  const line = new Float64Array(width);
  for (let v = 0; v < SIDE; v++) {
    line.fill(0);
    for (const { at: y, share } of rows[v]!)
      for (let x = 0, i = 3 * y * width; x < width; x++, i += 3)
        line[x]! += share * (0.299 * rgb[i]! + 0.587 * rgb[i + 1]! + 0.114 * rgb[i + 2]!);
    for (let u = 0; u < SIDE; u++)
      for (const { at, share } of columns[u]!) out[v * SIDE + u]! += share * line[at]!;
  }
  return out;
}

/** Which pixels of `length` make up each of 32 equal stretches, and their shares of it. */
function shares(length: number): { at: number; share: number }[][] {
  const step = length / SIDE;
  return Array.from({ length: SIDE }, (_, i) => {
    const [from, to] = [i * step, (i + 1) * step];
    const parts: { at: number; share: number }[] = [];
    for (let at = Math.floor(from); at < Math.min(length, Math.ceil(to)); at++)
      parts.push({ at, share: (Math.min(at + 1, to) - Math.max(at, from)) / step });
    return parts;
  });
}

/** Coefficients 1 to 8 of each axis, in steps of grey: what turns slowly across the picture, without its brightness. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const across = new Float64Array(SIDE * LOW);
  for (let y = 0; y < SIDE; y++)
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += grey[y * SIDE + x]! * COSINES[u * SIDE + x]!;
      across[y * LOW + u] = sum;
    }
  const out = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v++)
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += across[y * LOW + u]! * COSINES[v * SIDE + y]!;
      out[v * LOW + u] = (sum * 2) / SIDE / SIDE;
    }
  return out;
}
