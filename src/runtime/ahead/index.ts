/**
 * Reads of a Blob that return at once, from a worker that has read ahead. ONNX Runtime makes a session in one go and asks
 * for weights in between, in the order of a hash table: the same each time that a page opens the same model, so it is written down.
 * A guard's 442 MB cost 1.2 s when they are read between the steps, and next to nothing beside them.
 */
import type { ReadSync } from '../../core/prepare/mount';
import { helperOf } from '../helper';
import { type ByteRange, ENOUGH, FAILED, Ring, ringMemory, TAKEN, WRITTEN } from './ring';

export interface Ahead {
  readonly read: ReadSync;
  /** Before this, `read` must not be called: a thread that waits cannot get another started. Never rejects. */
  readonly ready: Promise<void>;
  end(): void;
}

export interface AheadOptions {
  readonly blob: Blob;
  readonly ranges: readonly ByteRange[];
  /** Of each, as `runtime/quick-hash` has it. What differs is left to `direct`. */
  readonly hashes: readonly string[];
  /** Address of the helping thread's script, of this origin. */
  readonly helper: string;
  /** For everything that is asked for in another order, or when reading ahead fails. */
  readonly direct: ReadSync;
}

/** Of memory for ranges that were read and are not needed yet; two at least, whatever they take. */
const RING_BYTES = 8 * 2 ** 20;
/** Milliseconds without the next range after which this side reads for itself. */
const PATIENCE = 5_000;

/** Undefined where threads cannot share memory, or there is nothing to read. */
export function startAhead({
  blob,
  ranges,
  hashes,
  helper: script,
  direct,
}: AheadOptions): Ahead | undefined {
  if (ranges.length === 0 || !globalThis.crossOriginIsolated) return undefined;
  const longest = Math.max(...ranges.map(([start, end]) => end - start));
  const slots = Math.max(2, Math.floor(RING_BYTES / Math.max(1, longest)));
  const shared = ringMemory(slots, longest);
  const ring = new Ring(shared, slots);
  const helper = helperOf(script);
  helper.post({ reading: { blob, ranges, hashes, shared, slots } });
  return {
    ready: helper.started.catch(() => ring.set(FAILED, 1)),
    read: readsOf(ranges, ring, direct),
    end() {
      ring.set(ENOUGH, 1);
      Atomics.notify(ring.counters, TAKEN);
    },
  };
}

/** Reads from the ring while they come in its order. What one returns is overwritten some reads later. */
export function readsOf(ranges: readonly ByteRange[], ring: Ring, direct: ReadSync): ReadSync {
  let next = 0;
  let trusted = true;
  return (start, end) => {
    const range = ranges[next];
    if (!trusted || range?.[0] !== start || range[1] !== end) return direct(start, end);
    // Whoever asks for the next is done with the one before.
    ring.set(TAKEN, next);
    trusted = arrived(ring, next);
    if (!trusted) return direct(start, end);
    next += 1;
    return ring.slot(next - 1, end - start);
  };
}

function arrived(ring: Ring, at: number): boolean {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const written = ring.count(WRITTEN);
    if (written > at) return true;
    const left = deadline - performance.now();
    if (ring.count(FAILED) || left <= 0) return false;
    // A failure that came between the two counts is told by another look.
    Atomics.wait(ring.counters, WRITTEN, written, Math.min(left, 100));
  }
}
