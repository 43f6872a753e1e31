/** Numbers out of the small tensors of a graph. */
import type { Initializer } from './graph';

/**
 * Whole numbers of an I64, I32 or BOOL tensor of at most 64 elements; undefined for anything else. Those beyond 2^53 come
 * out rounded, as the largest I64, which graphs use for “to the end”, does.
 */
export function intsOf(tensor: Initializer | undefined): number[] | undefined {
  if (!tensor || 'external' in tensor) return undefined;
  const { dtype, bytes } = tensor;
  if (bytes.length > 512) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'I64')
    return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
  if (dtype === 'I32') return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
  if (dtype === 'BOOL') return Array.from(bytes);
  return undefined;
}
