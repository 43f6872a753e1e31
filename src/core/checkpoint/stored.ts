/** Named tensors that lie in files: what every checkpoint reader yields. Reading one reads its range only. */
import { InvalidError } from '../errors';
import { widenBf16, widenF16 } from '../quantize/half';
import { asFloat32, checked, DTYPE_BYTES, type DType, elements, type Tensor } from '../tensor';
import { type ByteSource, readRange } from './source';

export interface StoredTensor {
  readonly dtype: DType;
  /** Row-major dimensions; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** Byte range in `source`: `end − start` is `elements(shape) × DTYPE_BYTES[dtype]`, which readers check. */
  readonly start: number;
  readonly end: number;
}

/** Tensors by the name the file gives them. */
export type Checkpoint = ReadonlyMap<string, StoredTensor>;

/** Reads one tensor. Throws `invalid-model` when the file ends before it does. */
export async function readTensor(stored: StoredTensor, signal?: AbortSignal): Promise<Tensor> {
  const { dtype, shape, source, start, end } = stored;
  return checked({ dtype, shape, bytes: await readRange(source, start, end, signal) });
}

/** Reads one tensor of F64, F32, F16 or BF16 as float32 numbers. Throws `invalid-model` for other types. */
export async function readFloat32(stored: StoredTensor, signal?: AbortSignal): Promise<Float32Array> {
  return toFloat32(await readTensor(stored, signal));
}

/** The values of an F64, F32, F16 or BF16 tensor as float32 numbers. */
export function toFloat32(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return asFloat32(tensor);
    case 'F16':
      return widenF16(tensor.bytes);
    case 'BF16':
      return widenBf16(tensor.bytes);
    case 'F64': {
      const copy = new Uint8Array(tensor.bytes);
      return Float32Array.from(new Float64Array(copy.buffer));
    }
    default:
      throw new InvalidError('invalid-model', `Expected floating-point weights, found ${tensor.dtype}.`);
  }
}

/** Whether a byte range can hold a tensor of this type and shape. Throws as `elements` does. */
export function fits(dtype: DType, shape: readonly number[], bytes: number): boolean {
  return elements(shape) * DTYPE_BYTES[dtype] === bytes;
}
