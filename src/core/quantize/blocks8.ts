/**
 * Weights in 8 bits with a scale and a zero point per block of 32 inputs, for products with float activations
 * (com.microsoft.MatMulNBits, bits 8): a weight is (code − zero) × scale.
 */
import { bytesOf } from '../tensor';

/** Inputs that share a scale. WebGPU's kernels want a power of two from 16. */
export const BLOCK = 32;
const LARGEST = 255;
/** Adding and subtracting 1.5 · 2^52 rounds a double to the nearest whole number, ties to even. */
const ROUND = 6_755_399_441_055_744;

export interface BlockWeights {
  /** [outputs, inputs / 32, 32] */
  readonly codes: Uint8Array;
  /** [outputs · inputs / 32] as bfloat16: the codes are made for the rounded scale, so nothing is lost. */
  readonly scales: Uint8Array;
  /** [outputs · inputs / 32] */
  readonly zeros: Uint8Array;
}

/** `weights` [outputs, inputs], all finite, inputs a multiple of 32. An error of at most a scale each. */
export function quantizeBlocks8(weights: Float32Array): BlockWeights {
  const blocks = weights.length / BLOCK;
  const codes = new Uint8Array(weights.length);
  const scales = new Uint16Array(blocks);
  const zeros = new Uint8Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const { low, high } = range(weights, block * BLOCK);
    scales[block] = upwardsBf16((high - low) / LARGEST);
    const scale = fromBf16(scales[block]!);
    if (scale === 0) continue;
    zeros[block] = Math.min(LARGEST, Math.round(-low / scale));
    quantizeBlock(weights, block * BLOCK, scale, zeros[block]!, codes);
  }
  return { codes, scales: bytesOf(scales), zeros };
}

/** The block's range, zero included: so that zero is exact and its code a byte. */
function range(weights: Float32Array, start: number): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (let i = start; i < start + BLOCK; i++) {
    const value = weights[i]!;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  return { low, high };
}

function quantizeBlock(
  weights: Float32Array,
  start: number,
  scale: number,
  zero: number,
  codes: Uint8Array,
): void {
  const inverse = 1 / scale;
  for (let i = start; i < start + BLOCK; i++) {
    const code = weights[i]! * inverse + ROUND - ROUND + zero;
    codes[i] = code < 0 ? 0 : code > LARGEST ? LARGEST : code;
  }
}

const one = new Float32Array(1);
const bits = new Uint32Array(one.buffer);

/** The smallest bfloat16 that is not below `value`; 0 for what float32 holds as subnormal only. */
function upwardsBf16(value: number): number {
  one[0] = value < 1.2e-38 ? 0 : value;
  const upper = bits[0]! >>> 16;
  return (bits[0]! & 0xffff) === 0 ? upper : upper + 1;
}

function fromBf16(half: number): number {
  bits[0] = half << 16;
  return one[0]!;
}
