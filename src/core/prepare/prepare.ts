/** Planned weights → kept bytes: every making once, in order, in chunks of one size. */
import { InvalidError, throwIfAborted } from '../errors';
import type { Making, Placed, WeightPlan } from './plan';

/** Kept bytes travel and are stored in pieces of this size; the last may be shorter. */
export const CHUNK_BYTES = 16 * 1024 * 1024;

/** Where kept bytes go. */
export interface Sink {
  /** The next chunk. `bytes` are overwritten once the promise settles, so that one buffer serves them all. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read from the checkpoint, of bytes to read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly chunkBytes?: number;
  /** Waited for after every weight. */
  readonly between?: (() => Promise<void>) | undefined;
}

/** Bytes that preparing reads from the checkpoint. */
export function readsOf(plan: WeightPlan): number {
  return plan.makings.reduce((sum, making) => sum + making.reads, 0);
}

/**
 * Makes every weight and writes it to its planned place; bytes between two are zero. Holds one making and one
 * chunk at a time. Throws `invalid-model` when a making gives other sizes than planned, CancelledError when the
 * signal fires, and what makings and the sink throw.
 */
export async function prepare(plan: WeightPlan, sink: Sink, options: PrepareOptions = {}): Promise<void> {
  const { signal, onProgress, chunkBytes = CHUNK_BYTES, between } = options;
  const total = readsOf(plan);
  const chunks = new Chunks(sink, Math.min(chunkBytes, Math.max(1, plan.keptBytes)));
  let at = 0;
  let done = 0;
  onProgress?.(0, total);
  for (const making of plan.makings) {
    throwIfAborted(signal);
    const planned = plan.placed.slice(at, at + making.tensors.length);
    const made = checkedMade(making, planned, await making.make(signal));
    at += planned.length;
    for (const [index, { place }] of planned.entries()) {
      throwIfAborted(signal);
      await chunks.padTo(place.offset);
      await chunks.append(made[index]!);
    }
    done += making.reads;
    onProgress?.(done, total);
    await between?.();
  }
  await chunks.padTo(plan.keptBytes);
  await chunks.finish();
}

function checkedMade(
  making: Making,
  planned: readonly Placed[],
  made: readonly Uint8Array[],
): readonly Uint8Array[] {
  if (made.length !== planned.length)
    throw new InvalidError('invalid-model', `${named(making)} gave ${made.length} tensors.`);
  for (const [index, { name, place }] of planned.entries())
    if (made[index]!.byteLength !== place.length)
      throw new InvalidError(
        'invalid-model',
        `${name} became ${made[index]!.byteLength} bytes instead of ${place.length}.`,
      );
  return made;
}

const named = (making: Making): string => making.tensors[0]?.name ?? 'A weight without a name';

/** Collects bytes into chunks of one size. */
export class Chunks {
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #written = 0;

  constructor(
    private readonly sink: Sink,
    size: number,
  ) {
    this.#buffer = new Uint8Array(size);
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.byteLength; ) {
      const part = bytes.subarray(from, from + this.#buffer.byteLength - this.#filled);
      this.#buffer.set(part, this.#filled);
      await this.#advance(part.byteLength);
      from += part.byteLength;
    }
  }

  /** Zeros up to the offset, which is not behind. */
  async padTo(offset: number): Promise<void> {
    for (let left = offset - this.#written - this.#filled; left > 0; ) {
      const count = Math.min(left, this.#buffer.byteLength - this.#filled);
      this.#buffer.fill(0, this.#filled, this.#filled + count);
      await this.#advance(count);
      left -= count;
    }
  }

  async finish(): Promise<void> {
    if (this.#filled > 0) await this.sink.write(this.#buffer.subarray(0, this.#filled));
    this.#written += this.#filled;
    this.#filled = 0;
  }

  async #advance(count: number): Promise<void> {
    this.#filled += count;
    if (this.#filled === this.#buffer.byteLength) await this.finish();
  }
}
