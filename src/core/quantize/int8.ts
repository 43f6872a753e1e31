/**
 * Weights in 8 bits with one scale per output, for products of whole numbers: symmetric, so that the product needs
 * no correction for the weights' zero point.
 */

/** Codes are −127 to 127: −128 would make the range lopsided. */
const LARGEST = 127;
/** Rows that are transposed together: their cache lines fit beside each other. */
const ROWS = 16;
/** Adding and subtracting 1.5 · 2^52 rounds a double to the nearest whole number, ties to even. */
const ROUND = 6_755_399_441_055_744;

export interface Int8Weights {
  /** [inputs, outputs]: transposed, as MatMulInteger wants it. */
  readonly codes: Int8Array;
  /** [outputs]; a weight is code × scale. 1 for an output of zeros. */
  readonly scales: Float32Array;
}

/** `weights` [outputs, inputs], all finite → codes and scales; an error of at most half a scale each. */
export function quantizeInt8(weights: Float32Array, outputs: number, inputs: number): Int8Weights {
  const codes = new Int8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  for (let first = 0; first < outputs; first += ROWS) {
    const last = Math.min(first + ROWS, outputs);
    for (let row = first; row < last; row++) scales[row] = scaleOf(weights, row * inputs, inputs);
    for (let row = first; row < last; row++) quantizeRow(weights, row, inputs, outputs, scales[row]!, codes);
  }
  return { codes, scales };
}

function scaleOf(weights: Float32Array, start: number, count: number): number {
  let largest = 0;
  for (let i = start; i < start + count; i++) {
    const size = Math.abs(weights[i]!);
    if (size > largest) largest = size;
  }
  // Subnormal scales have few digits, and their inverse may be infinite: such weights are as good as zero.
  return largest / LARGEST > 1e-37 ? largest / LARGEST : 1;
}

function quantizeRow(
  weights: Float32Array,
  row: number,
  inputs: number,
  outputs: number,
  scale: number,
  codes: Int8Array,
): void {
  const inverse = 1 / scale;
  const start = row * inputs;
  for (let k = 0, to = row; k < inputs; k++, to += outputs) {
    const rounded = weights[start + k]! * inverse + ROUND - ROUND;
    // The float32 scale may be a little below the largest weight / 127.
    codes[to] = rounded > LARGEST ? LARGEST : rounded < -LARGEST ? -LARGEST : rounded;
  }
}
