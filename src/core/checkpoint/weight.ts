/** Weights as a checkpoint stores them: plain numbers, or codes with a rule that turns them into numbers. */
import { InvalidError } from '../errors';
import { asFloat32, DTYPE_BYTES, type Tensor } from '../tensor';

export interface PlainWeight {
  readonly kind: 'plain';
  readonly tensor: Tensor;
}

/** value = code × scale + min, rounded to float32. */
export interface AffineWeight {
  readonly kind: 'affine';
  /** U8 or U16. */
  readonly codes: Tensor;
  readonly scale: number;
  readonly min: number;
}

export type Weight = PlainWeight | AffineWeight;

export const weightShape = (weight: Weight): readonly number[] =>
  (weight.kind === 'plain' ? weight.tensor : weight.codes).shape;

/** The weight as float32 numbers, in the order it is stored. Throws `invalid-model` for other dtypes. */
export function weightValues(weight: Weight): Float32Array {
  if (weight.kind === 'plain')
    return weight.tensor.dtype === 'F16' ? fromFloat16(weight.tensor) : asFloat32(weight.tensor);
  // The products are doubles and are rounded once, as TF.js does:
  // https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/io_utils.ts (decodeWeight).
  const { scale, min } = weight;
  return Float32Array.from(codeValues(weight.codes), (code) => code * scale + min);
}

/** The codes as whole numbers, in the order they are stored. */
export function codeValues(codes: Tensor): Uint8Array | Uint16Array {
  if (codes.dtype === 'U8') return codes.bytes;
  if (codes.dtype === 'U16') return new Uint16Array(codes.bytes.slice().buffer);
  throw new InvalidError('invalid-model', `Weights cannot be quantised to ${codes.dtype}.`);
}

function fromFloat16({ bytes }: Tensor): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / DTYPE_BYTES.F16 }, (_, i) =>
    float16(view.getUint16(2 * i, true)),
  );
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
function float16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
