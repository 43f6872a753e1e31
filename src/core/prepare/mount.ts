/**
 * A prepared model's weights as the file its graph refers to, without that file existing. ONNX Runtime Web reads
 * external data through two members of the object it is given, `byteLength` and `subarray`; both are answered from
 * the kept bytes here, one tensor at a time. That is not documented, so whoever mounts one tries it out first.
 */
import { InvalidError } from '../errors';
import { widenBf16, widenF16 } from '../quantize/half';
import { bytesOf } from '../tensor';
import type { Layout, Table, WeightRange, Widening } from './layout';

/**
 * The kept bytes from `start` up to `end`, read at once: a part of a larger buffer, which stays as it is, or a copy that
 * is given away and may be freed.
 */
export type ReadSync = (start: number, end: number) => Uint8Array;

/**
 * The virtual file. Reading a tensor's range costs that tensor, and what it is kept as while it is widened. What
 * `subarray` returns is gone when it is called again: whoever reads a model without a pause leaves hundreds of megabytes
 * to a garbage collector that has no time to run.
 */
export function mount(layout: Layout, read: ReadSync): Uint8Array {
  return new VirtualFile(layout, read);
}

/** The same file in memory: `layout.seenBytes` of it, for a runtime that reads in another way. */
export function materialise(layout: Layout, read: ReadSync): Uint8Array {
  const file = new Uint8Array(layout.seenBytes);
  for (const range of layout.weights) file.set(seenBytes(range, read), range.seen.offset);
  return file;
}

/** One table's bytes as the host sees them, or those of `rows` rows from `row` when it has two dimensions or more. */
export function readTable(table: Table, read: ReadSync, row = 0, rows = table.shape[0] ?? 1): Uint8Array {
  const count = table.shape[0] ?? 1;
  if (!(row >= 0 && rows >= 0 && row + rows <= count))
    throw new InvalidError(
      'invalid-input',
      `${table.name} has ${count} rows; row ${row} is not one of them.`,
    );
  const width = count === 0 ? 0 : table.place.length / count;
  const start = table.place.offset + row * width;
  return widened(exactly(read, start, start + rows * width), table.widen);
}

class VirtualFile extends Uint8Array {
  readonly #layout: Layout;
  readonly #read: ReadSync;
  #last: Uint8Array | undefined;

  constructor(layout: Layout, read: ReadSync) {
    super(0);
    this.#layout = layout;
    this.#read = read;
  }

  /** Anything derived from it, such as `slice`, is an ordinary array. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override get byteLength(): number {
    return this.#layout.seenBytes;
  }

  override subarray(begin = 0, end = this.#layout.seenBytes): Uint8Array<ArrayBuffer> {
    if (!(begin >= 0 && begin <= end && end <= this.#layout.seenBytes))
      throw new InvalidError('invalid-model', 'The graph asks for weights that are not there.');
    if (this.#last) free(this.#last);
    const bytes = this.#bytes(begin, end);
    this.#last = bytes;
    return bytes;
  }

  #bytes(begin: number, end: number): Uint8Array<ArrayBuffer> {
    const first = firstAt(this.#layout.weights, begin);
    const range = this.#layout.weights[first];
    if (range && range.seen.offset === begin && range.seen.length === end - begin)
      return seenBytes(range, this.#read) as Uint8Array<ArrayBuffer>;
    return this.#assemble(first, begin, end);
  }

  /** A range that is not one tensor: parts of tensors, and the zeros between them. */
  #assemble(first: number, begin: number, end: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(end - begin);
    const { weights } = this.#layout;
    for (let at = first; at < weights.length && weights[at]!.seen.offset < end; at++) {
      const { offset, length } = weights[at]!.seen;
      const from = Math.max(begin, offset);
      const to = Math.min(end, offset + length);
      if (from < to)
        out.set(seenBytes(weights[at]!, this.#read).subarray(from - offset, to - offset), from - begin);
    }
    return out;
  }
}

/** Index of the first weight that ends after `offset`. */
function firstAt(weights: readonly WeightRange[], offset: number): number {
  let [low, high] = [0, weights.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { seen } = weights[middle]!;
    if (seen.offset + seen.length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function seenBytes({ place, widen }: WeightRange, read: ReadSync): Uint8Array {
  return widened(exactly(read, place.offset, place.offset + place.length), widen);
}

function exactly(read: ReadSync, start: number, end: number): Uint8Array {
  const bytes = read(start, end);
  if (bytes.byteLength !== end - start)
    throw new InvalidError('invalid-model', 'A part of the stored model is missing. Install it again.');
  return bytes;
}

function widened(bytes: Uint8Array, widen: Widening | undefined): Uint8Array {
  if (widen === undefined) return bytes;
  const wide = bytesOf(widen === 'F16' ? widenF16(bytes) : widenBf16(bytes));
  free(bytes);
  return wide;
}

/** Gives a buffer's memory back at once, unless the bytes are a part of a larger one. Older browsers collect it later. */
function free(bytes: Uint8Array): void {
  const buffer = bytes.buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
  if (bytes.byteLength === buffer.byteLength) buffer.transfer?.(0);
}
