/**
 * Weights [inputs, outputs] in 8 bits, one scale per output: codes and scales equal to those of ONNX Runtime's
 * `quantize_dynamic(per_channel, QInt8)`, bit for bit.
 */
import { InvalidError } from '../../errors';

const LARGEST = 127;
/** Adding and subtracting 1.5 · 2^52 rounds a double to the nearest whole number, ties to even. */
const ROUND = 6_755_399_441_055_744;
/** Smallest normal float32: a column of less is of zeros, with the scale 1. */
const TINY = 2 ** -126;

/** Largest magnitudes of columns, from any number of rows. */
export class ColumnRange {
  readonly #largest: Float32Array;
  constructor(columns: number) {
    this.#largest = new Float32Array(columns);
  }

  /** Whole rows. Throws `invalid-model` for a value that is not finite. */
  take(rows: Float32Array): void {
    const largest = this.#largest;
    const columns = largest.length;
    for (let start = 0; start < rows.length; start += columns)
      for (let column = 0; column < columns; column++) {
        const size = Math.abs(rows[start + column]!);
        // Written so that NaN stays.
        if (!(size <= largest[column]!)) largest[column] = size;
      }
    if (!largest.every(Number.isFinite))
      throw new InvalidError('invalid-model', 'The network has a weight that is not a number. Get it again.');
  }

  /** (largest − −largest) / (codes − −codes) in double, then float32, as `compute_scale_zp` does for 127. */
  scales(): Float32Array {
    return this.#largest.map((size) => (size / LARGEST < TINY ? 1 : size / LARGEST));
  }
}

/** Whole rows → codes. The division is rounded to float32 first, as NumPy's is. */
export function codesOf(rows: Float32Array, scales: Float32Array, out: Int8Array): void {
  const columns = scales.length;
  const quotient = new Float32Array(1);
  for (let start = 0; start < rows.length; start += columns)
    for (let column = 0; column < columns; column++) {
      quotient[0] = rows[start + column]! / scales[column]!;
      const rounded = quotient[0] + ROUND - ROUND;
      out[start + column] = rounded > LARGEST ? LARGEST : rounded < -LARGEST ? -LARGEST : rounded;
    }
}
