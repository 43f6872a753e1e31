/** Named, typed, shaped numbers: what readers yield and what graphs are built from. */
import { InvalidError } from './errors';

/** Element types of the formats Winnow reads, in safetensors' spelling. */
export type DType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U64'
  | 'U32'
  | 'U16'
  | 'U8'
  | 'BOOL';

/** Bytes per element. */
export const DTYPE_BYTES: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

export interface Tensor {
  readonly dtype: DType;
  /** Row-major dimensions; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Exactly `elements(shape) × DTYPE_BYTES[dtype]` little-endian bytes. */
  readonly bytes: Uint8Array;
}

/** Number of elements of a shape. 1 for a scalar. Throws `invalid-model` when it exceeds 2^53. */
export function elements(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new InvalidError('invalid-model', `A tensor has the dimension ${size}.`);
    count *= size;
    if (!Number.isSafeInteger(count))
      throw new InvalidError('invalid-model', 'A tensor is too large to address.');
  }
  return count;
}

/** A float32 tensor over a copy-free view of `values`. */
export function float32Tensor(values: Float32Array, shape: readonly number[]): Tensor {
  return checked({ dtype: 'F32', shape, bytes: bytesOf(values) });
}

/** The tensor's values as float32 numbers; F32 only (readers convert F16 and BF16 themselves). */
export function asFloat32(tensor: Tensor): Float32Array {
  if (tensor.dtype !== 'F32') throw new InvalidError('invalid-model', `Expected F32, found ${tensor.dtype}.`);
  const { bytes } = tensor;
  // A view needs 4-byte alignment, which a slice out of a file need not have.
  if (bytes.byteOffset % 4 === 0)
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  // Not `slice`: that of a Node Buffer shares its memory, offset and all.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** The bytes behind a typed array, without a copy. */
export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}

/** The tensor itself, after checking that its bytes match its shape and type. */
export function checked(tensor: Tensor): Tensor {
  const expected = elements(tensor.shape) * DTYPE_BYTES[tensor.dtype];
  if (tensor.bytes.byteLength !== expected)
    throw new InvalidError(
      'invalid-model',
      `A ${tensor.dtype} tensor [${tensor.shape}] has ${tensor.bytes.byteLength} bytes, not ${expected}.`,
    );
  return tensor;
}
