/** Memory that a reading worker fills and a computing one empties: slots of one size, used in turn. */

/** Indices of the two counters and the flags, each an Int32. */
export const WRITTEN = 0;
export const TAKEN = 1;
/** Set by the side that reads. */
export const FAILED = 2;
/** Set by the side that computes, when it needs no more. */
export const ENOUGH = 3;
/** Slots begin here, in bytes: a cache line apart from the counters. */
const DATA = 64;

/** What the reading worker is told. */
export interface Reading {
  readonly blob: Blob;
  /** Bytes from `start` up to `end`, in the order they will be asked for. */
  readonly ranges: readonly ByteRange[];
  /** Of each range, as `runtime/quick-hash` has it. */
  readonly hashes: readonly string[];
  readonly shared: SharedArrayBuffer;
  readonly slots: number;
}
export type ByteRange = readonly [start: number, end: number];

/** Memory for `slots` ranges of at most `longest` bytes each. */
export function ringMemory(slots: number, longest: number): SharedArrayBuffer {
  // A multiple of 8, so that every slot is aligned for any type.
  return new SharedArrayBuffer(DATA + slots * 8 * Math.ceil(longest / 8));
}

/** Views of a ring: the counters, and the first `length` bytes of the slot that a range uses. */
export class Ring {
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly #slotBytes: number;

  constructor(
    private readonly shared: SharedArrayBuffer,
    private readonly slots: number,
  ) {
    this.counters = new Int32Array(shared, 0, 4);
    this.#slotBytes = (shared.byteLength - DATA) / slots;
  }

  slot(range: number, length: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.shared, DATA + (range % this.slots) * this.#slotBytes, length);
  }

  count(counter: number): number {
    return Atomics.load(this.counters, counter);
  }

  set(counter: number, value: number): void {
    Atomics.store(this.counters, counter, value);
    Atomics.notify(this.counters, counter);
  }
}
