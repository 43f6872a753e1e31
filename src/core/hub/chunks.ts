/** The grid that files are downloaded, hashed and kept in. */
import { InvalidError } from '../errors';

/** A browser keeps a value of this size without trouble, and this much is lost at most when it is interrupted. */
export const CHUNK_BYTES = 8 * 2 ** 20;

/** From `start` up to `end`, in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export const chunkCount = (bytes: number): number => Math.ceil(bytes / CHUNK_BYTES);

/** Where chunk `index` lies in a file of `bytes`. */
export const chunkRange = (index: number, bytes: number): ByteRange => ({
  start: index * CHUNK_BYTES,
  end: Math.min(bytes, (index + 1) * CHUNK_BYTES),
});

/**
 * The chunks that these ranges of a file of `bytes` touch, ascending; all of them without ranges. Throws
 * InvalidError('invalid-input') for a range outside the file.
 */
export function chunksFor(bytes: number, ranges?: readonly ByteRange[]): number[] {
  if (!ranges) return Array.from({ length: chunkCount(bytes) }, (_, index) => index);
  const needed = new Set<number>();
  for (const { start, end } of ranges) {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || end > bytes)
      throw new InvalidError('invalid-input', `There are no bytes ${start} to ${end} in a file of ${bytes}.`);
    if (start === end) continue;
    for (let index = Math.floor(start / CHUNK_BYTES); index * CHUNK_BYTES < end; index++) needed.add(index);
  }
  return [...needed].sort((a, b) => a - b);
}

/** Chunks `first` up to, not including, `last`. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** The first stretch of neighbours among `missing`, which ascend: what one request can bring. */
export function firstRun(missing: readonly number[]): Run | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  let last = first + 1;
  while (missing[last - first] === last) last++;
  return { first, last };
}

/** Bytes of these chunks of a file of `bytes`. */
export function bytesOf(chunks: Iterable<number>, bytes: number): number {
  let sum = 0;
  for (const index of chunks) {
    const { start, end } = chunkRange(index, bytes);
    sum += end - start;
  }
  return sum;
}
