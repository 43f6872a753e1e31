/** The two 16-bit floating-point types and float32: IEEE 754 binary16, and bfloat16 (its upper half). */
import { bytesOf } from '../tensor';

/** bfloat16 is the upper half of a float32: exact. `bytes` holds little-endian pairs. */
export function widenBf16(bytes: Uint8Array): Float32Array {
  const halves = pairs(bytes);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** float32 → bfloat16, rounded to nearest, ties to even; what is not a number stays that. */
export function narrowBf16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = bits[i]!;
    const nan = (value & 0x7fffffff) > 0x7f800000;
    // Rounding up would carry a fraction of ones into infinity, or beyond it into the sign.
    out[i] = nan ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return bytesOf(out);
}

let table: Uint32Array | undefined;

/** binary16 → float32, exact. A table of 256 KB: a look-up per value, made on first use. */
export function widenF16(bytes: Uint8Array): Float32Array {
  table ??= Uint32Array.from({ length: 65_536 }, (_, half) => f16Bits(half));
  const halves = pairs(bytes);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i]!]!;
  return new Float32Array(bits.buffer);
}

/** float32 → binary16, rounded to nearest, ties to even; beyond 65,504 becomes infinity. */
export function narrowF16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = f16Of(bits[i]!);
  return bytesOf(out);
}

function f16Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  let fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: shift until the leading bit is where float32 leaves it out.
  let shift = 0;
  for (; (fraction & 0x400) === 0; shift++) fraction <<= 1;
  return sign | ((113 - shift) << 23) | ((fraction & 0x3ff) << 13);
}

function f16Of(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >> 13));
  const target = exponent - 112;
  if (target >= 31) return sign | 0x7c00;
  // Normal numbers keep 10 bits of fraction; subnormal ones also lose what the exponent lacks.
  const whole = target > 0 ? (target << 23) | fraction : fraction | 0x800000;
  const drop = target > 0 ? 13 : 14 - target;
  if (drop > 24) return sign;
  const rounded = whole + (1 << (drop - 1)) - 1 + ((whole >>> drop) & 1);
  return sign | (rounded >>> drop);
}

/** 16-bit values of a byte range that need not be aligned. */
function pairs(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, bytes.byteLength >> 1);
}
